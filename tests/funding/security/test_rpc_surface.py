"""What the funders' half lets call from outside; a new public method fails until it is reviewed."""

import pathlib

import odoo.addons.coworking_incubation_funding as addon

from ...security import test_rpc_surface as core

PUBLIC = {
    "coworking.allocation": {"action_place"},
    "coworking.allocation.place": {"action_place"},
    "coworking.cost": {"action_open_move"},
    "coworking.funding.agreement": {"action_look_up_public", "action_open_allocations"},
    "coworking.participant": {"action_open_costs"},
}


class TestFundingRpcSurface(core.TestRpcSurface):
    reviewed = {
        model: core.PUBLIC.get(model, set()) | PUBLIC.get(model, set())
        for model in {*core.PUBLIC, *PUBLIC}
    }
    root = pathlib.Path(addon.__path__[0])
