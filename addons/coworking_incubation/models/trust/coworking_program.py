from odoo import fields, models
from odoo.exceptions import AccessError

# What a coordinator answers for: other months are other terms.
TERMS = ("retention_months", "application_months")


class CoworkingProgram(models.Model):
    """For how long the data of its people is kept."""

    _name = "coworking.program"
    _inherit = ["coworking.program", "coworking.guard.mixin"]
    _code_fields = {"retention_confirmed_on"}

    retention_months = fields.Integer(
        string="Keep Files (months)",
        default=24,
        tracking=True,
        groups="coworking_incubation.group_coworking_coordinator",
        help="After the last contact with the person: then the file is anonymised. 1 to 36.",
    )
    application_months = fields.Integer(
        string="Keep Applications (months)",
        default=12,
        tracking=True,
        groups="coworking_incubation.group_coworking_coordinator",
        help="The same for people who never entered, and for registrations to meetings that no file"
        " was made of. Never longer than files. 1 to 36.",
    )

    retention_confirmed_on = fields.Date(
        string="Terms Confirmed On",
        readonly=True,
        copy=False,
        tracking=True,
        groups="coworking_incubation.group_coworking_coordinator",
        help="Until a coordinator confirms the terms, nothing of this program is anonymised.",
    )
    registration_over_count = fields.Integer(
        string="Registrations to Anonymise",
        compute="_compute_registration_over_count",
        compute_sudo=True,
        groups="coworking_incubation.group_coworking_coordinator",
        help="Registrations to meetings that no file was made of, whose term is over: they go"
        " thirty days after it, and after the terms were confirmed.",
    )

    _retention_months_range = models.Constraint(
        "CHECK (retention_months BETWEEN 1 AND 36)",
        "Files are kept from 1 to 36 months after the last contact.",
    )
    _application_months_range = models.Constraint(
        "CHECK (application_months BETWEEN 1 AND 36)",
        "Applications are kept from 1 to 36 months after the last contact.",
    )

    def write(self, vals):
        # sudo: who may change a program may not always read what was confirmed
        changed = self.sudo().filtered(
            lambda program: (
                program.retention_confirmed_on
                and any(name in vals and vals[name] != program[name] for name in TERMS)
            )
        )
        result = super().write(vals)
        if changed:
            changed.write({"retention_confirmed_on": False})
        return result

    def _compute_registration_over_count(self):
        attendances = self.env["coworking.attendance"]
        over = self.env["coworking.participant"]._find_registrations_over(self)
        counts = dict(
            attendances._read_group([("id", "in", over)], ["program_id"], ["__count"]),
        )
        for program in self:
            program.registration_over_count = counts.get(program._origin, 0)

    def _work_apart(self):
        """End the files of this program whose term is over: see ``ir.cron._hand_out``."""
        return self.env["coworking.participant"]._end_files_of(self)

    def action_confirm_retention(self):
        """A coordinator answers for the terms: from then on data ends, after its notices."""
        self.check_access("write")
        coordinator = "coworking_incubation.group_coworking_coordinator"
        if not self.env.su and not self.env.user.has_group(coordinator):
            raise AccessError(
                self.env._("Only a coordinator confirms for how long the data of people is kept.")
            )
        # sudo: see coworking.guard.mixin
        self.sudo().filtered(lambda program: not program.retention_confirmed_on).write(
            {"retention_confirmed_on": fields.Date.context_today(self)}
        )
        return True

    def action_open_retention(self):
        """The dry run: what would go, what stays, why and until when."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_retention_action"
        )
        return {
            **action,
            "domain": [("program_id", "=", self.id)],
            "context": {"search_default_not_purged": 1},
        }
