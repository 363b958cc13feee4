import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import words_of

MAX_LINES = 300


class CoworkingAttendancePaste(models.TransientModel):
    """Put a list of people on that of a meeting, one line each, as it was received."""

    _name = "coworking.attendance.paste"
    _description = "Paste a List of People"
    _inherit = ["coworking.record.mixin"]

    event_id = fields.Many2one("calendar.event", required=True, ondelete="cascade")
    text = fields.Text(
        string="List",
        required=True,
        help="One person a line: name, e-mail, phone, structure, separated by tabs, semicolons or"
        " commas. Only the name is needed; the order does not matter.",
    )
    preview = fields.Html(compute="_compute_preview", string="What Will Be Done")
    refused = fields.Html(readonly=True)

    @api.depends("text", "event_id")
    def _compute_preview(self):
        for wizard in self:
            good, bad = wizard._read_lines()
            rows = Markup().join(
                Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
                % (
                    values["name"],
                    values.get("email") or "",
                    values.get("phone") or "",
                    values.get("prescriber_name") or "",
                )
                for values in good
            )
            table = Markup("<table class='table table-sm mb-2'>%s</table>") % rows if good else ""
            wizard.preview = Markup("%s%s") % (table, self._get_bad_lines(bad))

    def _get_bad_lines(self, bad):
        return (
            Markup("<ul class='text-danger'>%s</ul>")
            % Markup().join(
                Markup("<li>%s</li>")
                % self.env._(
                    "Line %(number)s, “%(line)s”: %(reason)s",
                    number=number,
                    line=line[:60],
                    reason=reason,
                )
                for number, line, reason in bad
            )
            if bad
            else Markup()
        )

    def _read_lines(self):
        """What each line says.

        :return: the values of those that can be registered, and (number, line, why not) of others
        """
        self.ensure_one()
        good, bad = [], []
        attendances = self.env["coworking.attendance"]
        seen = set()
        lines = [
            (number, line.strip()) for number, line in enumerate((self.text or "").split("\n"), 1)
        ]
        lines = [(number, line) for number, line in lines if line]
        for number, line in lines[:MAX_LINES]:
            values = self._read_line(line)
            checked = {"name": "", "email": "", "phone": "", "prescriber_name": "", **values}
            errors = attendances._get_registration_errors(checked, with_contact=False)
            contact = attendances._get_email_key(values.get("email")) or attendances._get_phone_key(
                values.get("phone")
            )
            key = (contact, words_of(values.get("name")))
            if errors:
                bad.append((number, line, next(iter(errors.values()))))
            elif key in seen:
                bad.append((number, line, self.env._("this person is twice in the list.")))
            elif contact and self.event_id and attendances._find_known(self.event_id, checked):
                bad.append((number, line, self.env._("this person is on the list already.")))
            else:
                seen.add(key)
                good.append(values)
        bad += [
            (number, line, self.env._("one list holds at most %s lines.", MAX_LINES))
            for number, line in lines[MAX_LINES:]
        ]
        return good, bad

    def _read_line(self, line):
        """A cell with an @ is an e-mail, one of digits a phone; the first other is the name."""
        values = {}
        for cell in re.split(r"[\t;,]", line):
            cell = " ".join(cell.strip(' "').split())
            if not cell:
                continue
            if "@" in cell and "email" not in values:
                values["email"] = cell
            elif re.fullmatch(r"\+?[\d .()/\-]{6,}", cell) and "phone" not in values:
                values["phone"] = cell
            elif "name" not in values:
                values["name"] = cell
            elif "prescriber_name" not in values:
                values["prescriber_name"] = cell
        return values

    def action_add(self):
        """Register those that can be; the others stay in the box, each with its reason."""
        self.ensure_one()
        good, bad = self._read_lines()
        if not good and not bad:
            raise UserError(self.env._("The list is empty."))
        attendances = self.env["coworking.attendance"]
        for values in good:
            attendance = attendances.create(
                {
                    **values,
                    "event_id": self.event_id.id,
                    "registered_by": "list",
                    "state": "waiting",
                }
            )
            attendance._seek_place()
        if not bad:
            return {"type": "ir.actions.act_window_close"}
        self.refused = self._get_bad_lines(bad)
        self.text = "\n".join(line for _number, line, _reason in bad)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("These lines could not be read"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
