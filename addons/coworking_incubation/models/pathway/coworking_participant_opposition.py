from odoo import api, fields, models
from odoo.exceptions import UserError


class CoworkingParticipant(models.Model):
    """Whoever does not want to be written to is not: on Odoo's own list of blocked addresses."""

    _inherit = "coworking.participant"

    is_opposed = fields.Boolean(
        string="Do Not Write To",
        compute="_compute_is_opposed",
        inverse="_inverse_is_opposed",
        search="_search_is_opposed",
        help="No mail goes to this person any more: what they have to sign or to know is handed"
        " over. Answers to what they ask for themselves on the public pages are still sent.",
    )

    @api.depends("partner_id.email_normalized")
    def _compute_is_opposed(self):
        opposed = self - self._filter_not_opposed()
        for file in self:
            file.is_opposed = file in opposed

    def _inverse_is_opposed(self):
        for opposed, files in self.grouped("is_opposed").items():
            files._set_opposed(opposed)

    def _search_is_opposed(self, operator, value):
        return [("partner_id.is_blacklisted", operator, value)]

    def _set_opposed(self, opposed):
        """What staff noted, or the person said on their page."""
        for file in self:
            if opposed and not file.partner_id.email_normalized:
                raise UserError(
                    self.env._(
                        "%s has no e-mail address: nothing is sent. Write the address first, so"
                        " that it can be blocked.",
                        file.display_name,
                    )
                )
        self.partner_id._coworking_set_opposed(opposed)
        self.invalidate_recordset(["is_opposed"])
        self._trace("changed", fields=["is_opposed"], opposed=bool(opposed))

    def _filter_not_opposed(self):
        """Those of these people to whom a mail may be sent, if they have an address."""
        # sudo: whoever reads names only is told nothing here
        people = self.sudo()
        blocked = self.env["res.partner"]._coworking_filter_blocked(people.mapped("email"))
        return people.filtered(
            lambda file: file.partner_id.email_normalized not in blocked
        ).with_env(self.env)
