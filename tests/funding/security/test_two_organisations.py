"""Two organisations in one Odoo, where both addons are: what funders pay stays apart."""

from ...trust import test_two_organisations as core


class TestTwoOrganisations(core.TestTwoOrganisations):
    shared = core.SHARED | {
        "coworking.breakdown",
        "coworking.breakdown.line",
        "coworking.charge.kind",
        "coworking.cost.change",
    }
    told = "that of both addons"

    def _get_made_values(self, model):
        """A file of evidence is of one agreement."""
        if model != "coworking.evidence":
            return super()._get_made_values(model)
        there = [("company_id", "=", self.env.ref("base.main_company").id)]
        agreements = self.env["coworking.funding.agreement"].sudo()
        return {"agreement_id": agreements.search(there, limit=1).id}
