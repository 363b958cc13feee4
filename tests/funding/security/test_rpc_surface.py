"""What the funders' half lets call from outside; a new public method fails until it is reviewed."""

import pathlib

import odoo.addons.coworking_incubation_funding as addon

from ...security import test_rpc_surface as core

PUBLIC = {
    "coworking.bill.export": {"action_download"},
    "coworking.payment.import": {"action_check", "action_read", "action_record"},
}


class TestFundingRpcSurface(core.TestRpcSurface):
    reviewed = {
        model: core.PUBLIC.get(model, set()) | PUBLIC.get(model, set())
        for model in {*core.PUBLIC, *PUBLIC}
    }
    root = pathlib.Path(addon.__path__[0])
