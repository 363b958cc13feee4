"""Two organisations in one Odoo, where both addons are: what funders pay stays apart."""

from ...trust import test_two_organisations as core


class TestTwoOrganisations(core.TestTwoOrganisations):
    shared = core.SHARED | {
        "coworking.breakdown",
        "coworking.breakdown.line",
        "coworking.charge.kind",
    }
    told = "that of both addons"

    def _make_theirs(self, records, other):
        """A file of evidence is of one of several things, none of which is required by itself."""
        if records._name != "coworking.evidence":
            return super()._make_theirs(records, other)
        company = self.env.ref("base.main_company")
        agreements = self.env["coworking.funding.agreement"].sudo()
        agreement = agreements.search([("company_id", "=", company.id)], limit=1)
        return records.create(
            {
                "kind": "agreement",
                "scope": "money",
                "names": "clear",
                "agreement_id": agreement.id,
                "company_id": company.id,
            }
        ).ids
