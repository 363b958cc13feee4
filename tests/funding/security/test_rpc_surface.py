"""What the funders' half lets call from outside; a new public method fails until it is reviewed."""

from ...security import test_rpc_surface as core

PUBLIC = {
    "coworking.bill.export": {"action_download"},
    "coworking.payment.import": {"action_check", "action_read", "action_record"},
    "coworking.allocation": {"action_place"},
    "coworking.allocation.place": {"action_place"},
    "coworking.claim": {
        *("action_accept", "action_admit_all", "action_cancel", "action_correct"),
        *("action_download", "action_make_evidence", "action_open_audit"),
        *("action_open_entries", "action_override_all", "action_receive", "action_refresh"),
        *("action_reopen", "action_return", "action_submit"),
    },
    "coworking.claim.dialog": {"action_apply"},
    "coworking.claim.line": {
        *("action_open_bill", "action_open_cost", "action_open_heading", "action_open_payment"),
        *("action_open_proof", "action_override"),
    },
    "coworking.claim.receive": {"action_record"},
    "coworking.cost": {"action_open_move"},
    "coworking.evidence": {"action_download", "action_retry"},
    "coworking.evidence.make": {"action_open_earlier", "action_seal"},
    "coworking.export": {"action_download"},
    "coworking.export.mapping": {"action_export"},
    "coworking.financial.report": {
        "action_count",
        "action_download",
        "action_finalise",
        "action_open_shares",
    },
    "coworking.funding.agreement": {
        *("action_close_claims", "action_look_up_public", "action_make_claim"),
        *("action_make_evidence", "action_open_allocations", "action_open_claims"),
        *("action_open_claims_again", "action_open_financial_reports", "action_open_reports"),
        "action_open_to_settle",
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
