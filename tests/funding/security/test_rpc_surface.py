"""What the funders' half lets call from outside; a new public method fails until it is reviewed."""

import pathlib

import odoo.addons.coworking_incubation_funding as addon

from ...security import test_rpc_surface as core

PUBLIC = {
    "coworking.bill.export": {"action_download"},
    "coworking.payment.import": {"action_check", "action_read", "action_record"},
    "coworking.allocation": {"action_place"},
    "coworking.allocation.place": {"action_place"},
    "coworking.cost": {"action_open_move"},
    "coworking.evidence": {"action_download", "action_retry"},
    "coworking.evidence.make": {"action_open_earlier", "action_seal"},
    "coworking.export": {"action_download"},
    "coworking.export.mapping": {"action_export"},
    "coworking.funding.agreement": {
        "action_look_up_public",
        "action_make_evidence",
        "action_open_allocations",
        "action_open_reports",
    },
    "coworking.participant": {"action_make_evidence", "action_open_costs"},
    "coworking.report": {
        "action_compare",
        "action_count",
        "action_download",
        "action_finalise",
        "action_open_figures",
    },
    "coworking.report.figure": {"action_open_people"},
}


class TestFundingRpcSurface(core.TestRpcSurface):
    reviewed = {
        model: core.PUBLIC.get(model, set()) | PUBLIC.get(model, set())
        for model in {*core.PUBLIC, *PUBLIC}
    }
    root = pathlib.Path(addon.__path__[0])
