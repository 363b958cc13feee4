from markupsafe import Markup

from odoo import api, fields, models

from ..models.trust.coworking_books import SECONDS_WAITED


class CoworkingBooksFinding(models.TransientModel):
    """What the check of the books found, to be looked at one by one: see ``coworking.books``."""

    _name = "coworking.books.finding"
    _description = "Finding of the Check of the Books"
    _inherit = ["coworking.record.mixin"]
    _order = "id"
    _rec_name = "problem"

    problem = fields.Char(string="What Is Wrong", readonly=True)
    todo = fields.Char(string="What to Do", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    res_model = fields.Char(readonly=True, export_string_translation=False)
    res_id = fields.Integer(readonly=True, export_string_translation=False)

    # === ACTION METHODS ===#

    @api.model
    def action_check(self):
        """Check the books of the organisations at work: what is wrong, or that nothing is."""
        self.check_access("create")
        # sudo: sums are of the whole, whatever its reader may open
        books = self.env["coworking.books"].sudo()
        findings = books._check(self.env.companies, seconds=SECONDS_WAITED)
        rows = self.create(
            [
                {
                    "problem": finding.problem,
                    "todo": finding.todo,
                    "company_id": finding.company.id,
                    "res_model": finding.record._name,
                    "res_id": finding.record.id,
                }
                for finding in findings
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_books_finding_action"
        )
        if not findings:
            good = Markup('<p class="o_view_nocontent_smiling_face">%s</p>')
            action["help"] = good % books._to_text(findings)
        return {**action, "domain": [("id", "in", rows.ids)]}

    def action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
