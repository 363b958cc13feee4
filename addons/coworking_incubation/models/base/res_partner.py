from odoo import api, models
from odoo.tools import email_normalize

# Answers to what the person has just asked for: opposition ends what we begin, not these.
ANSWERS = {"renewal", "confirm", "confirmed", "known"}


class ResPartner(models.Model):
    """Whoever does not want to be written to is on Odoo's list of blocked addresses."""

    _inherit = "res.partner"

    @api.model
    def _coworking_filter_blocked(self, emails):
        """Those of these addresses, normalised, that nobody is to write to."""
        normalized = {email_normalize(email or "", strict=False) for email in emails} - {False}
        if not normalized:
            return set()
        # sudo: only administrators read the list; what is asked here is about one's own people
        blocked = self.env["mail.blacklist"].sudo().search([("email", "in", list(normalized))])
        return set(blocked.mapped("email"))

    @api.model
    def _coworking_may_write_to(self, email, what=None):
        """Whether a mail may be sent to an address.

        :param what: the channel or the kind of the mail: answers are no contact
        """
        return bool(email) and (what in ANSWERS or not self._coworking_filter_blocked([email]))

    def _coworking_set_opposed(self, opposed):
        """They do not want to be written to any more, or do again."""
        # sudo: see above; who may say so is checked by the file or the page
        blocked = self.env["mail.blacklist"].sudo()
        for email in filter(None, self.mapped("email_normalized")):
            if opposed:
                blocked._add(email)
            else:
                blocked._remove(email)
        self.invalidate_recordset(["is_blacklisted"])

    def _coworking_describe_opposition(self):
        """What staff are told instead of a mail that is not sent."""
        return self.env._(
            "%s does not want to be written to: copy the link, or print it, and hand it over.",
            ", ".join(self.mapped("name")),
        )

    def write(self, vals):
        """Another address of somebody who is not to be written to is not written to either."""
        opposed = self.browse()
        if "email" in vals and email_normalize(vals["email"] or "", strict=False):
            blocked = self._coworking_filter_blocked(self.mapped("email"))
            opposed = self.filtered(
                lambda partner: (
                    partner.email_normalized in blocked and partner._coworking_is_about_people()
                )
            )
        result = super().write(vals)
        if opposed:
            opposed._coworking_set_opposed(True)
        return result
