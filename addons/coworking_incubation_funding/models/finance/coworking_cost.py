import re
from typing import NamedTuple

from odoo import models

from odoo.addons.coworking_incubation.spreadsheet import plain

# What stands in numbers of bills. Any other word that somebody typed there may be a name.
NUMBER_WORDS = {"av", "avoir", "cn", "fa", "fac", "fact", "factu", "facture", "inv", "no", "ref"}


class Words(NamedTuple):
    """What a funder is told of a cost, without the name of a person, nor a word that was typed.

    :param token: stands for the participant, or for who of the staff it is; or ``False``
    :param supplier_name: ``False`` where that is such a person
    :param number: of the bill; or ``False``
    """

    label: str
    token: str | bool
    supplier_name: str | bool
    number: str | bool

    @property
    def supplier(self):
        """Who was paid, in a list without a column for people."""
        return self.supplier_name or self.token or ""


class CoworkingCost(models.Model):
    """Costs, in the words of what goes to funders."""

    _inherit = "coworking.cost"

    def _get_words(self):
        """
        :return: dict cost -> ``Words``
        """
        # sudo: of a file only what stands for it, of a bill what the funder is told
        costs = self.sudo()
        suppliers = {cost: cost.move_id.partner_id | cost.partner_id for cost in costs}
        paid_back, staff = costs._find_paid_back()
        files = self.env["coworking.participant"]
        people = costs.participant_id | files.concat(*paid_back.values())
        tokens = files._get_tokens(people.ids)
        staff_tokens = files._get_tokens(staff.ids, "staff")
        result = {}
        for cost in costs:
            persons = [partner for partner in suppliers[cost] if partner in paid_back]
            workers = suppliers[cost] & staff
            file = cost.participant_id or files.concat(*map(paid_back.get, persons))[:1]
            token = tokens.get(file.id) or staff_tokens.get(workers[:1].id, False)
            name = False if persons or workers else cost.partner_id.name
            result[cost] = Words(cost._describe(), token, name, cost._tell_number(name))
        return result

    def _find_paid_back(self):
        """Participants and staff whose own expenses are paid back to them stand as suppliers, also
        where they are contacts of a company; and who of the staff worked.

        :return: (dict partner -> file, partners of the staff)
        """
        partners = self.move_id.partner_id | self.partner_id
        # sudo: see _get_words
        files = (
            self.env["coworking.participant"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "in", partners.ids)], order="id")
        )
        users = partners.with_context(active_test=False).user_ids
        staff = users.filtered(lambda user: not user.share).partner_id
        staff |= self.filtered(lambda cost: cost.kind == "staff").partner_id
        return {file.partner_id: file for file in files}, staff - files.partner_id

    def _tell_number(self, supplier):
        """The number that the supplier gave to the bill; ours, where other words than of numbers,
        of the supplier and of the space stand in its place.

        :param supplier: its name, as it is told
        """
        self.ensure_one()
        move, space = self.move_id, self.seat_id.space_id
        typed = move.ref or ""
        known = {word for text in (supplier, space.name, space.code) for word in _split(text)}
        if any(map(str.isdigit, typed)) and all(
            len(word) == 1 or word in NUMBER_WORDS | known for word in _split(typed)
        ):
            return typed
        return move.name


def _split(text):
    """The words of a text, however they are written."""
    return re.findall(r"[^\W\d_]+", plain(text or ""))
