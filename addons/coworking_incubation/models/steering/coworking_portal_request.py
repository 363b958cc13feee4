from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain


class CoworkingPortalRequest(models.Model):
    """Who does not come after all is told as what is to come is."""

    _inherit = "coworking.portal.request"

    @api.model
    def _tell_of_gone(self, gone):
        told = defaultdict(list)
        for (seat, space), day in gone.items():
            for partner in space._get_contacts_to_write_to():
                told[partner, space.company_id].append((seat, space, day))
        for (partner, company), rows in told.items():
            portal = self.env["coworking.portal"].with_context(lang=partner.lang or self.env.lang)
            facts = [
                {
                    "day": portal._format_day(day),
                    "words": portal.env._("%s does not come", seat.occupant_name),
                    "note": None,
                    "space": space.name,
                }
                for seat, space, day in rows
            ]
            record = partner.with_company(company).with_context(coworking_coming=facts)
            # where it is another day, whoever acts for the space may open no page of it yet
            is_theirs = partner in record._get_link_holders("coming")
            link = self.env["coworking.portal.link"]
            if not is_theirs or not link._send_link(record, "coming", partner):
                self._ask_to_tell(partner, rows)
            self._drop_announced(partner, rows)

    @api.model
    def _drop_announced(self, partner, rows):
        """What was announced of these seats there is not to come: it is not told once more."""
        there = Domain.OR(
            Domain("res_id", "=", seat.id) & Domain("space_id", "=", space.id)
            for seat, space, __ in rows
        )
        announced = self.env["coworking.announcement"].search(
            Domain("partner_id", "=", partner.id)
            & Domain("role", "=", "space")
            & Domain("kind", "in", ("seat_end", "seat_on"))
            & there
        )
        announced.taken_back = True

    @api.model
    def _ask_to_tell(self, partner, rows):
        for seat, space, __ in rows:
            user = seat._get_responsible()
            words = self.with_context(lang=user.lang).env
            values = {"manager": partner.name, "person": seat.occupant_name}
            summary = (
                words._("Tell %(manager)s that %(person)s does not come", **values)
                if partner.email
                else words._(
                    "%(manager)s has no e-mail: say by telephone that %(person)s does not come",
                    **values,
                )
            )
            self._ask_to_call(space, user, summary)
