"""Whatever staff take out of Odoo as a workbook or an archive is in the audit trail."""

import json
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import ACCOUNTANT, JUNE
from ..portal.test_access_matrix import STAFF_ROUTES
from ..tours.common import BrowserCase
from .test_sensitive_traces import EXPORT, TracesCase

BASE = "/coworking_incubation"
# What staff fetch that takes nothing out: a screen, what is typed there, a form to be filled in.
NO_EXPORT = {
    f"{BASE}/dashboard",
    f"{BASE}/grid",
    f"{BASE}/grid/save",
    f"{BASE}/month",
    f"{BASE}/take-over/<int:take_over_id>/<any(empty,examples):kind>",
}


@tagged("post_install", "-at_install")
class TestEveryExportIsTraced(HttpCase, TracesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exporter.group_ids = [Command.link(cls.env.ref(ACCOUNTANT).id)]
        cls.seat = cls._new_seat("1/6", "30/6", cls.file)
        cls._new_presences(cls.seat, "10/6")
        cls._generate()
        report = type(cls.env["ir.actions.report"])
        printed = patch.object(report, "_render_qweb_pdf", lambda *args, **kwargs: (b"%PDF", "pdf"))
        cls.startClassPatcher(printed)

    def _get_exports(self, user):
        """dict rule of a page -> the address at which this user gets a file."""
        env = self.env(user=user)
        sheet = env["coworking.presence.sheet"].create(
            {"program_id": self.program.id, "month": "2015-06-01"}
        )
        month_end = env["coworking.month.end"].create(
            {"program_ids": self.program.ids, "date": "2015-06-30"}
        )
        take_over = env["coworking.take.over"].create({"program_id": self.program.id})
        taken = f"{BASE}/take-over/{take_over.id}/export"
        return {
            f"{BASE}/person/<int:participant_id>/data": f"{BASE}/person/{self.file.id}/data",
            f"{BASE}/reconciliation/<int:month_end_id>": month_end.action_workbook()["url"],
            f"{BASE}/register/<int:sheet_id>": sheet.action_register()["url"],
            f"{BASE}/take-over/<int:take_over_id>/export": taken,
        }

    def test_every_page_that_sends_a_file_to_staff_leaves_a_line(self):
        exports = self._get_exports(self.exporter)
        self.assertEqual(exports.keys() | NO_EXPORT, STAFF_ROUTES)
        self.authenticate(self.exporter.login, self.exporter.login)
        for rule, url in exports.items():
            with self.subTest(rule):
                self.last = self.env["coworking.audit"].search([], limit=1).id
                answer = self.url_open(url)
                self.assertEqual((answer.status_code, answer.content[:2]), (200, b"PK"))
                self.assertEqual(answer.headers["Cache-Control"], "no-store")
                line = self._trail("exported")
                self.assertEqual(
                    (line.user_id, line.res_model, line.res_id),
                    (self.exporter, self.file._name, self.file.id),
                )
                self.assertEqual(line.changes["format"], "zip" if "person" in rule else "xlsx")
                self.assertTrue(line.changes["count"])
                self.assertTrue(line.changes["fields"])
                self.assertNotIn("Camille", str(line.changes))

    def _download_pivot(self, user, model):
        self.authenticate(user.login, user.login)
        table = {
            "model": model,
            "title": "Pivot",
            "measure_count": 1,
            "origin_count": 1,
            "col_group_headers": [[{"title": "Total", "width": 1, "height": 1}]],
            "measure_headers": [{"title": "Count", "is_bold": False}],
            "origin_headers": [],
            "rows": [{"title": "Total", "indent": 0, "values": [{"value": 1, "is_bold": False}]}],
        }
        return self._post_pivot(json.dumps(table))

    def _post_pivot(self, data):
        form = {"data": data, "csrf_token": Request.csrf_token(self)}
        return self.url_open("/web/pivot/export_xlsx", data=form)

    def test_a_pivot_is_taken_out_as_a_list_is(self):
        with mute_logger("odoo.http"):
            self.assertNotEqual(self._download_pivot(self.chief, self.file._name).status_code, 200)
        self.assertFalse(self._trail("exported"))
        answer = self._download_pivot(self.exporter, self.file._name)
        self.assertEqual((answer.status_code, answer.content[:2]), (200, b"PK"))
        line = self._trail("exported")
        self.assertEqual((line.user_id, line.res_model), (self.exporter, self.file._name))
        self.assertEqual(line.changes, {"format": "pivot", "count": 1})

    def test_a_pivot_of_money_needs_no_right_and_others_are_odoos(self):
        answer = self._download_pivot(self.accountant, "coworking.charge")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self._trail("exported").res_model, "coworking.charge")
        for model in ("res.partner", "coworking.funnel", "no.model", None, ["x"]):
            with self.subTest(model=model):
                self.assertEqual(self._download_pivot(self.accountant, model).status_code, 200)
        self.assertEqual(len(self._trail("exported")), 1)
        for data in ("", "[]", "{", "null", '{"model": "coworking.charge"}'):
            with self.subTest(data=data), mute_logger("odoo.http"):
                self.assertLess(self._post_pivot(data).status_code, 500)

    def test_no_report_of_ours_is_a_file_of_another_kind(self):
        ours = self.env["ir.actions.report"].search([("report_name", "like", "coworking_%")])
        self.assertEqual(set(ours.mapped("report_type")), {"qweb-pdf"})

    def test_of_a_register_those_who_are_in_it_are_traced_and_nobody_else(self):
        self._new_seat("1/6", "30/6", self._new_participant("Nobody Came"))
        self.env["coworking.presence.sheet"].with_user(self.accompanist).create(
            {"program_id": self.program.id, "month": "2015-06-01"}
        )._make_workbook()
        line = self._trail("exported")
        self.assertEqual((line.user_id, line.res_id), (self.accompanist, self.file.id))
        self.assertEqual(line.changes["count"], 1)
        self.assertIn("participant_signed_at", line.changes["fields"])

    def test_the_reconciliation_of_an_accountant_needs_no_right_to_export(self):
        self.env["coworking.reconciliation"].with_user(self.accountant)._make_workbook(
            self.program, JUNE
        )
        line = self._trail("exported")
        self.assertEqual((line.user_id, line.res_id), (self.accountant, self.file.id))
        self.assertIn("person", line.changes["fields"])

    def test_all_that_is_held_on_a_person_needs_the_right_to_export(self):
        with self.assertRefused("Export of Personal Data", "administrator", error=AccessError):
            self.file.with_user(self.chief).action_get_all_data()
        self.authenticate(self.chief.login, self.chief.login)
        answer = self.url_open(f"{BASE}/person/{self.file.id}/data")
        self.assertEqual(answer.status_code, 404)
        self.assertTrue(self.file.with_user(self.exporter).action_get_all_data())
        self.accompanist.group_ids = [Command.link(self.env.ref(EXPORT).id)]
        with self.assertRefused("coordinator", error=AccessError):
            self.file.with_user(self.accompanist).action_get_all_data()

    def test_the_button_is_shown_with_the_right_alone(self):
        name = "coworking_incubation.coworking_participant_action_get_all_data"
        action = self.env.ref(name)
        for user, shown in ((self.exporter, True), (self.chief, False), (self.accompanist, False)):
            bound = self.env["ir.actions.actions"].with_user(user).get_bindings(self.file._name)
            with self.subTest(user=user.login):
                self.assertEqual(action.id in {row["id"] for row in bound["action"]}, shown)


class TestButtons(BrowserCase, TracesCase):
    def test_the_download_of_a_pivot_is_shown_with_the_right_alone(self):
        path = "/odoo/action-coworking_incubation.coworking_move_action"
        for user, shown in ((self.chief, 0), (self.exporter, 1)):
            with self.subTest(user=user.login), self._browse(user.login) as browser:
                self._visit(browser, path, "!!document.querySelector('.o_pivot_flip_button')")
                buttons = "document.querySelectorAll('.o_pivot_download').length"
                self.assertEqual(self._evaluate(browser, buttons), shown)
