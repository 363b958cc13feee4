"""The gate as a browser meets it: a session, a route, JSON."""

import json
from datetime import date, timedelta

from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged

from ..common import ACCOMPANIST, COORDINATOR


@tagged("post_install", "-at_install")
class TestJsonRpc(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        today = date.today()
        cls.users = {
            name: new_test_user(cls.env, login=f"t_{name}", groups=group)
            for name, group in (("accompanist", ACCOMPANIST), ("coordinator", COORDINATOR))
        }
        program = cls.env["coworking.program"].create(
            {
                "name": "Running",
                "code": "RPC",
                "date_start": today - timedelta(days=30),
                "date_end": today + timedelta(days=300),
                "accompanist_ids": cls.users["accompanist"].ids,
            }
        )
        cls.stages = {
            name: cls.env.ref(f"coworking_incubation.coworking_stage_{name}")
            for name in ("orientation", "application", "diagnostic")
        }
        cls.participant = cls.env["coworking.participant"].create(
            {
                "partner_name": "Camille",
                "program_id": program.id,
                "user_id": cls.users["accompanist"].id,
            }
        )

    def _call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )

    def _move(self, stage, **values):
        return self._call(
            "coworking.participant",
            "web_save",
            [self.participant.id],
            {"stage_id": self.stages[stage].id, **values},
            specification={"readiness_label": {}, "stage_id": {}},
        )

    def assertError(self, kind):
        return self.assertRaisesRegex(JsonRpcException, kind)

    def test_a_card_is_dragged_by_the_accompanist_through_the_gate(self):
        self.authenticate("t_accompanist", "t_accompanist")
        with self.assertError("StageRefused"):
            self._move("application")
        saved = self._move("application", phone="+33 3 20 00 00 00")
        self.assertEqual(saved[0]["stage_id"], self.stages["application"].id)
        self.assertEqual(saved[0]["readiness_label"], "0/1")
        with self.assertError("AccessError"):
            self._move("diagnostic", move_reason="Later")
        self.participant.invalidate_recordset()
        self.assertEqual(self.participant.stage_id, self.stages["application"])

    def test_a_refusal_that_no_dialog_settles_is_told_as_one(self):
        """A new card, several cards at once: the web client knows errors by their name."""
        self.authenticate("t_accompanist", "t_accompanist")
        values = {
            "partner_name": "Noor",
            "program_id": self.participant.program_id.id,
            "stage_id": self.stages["diagnostic"].id,
        }
        params = {
            "model": "coworking.participant",
            "method": "web_save",
            "args": [[], values],
            "kwargs": {"specification": {}},
        }
        answer = self.url_open(
            "/web/dataset/call_kw/coworking.participant/web_save",
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        ).json()
        self.assertEqual(
            answer["error"]["data"]["context"]["exception_class"], "odoo.exceptions.UserError"
        )

    def test_a_refusal_is_no_error_in_the_log_of_the_server(self):
        """A refused move, a date outside the program, an exit before the entry."""
        self.authenticate("t_accompanist", "t_accompanist")
        file = self.participant
        file.write({"phone": "+33 3 20 00 00 00", "date_entry": date.today()})
        reason = self.env["coworking.exit.reason"].search([], limit=1)
        early = str(date.today() - timedelta(days=2))
        for values, said in (
            ({"stage_id": self.stages["diagnostic"].id}, "Camille cannot go to"),
            ({"date_entry": "2001-01-01"}, "Camille cannot enter on"),
            ({"date_exit": early, "exit_reason_id": reason.id}, "cannot leave before entering"),
        ):
            params = {
                "model": "coworking.participant",
                "method": "web_save",
                "args": [file.ids, values],
                "kwargs": {"specification": {}},
            }
            with self.subTest(values=values), self.assertNoLogs(level="ERROR"):
                answer = self.url_open(
                    "/web/dataset/call_kw/coworking.participant/web_save",
                    data=json.dumps({"jsonrpc": "2.0", "params": params}),
                    headers={"Content-Type": "application/json"},
                ).json()
                self.assertIn(said, answer["error"]["data"]["message"])

    def test_an_override_of_a_coordinator_is_kept(self):
        self.authenticate("t_coordinator", "t_coordinator")
        self._move("application", move_reason="Reached through the prescriber")
        move = self.env["coworking.move"].search(
            [("participant_id", "=", self.participant.id)], limit=1
        )
        self.assertRecordValues(
            move,
            [
                {
                    "user_id": self.users["coordinator"].id,
                    "overridden": True,
                    "reason": "Reached through the prescriber",
                }
            ],
        )

    def test_the_history_cannot_be_called_into_being(self):
        self.authenticate("t_coordinator", "t_coordinator")
        values = {
            "participant_id": self.participant.id,
            "to_stage_id": self.stages["diagnostic"].id,
            "user_id": self.users["coordinator"].id,
        }
        with self.assertError("AccessError"):
            self._call("coworking.move", "create", values)
        for private in ("_record_moves", "_reopen_file", "_pass_or_refuse"):
            with self.subTest(method=private), self.assertError("AccessError"):
                self._call("coworking.participant", private, [self.participant.id])
