from typing import NamedTuple

from odoo import models


class Words(NamedTuple):
    """What a funder is told of a cost, without the name of a person.

    :param token: stands for the participant, or for who of the staff it is; or ``False``
    :param supplier_name: ``False`` where that is such a person
    """

    label: str
    token: str | bool
    supplier_name: str | bool

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
        staff = costs.filtered(lambda cost: cost.kind == "staff").partner_id
        paid_back = costs._find_paid_back()
        files = self.env["coworking.participant"]
        tokens = files._get_tokens((costs.participant_id | files.concat(*paid_back.values())).ids)
        staff_tokens = files._get_tokens(staff.ids, "staff")
        result = {}
        for cost in costs:
            partner = cost.partner_id
            person = cost.participant_id or paid_back.get(partner, files)
            token = tokens.get(person.id, False)
            if cost.kind == "staff":
                token = staff_tokens.get(partner.id, False)
            hidden = cost.kind == "staff" or partner in paid_back
            result[cost] = Words(cost._describe(), token, False if hidden else partner.name)
        return result

    def _find_paid_back(self):
        """Participants whose own expenses are paid back to them: they stand as suppliers.

        :return: dict partner -> file
        """
        # sudo: see _get_words
        files = (
            self.env["coworking.participant"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "in", self.partner_id.ids)], order="id")
        )
        return {file.partner_id: file for file in files}
