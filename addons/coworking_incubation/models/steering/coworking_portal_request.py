from collections import defaultdict

from odoo import api, models


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
            if not self.env["coworking.portal.link"]._send_link(record, "coming", partner):
                self._ask_to_tell(partner, rows)

    @api.model
    def _ask_to_tell(self, partner, rows):
        for seat, space, __ in rows:
            user = seat._get_responsible()
            summary = self.with_context(lang=user.lang).env._(
                "%(manager)s has no e-mail: say by telephone that %(person)s does not come",
                manager=partner.name,
                person=seat.occupant_name,
            )
            self._ask_to_call(space, user, summary)
