from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    coworking_match_tolerance = fields.Monetary(
        string="Tolerated Gap on Bills",
        default=0.05,
        help="A bill of a space that differs by no more is matched all the same.",
    )

    _coworking_match_tolerance_positive = models.Constraint(
        "CHECK (coworking_match_tolerance >= 0)", "The tolerated gap cannot be negative."
    )

    def _coworking_accountant(self):
        """Who is told about bills and payments: an accountant of the company, or the user."""
        self.ensure_one()
        # sudo: the portal and scheduled actions tell accountants too
        accountants = (
            self.env.ref("coworking_incubation.group_coworking_accountant")
            .sudo()
            .all_user_ids.filtered(
                lambda user: self in user.company_ids and user.active and not user.share
            )
        )
        own = accountants.filtered(
            lambda user: not user.has_group("coworking_incubation.group_coworking_coordinator")
        )
        return (accountants & self.env.user) or own[:1] or accountants[:1] or self.env.user
