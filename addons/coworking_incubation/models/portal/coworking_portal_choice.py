from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import formatLang

from ...tools import map_url

PLACE_WISHED = "coworking_incubation.mail_activity_type_place_wished"


class CoworkingPortalChoice(models.AbstractModel):
    """The choice of a space by a participant: what each offers, where it is, what it costs them."""

    _inherit = "coworking.portal.person"

    @api.model
    def _may_choose(self, file):
        return file.phase in ("selection", "incubation") and not file.seat_ids.filtered(
            lambda seat: seat.state in ("requested", "confirmed", "active")
        )

    @api.model
    def _prepare_choice(self, partner, days_a_week, sector=0, amenity=0, order="price"):
        """The spaces with what the person would pay: nothing of what the programme pays.

        :param sector: id of the sector in which people of the space work, 0 for any
        :param amenity: id of something that the space has, 0 for any
        :param order: 'price', or 'distance' where it is known
        """
        file = self._get_file(partner)
        if not self._may_choose(file):
            return None
        simulation = self.env["coworking.simulation"].new(
            {"participant_id": file.id, "days_a_week": days_a_week}
        )
        offers = self.env["coworking.simulator"]._get_offers(
            file, simulation.date_start, simulation.date_end, days_a_week
        )
        offers = [offer for offer in offers if offer["places"] != 0]
        spaces = self.env["coworking.space"].union(*(offer["space"] for offer in offers))
        sectors, amenities = spaces.sector_ids, spaces.amenity_ids
        by_space = {}
        for offer in sorted(offers, key=lambda row: row["person_cost"]):
            space = offer["space"]
            if (sector and sector not in space.sector_ids.ids) or (
                amenity and amenity not in space.amenity_ids.ids
            ):
                continue
            card = by_space.setdefault(space, self._prepare_space_offer(space, offer))
            card["offers"].append(self._prepare_offer(simulation, offer))
        cards = list(by_space.values())
        known = any(card["distance"] is not None for card in cards)
        if order == "distance" and known:
            cards.sort(key=lambda card: (card["distance"] is None, card["distance"] or 0.0))
        return {
            "days": days_a_week,
            "sector": sector,
            "amenity": amenity,
            "order": order,
            "sectors": [{"id": row.id, "name": row.name} for row in sectors],
            "amenities": [{"id": row.id, "name": row.name} for row in amenities],
            "distances": known,
            "dates": self.env._(
                "from %(first)s to %(last)s",
                first=self._format_day(simulation.date_start),
                last=self._format_day(simulation.date_end),
            ),
            "spaces": cards,
        }

    @api.model
    def _prepare_space_offer(self, space, offer):
        """A space as it is shown to choose it: where, when, what there is."""
        site, distance = space.partner_id, offer["distance"]
        town = " ".join(filter(None, (site.zip, site.city)))
        return {
            "id": space.id,
            "name": space.name,
            "address": ", ".join(filter(None, (site.street, site.city))),
            "map_url": map_url(", ".join(filter(None, (site.street, town)))),
            "photo": space.with_context(bin_size=True).image_128
            and f"/my/incubation/spaces/{space.id}/photo",
            "hours": self._describe_hours(space),
            "distance": distance,
            "distance_words": distance is not None
            and self.env._(
                "%s km from your address, as the crow flies", formatLang(self.env, distance, 1)
            ),
            "sectors": ", ".join(space.sector_ids.mapped("name")),
            "amenities": ", ".join(space.amenity_ids.mapped("name")),
            "offers": [],
        }

    @api.model
    def _describe_hours(self, space):
        """Opening hours, days alike in a row taken together; one line each."""
        calendar = space.resource_calendar_id
        if not calendar:
            return []
        rows = []
        for day in self.env["coworking.portal.space"]._prepare_opening_days(calendar):
            hours = day["from"] and f"{day['from']} – {day['to']}"
            if rows and rows[-1][0] == hours:
                rows[-1][1].append(day["name"])
            else:
                rows.append((hours, [day["name"]]))
        lines = []
        for hours, names in rows:
            if not hours:
                continue
            words = names[0]
            if len(names) > 1:
                words = self.env._("%(first)s to %(last)s", first=names[0], last=names[-1].lower())
            lines.append(f"{words}, {hours}")
        return lines

    @api.model
    def _prepare_offer(self, simulation, offer):
        money = simulation.currency_id.format
        values = simulation._prepare_line(offer)
        return {
            "tariff": offer["tariff"].id,
            "formula": offer["tariff"].name,
            "price": values["price"],
            "month": money(values["person_cost_month"]),
            "total": self.env._("%s in all for you", money(offer["person_cost"])),
            "availability": values["availability"],
            "binding": values["binding"],
        }

    @api.model
    def _get_offered_space(self, partner, space_id):
        """A space of which the person may see the photo, or an empty set."""
        file = self._get_file(partner)
        return self._find_own(
            "coworking.space",
            space_id if self._may_choose(file) else 0,
            Domain("company_id", "=", file.company_id.id) & Domain("state", "=", "partner"),
        )

    @api.model
    def _choose_tariff(self, partner, tariff_id, days_a_week):
        """Tell the accompanist which space the person would like: staff ask for the seat."""
        choice = self._prepare_choice(partner, days_a_week)
        found = [
            (card, offer)
            for card in (choice["spaces"] if choice else ())
            for offer in card["offers"]
            if offer["tariff"] == tariff_id
        ]
        if not found:
            raise UserError(self.env._("This place is not free any more: choose another one."))
        ((card, offer),) = found
        file = self._get_file(partner)
        staff = file._speak_to_staff(file._get_responsible())
        self._tell_accompanist(
            file,
            staff.env._(
                "Would like a place: %(space)s, %(formula)s",
                space=card["name"],
                formula=offer["formula"],
            ),
            staff.env._(
                "%(days)s days a week, %(month)s a month to pay.",
                days=days_a_week,
                month=offer["month"],
            ),
            kind=PLACE_WISHED,
        )
