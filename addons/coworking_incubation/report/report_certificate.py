from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .sheet import sheet_values


class ReportCertificate(models.AbstractModel):
    _name = "report.coworking_incubation.report_certificate"
    _description = "Certificate of Attendance"

    @api.model
    def _get_report_values(self, docids, data=None):
        participants = self.env["coworking.participant"].browse(docids)
        participants.check_access("read")
        facts = self._get_facts(participants)
        if never := participants.filtered(lambda file: not facts[file.id]["rows"]):
            raise UserError(
                self.env._(
                    "There is nothing to certify for %(people)s yet: no half-day is proven, no"
                    " meeting or appointment was attended. Note who came first, or leave these"
                    " files out.",
                    people=", ".join(never.mapped("partner_id.name")),
                )
            )
        return {
            "docs": participants,
            "facts": facts,
            **sheet_values(self.env),
        }

    @api.model
    def _get_facts(self, participants):
        """What each certificate says, month by month: proven half-days and hours of support."""
        months = defaultdict(lambda: defaultdict(lambda: [0, 0.0, 0.0]))
        Presence = self.env["coworking.presence"]
        for participant, month, count in Presence._read_group(
            Domain("participant_id", "in", participants.ids) & Presence._get_proof_domain(),
            ["participant_id", "date:month"],
            ["__count"],
        ):
            months[participant.id][fields.Date.to_date(month)][0] += count
        for participant, month, kind, hours in self.env["coworking.attendance"]._read_group(
            [("participant_id", "in", participants.ids), ("state", "=", "present")],
            ["participant_id", "date:month", "kind"],
            ["duration:sum"],
        ):
            column = 2 if kind == "appointment" else 1
            months[participant.id][fields.Date.to_date(month)][column] += hours
        result = {}
        for participant in participants:
            today, left = fields.Date.context_today(participant), participant.date_exit
            rows = sorted(months[participant.id].items())
            result[participant.id] = {
                "rows": [
                    (format_date(self.env, month, date_format="MMMM y").capitalize(), *values)
                    for month, values in rows
                ],
                "total": [sum(values[i] for __, values in rows) for i in range(3)],
                "start": participant.date_entry or participant.date_support,
                "stop": left or min(today, participant.date_exit_planned or today),
                "is_over": bool(left and left <= today),
            }
        return result
