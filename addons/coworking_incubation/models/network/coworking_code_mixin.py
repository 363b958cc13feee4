import re

from odoo import api, models
from odoo.tools import remove_accents


class CoworkingCodeMixin(models.AbstractModel):
    """A short code that is unique in a company, proposed from the name: INC, MUTUALAB."""

    _name = "coworking.code.mixin"
    _description = "Has a Short Code"

    def _propose_codes(self, letters):
        """The code of each of these, from its name where it has none yet.

        :param letters: how many to keep
        :return: dict record -> code, or False
        """
        result, taken = {}, {}
        for record in self:
            code = record.code
            words = re.sub("[^A-Z0-9]", "", remove_accents(record.name or "").upper())[:letters]
            if not code and words:
                company = record.company_id or self.env.company
                known = taken.setdefault(company, self._get_taken_codes(company))
                code = words if words not in known else self._get_free_code(words, known)
                known.add(code)
            result[record] = code
        return result

    @api.model
    def _get_taken_codes(self, company):
        """Codes of this company, those of archived records included."""
        # sudo: another one's code is taken, whoever may know it
        return set(
            self.sudo()
            .with_context(active_test=False)
            .search([("company_id", "=", company.id)])
            .mapped("code")
        )

    @api.model
    def _get_free_code(self, code, taken):
        """First of CODE2, CODE3... that is not taken."""
        number = 2
        while f"{code}{number}" in taken:
            number += 1
        return f"{code}{number}"
