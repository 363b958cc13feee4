"""What Pilotage and the month show is asked for by an address, too: whose it is, and whose not."""

from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged

PILOTAGE = "/coworking_incubation/dashboard"
MONTH = "/coworking_incubation/month"
ROLES = {
    "counsellor": "coworking_incubation.group_coworking_accompanist",
    "coordinator": "coworking_incubation.group_coworking_coordinator",
    "accountant": "coworking_incubation.group_coworking_accountant",
    "colleague": "base.group_user",
    "portal": "base.group_portal",
}


@tagged("post_install", "-at_install")
class TestPictures(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role, group in ROLES.items():
            new_test_user(cls.env, login=f"t_{role}", groups=group)

    def _ask(self, route, role, **params):
        """The answer, or the name of the error instead of it."""
        self.authenticate(role and f"t_{role}", role and f"t_{role}")
        try:
            return self.make_jsonrpc_request(route, params)
        except JsonRpcException as error:
            return str(error)

    def test_pilotage_is_for_the_roles_of_programs(self):
        for role in ("counsellor", "coordinator", "accountant"):
            self.assertIn("groups", self._ask(PILOTAGE, role), role)
        for role in ("colleague", "portal"):
            self.assertIn("AccessError", self._ask(PILOTAGE, role), role)
        self.assertIn("SessionExpired", self._ask(PILOTAGE, None))

    def test_pilotage_has_no_other_parts(self):
        self.assertIn("groups", self._ask(PILOTAGE, "coordinator", part="first"))
        for part in ("whole", 1, ["first"]):
            self.assertIn("BadRequest", self._ask(PILOTAGE, "coordinator", part=part))

    def test_the_sums_of_a_month_are_for_those_who_read_its_lines(self):
        for role in ("coordinator", "accountant"):
            self.assertIn("totals", self._ask(MONTH, role), role)
        for role in ("counsellor", "colleague", "portal"):
            self.assertIn("AccessError", self._ask(MONTH, role), role)
        self.assertIn("SessionExpired", self._ask(MONTH, None))

    def test_a_counsellor_who_asks_for_a_tile_of_money_is_refused(self):
        tiles = {
            tile.name
            for tile in self.env["coworking.dashboard"]._get_tiles()
            if self.env.ref(ROLES["counsellor"]) not in map(self.env.ref, tile.seen_by)
        }
        self.assertTrue(tiles)
        for tile in tiles:
            self.assertIn("AccessError", self._ask(PILOTAGE, "counsellor", tile=tile), tile)
