"""Two organisations in one Odoo, where both addons are: what funders pay stays apart."""

from ...trust import test_two_organisations as core


class TestTwoOrganisations(core.TestTwoOrganisations):
    shared = core.SHARED | {
        "coworking.breakdown",
        "coworking.breakdown.line",
        "coworking.charge.kind",
    }
    told = "that of both addons"
