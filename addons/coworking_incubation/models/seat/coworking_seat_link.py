from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date, plaintext2html


class CoworkingSeat(models.Model):
    """Whom a seat is told to: its space, by a link, and whoever follows the person."""

    _inherit = "coworking.seat"

    def _get_responsible(self, or_admin=True):
        """See the program's."""
        self.ensure_one()
        return self.program_id._get_responsible(self.user_id, or_admin=or_admin)

    def _report_to_staff(self, summary, note="", urgent=False):
        """An activity for whoever follows the person: what a space says never ends a seat."""
        self.ensure_one()
        user = self._get_responsible()
        self.activity_schedule(
            "mail.mail_activity_data_warning" if urgent else "mail.mail_activity_data_todo",
            summary=summary,
            note=plaintext2html(note),
            user_id=user.id,
        )

    def _get_link_holders(self, purpose):
        self.ensure_one()
        return self.space_id._get_contacts()

    def _is_link_open(self, purpose, partner):
        """As long as somebody is to arrive at a space of this contact."""
        self.ensure_one()
        return partner in self._filter_awaiting(partner)

    @api.model
    def _filter_awaiting(self, partners):
        """Those of these contacts at a space of whom somebody is to arrive."""
        spaces = self.env["coworking.space"]._get_managed_by_domain(partners)
        awaiting = self._read_group(
            Domain("space_id", "any", spaces) & self._get_arriving_domain(), ["space_id"]
        )
        return partners & partners.browse().union(*(space._get_contacts() for (space,) in awaiting))

    @api.model
    def _find_due(self, told):
        awaiting = self._filter_awaiting(self.env["res.partner"].union(*(m.partner for m in told)))
        return [
            mail
            for mail in told
            if mail.partner in awaiting & mail.record._get_link_holders(mail.purpose)
        ]

    def _is_told_with(self, other):
        """Whoever arrives is on one page."""
        return True

    @api.model
    def _get_arriving_domain(self):
        """Seats whose person nobody has seen yet, and that are not over."""
        return Domain("state", "=", "confirmed") & (
            Domain("date_end", "=", False) | Domain("date_end", ">=", "today")
        )

    def _get_link_target(self, purpose):
        return "/my/coworking/arrivals"

    def _get_link_words(self, purpose, partner):
        self.ensure_one()
        return {
            "subject": self.env._(
                "An arrival at %(space)s on %(date)s",
                space=self.space_id.name,
                date=format_date(self.env, self.date_start),
            ),
            "text": self.env._(
                "Somebody of our programme is to join you. Tell us when they have arrived, or why"
                " they cannot come."
            ),
            "button": self.env._("See who arrives"),
        }

    def _describe_request(self):
        return self.env._(
            "Answer the request of a seat: %(person)s at %(space)s",
            person=self.partner_id.name,
            space=self.space_id.name,
        )
