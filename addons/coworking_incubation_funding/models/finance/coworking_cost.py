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
        files, staff = costs._find_paid_back(costs.move_id.partner_id | costs.partner_id)
        tokens = files._get_tokens((costs.participant_id | files).ids)
        told = {file.partner_id: tokens[file.id] for file in files}
        staff_tokens = files._get_tokens(staff.ids, "staff")
        told |= {partner: staff_tokens[partner.id] for partner in staff}
        people = files.partner_id | staff
        by_company, nobody = people.grouped("commercial_partner_id"), people.browse()
        result = {}
        for cost in costs:
            suppliers = cost.move_id.partner_id | cost.partner_id
            companies = suppliers.commercial_partner_id
            known = nobody.union(*(by_company.get(one, nobody) for one in companies))
            paid = known & suppliers or known
            token = tokens.get(cost.participant_id.id) or (len(paid) == 1 and told[paid])
            name = False if known else cost.partner_id.name
            result[cost] = Words(cost._describe(), token, name, cost._tell_number(name))
        return result

    def _find_paid_back(self, suppliers):
        """Participants and staff whose own expenses are paid back to them stand as suppliers, also
        by a company of theirs, or as its contact.

        :param suppliers: ``res.partner``
        :return: (files, partners of the staff)
        """
        # sudo: whose name stays here does not depend on who reads
        everybody = self.sudo().with_context(active_test=False)
        companies = suppliers.commercial_partner_id
        own = [("partner_id.commercial_partner_id", "in", companies.ids)]
        files = everybody.env["coworking.participant"].search(own, order="id")
        users = [("partner_id", "in", (suppliers | companies).ids), ("share", "=", False)]
        staff = everybody.env["res.users"].search(users).partner_id
        staff |= everybody.search([*own, ("kind", "=", "staff")]).partner_id
        return files, staff - files.partner_id

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
