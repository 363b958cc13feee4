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
        spaces = Domain("space_id", "any", self.space_id._get_managed_by_domain(partner))
        return bool(self.search_count(spaces & self._get_arriving_domain(), limit=1))

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
