"""Words planted where somebody has no business, looked for behind every other door of Odoo.

The pages of the module are in ``tests/portal/test_access_matrix.py``; here are the doors that Odoo
opens for every model: pictures, files, reports, exports, discussions, and each method of RPC.
"""

import base64
import json
from collections import Counter

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ..hosting.test_hosting import PNG
from ..portal.canaries import NOW, MatrixCase

READABLE = {
    "coworking.charge",
    "coworking.seat",
    "coworking.space",
    "coworking.statement",
    "coworking.tariff",
    "coworking.tariff.price",
}
GONE = 2**31 - 2
REPORTS = (
    ("report_hosting_document", "coworking.hosting"),
    ("report_portal_link", "coworking.portal.share"),
    ("report_presence_sheet", "coworking.presence.sheet"),
    ("report_attendance_sheet", "calendar.event"),
    ("report_certificate", "coworking.seat"),
    ("report_person_data", "coworking.seat"),
    ("report_processing_register", "coworking.seat"),
)


@freeze_time(NOW, tick=True)
class CanaryCase(MatrixCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env

        def canary(name):
            word = f"canari{name}zz"
            cls.canaries.append(word)
            return word

        def file(name):
            return base64.b64encode(f"%PDF-1.4 {canary(name)}".encode())

        document = cls.own["document"]
        document.write({"file": file("document"), "filename": "a.pdf"})
        cls.hosting = cls.own["signatory"].hosting_id
        cls.hosting.write({"scan": file("scan"), "scan_filename": "scan.pdf"})
        cls.invoice = cls.theirs["confirmed"]._receive_invoice(
            "facture.pdf", f"%PDF-1.4 {canary('facture')}".encode(), source="portal"
        )
        cls.attachment = env["ir.attachment"].create(
            {
                "name": canary("piece"),
                "raw": canary("contenu").encode(),
                "res_model": cls.file._name,
                "res_id": cls.file.id,
            }
        )
        cls.event = cls.own["attendance"].event_id
        cls.event.write(
            {"description": canary("reunion"), "name": f"Appointment {canary('titre')}"}
        )
        cls.file.activity_schedule(
            "mail.mail_activity_data_todo", summary=canary("activite"), note=canary("tache")
        )
        cls.own["objective"].message_post(body=canary("objet"))
        share = env["coworking.portal.share"].create({"statement_id": cls.mine["statement"].id})
        sheet = env["coworking.presence.sheet"].create(
            {"program_id": cls.program.id, "month": "2015-06-01"}
        )
        cls.printed = {
            "coworking.hosting": cls.hosting,
            "coworking.portal.share": share,
            "coworking.presence.sheet": sheet,
            "calendar.event": cls.event,
            "coworking.seat": cls.mine["seat"],
        }
        cls.records_with_messages = (
            cls.file,
            cls.own["objective"],
            cls.hosting,
            cls.mine["statement"],
            cls.mine["seat"],
            cls.space,
            cls.event,
            cls.invoice,
        )
        env.flush_all()
        # What a person may know of themselves.
        contact = ("canarirue", "canariville", "canarimel", "06 55", "canaricommentaire")
        # Odoo shows contacts and events to all who work there: who somebody is and what their file
        # holds is in neither.
        colleague = (*contact, "canariprescri", "canarifinan", "canarireunion", "canarititre")
        cls.known = {
            "participant": contact,
            "employee": colleague,
            # a space and its discussion are for all accompanists
            "accompanist of another program": (*colleague, "canariinterne", "canarifiche"),
        }

    def _listen_to(self, name, where, text):
        text = text.lower()
        words = self.canaries
        if name in self.known:
            words = [word for word in words if not word.startswith(self.known[name])]
        if name == "accompanist of another program" and where.startswith("/report"):
            words = [*words, "camille petit"]
        for word in words:
            if len(word) > 5 and word.lower() in text:
                self.found[name, where, word] += 1

    def setUp(self):
        super().setUp()
        self.found, self.answers = Counter(), 0

    def _get(self, name, path, **kwargs):
        response = self.url_open(path, **kwargs)
        self.answers += 1
        self._listen_to(name, path, response.content.decode(errors="replace"))
        return response

    def _rpc(self, name, path, **params):
        return self._get(
            name,
            path,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )

    def assertNothingHeard(self, what):
        self.assertFalse(dict(self.found))
        print(f"\ncanaries, {what}: {self.answers} answers, {len(self.canaries)} words")


class TestDoors(CanaryCase):
    @mute_logger("odoo.http", "odoo.addons.http_routing.models.ir_http")
    def test_pictures_and_files(self):
        files = [
            (self.own["document"], "file"),
            (self.hosting, "scan"),
            (self.own["signatory"], "signature"),
            (self.invoice.sudo().attachment_id, "raw"),
            (self.attachment, "raw"),
            (self.attachment, "datas"),
            (self.file, "situation_note"),
            (self.file, "project_description"),
            (self.space, "description"),
            (self.hosting, "body"),
        ]
        attachments = self.env["ir.attachment"].search(
            [
                ("res_model", "=like", "coworking.%"),
                ("id", ">", self.attachment.id - 20),
                ("res_field", "!=", False),
            ]
        )
        for name, user in self.visitors.items():
            self._login(user)
            for record, field in files:
                for door in ("image", "content"):
                    self._get(name, f"/web/{door}/{record._name}/{record.id}/{field}")
                    self._get(
                        name, f"/web/{door}?model={record._name}&id={record.id}&field={field}"
                    )
            for attachment in attachments | self.attachment:
                self._get(name, f"/web/content/{attachment.id}?download=1")
                self._get(name, f"/web/content/{attachment.id}?access_token=x")
                self._get(name, f"/web/image/{attachment.id}")
        self.assertNothingHeard("pictures and files")

    @mute_logger("odoo.http", "odoo.addons.web.controllers.report")
    def test_reports(self):
        for name, user in self.visitors.items():
            self._login(user)
            for report, model in REPORTS:
                record = self.printed[model]
                with self.subTest(visitor=name, report=report):
                    path = f"/report/html/coworking_incubation.{report}/{record.id}"
                    response = self._get(name, path, allow_redirects=False)
                    if name != "accompanist of another program":
                        self.assertNotEqual(response.status_code, 200)
        self.assertNothingHeard("reports")

    @mute_logger("odoo.http", "odoo.addons.web.controllers.export")
    def test_exports(self):
        for name, user in self.visitors.items():
            self._enter(user)
            for model, field in (
                ("coworking.participant", "situation_note"),
                ("coworking.participant", "display_name"),
                ("coworking.seat", "participant_id/partner_id/street"),
                ("coworking.charge", "copayment_amount"),
                ("coworking.statement", "charge_ids/funded_amount"),
                ("coworking.review", "summary"),
                ("coworking.funding.agreement", "reference"),
            ):
                for kind in ("xlsx", "csv"):
                    request = {
                        "model": model,
                        "fields": [{"name": field, "label": field, "type": "char", "store": True}],
                        "ids": False,
                        "domain": [],
                        "import_compat": False,
                        "groupby": [],
                        "context": {},
                    }
                    response = self._get(
                        name,
                        f"/web/export/{kind}",
                        data={"csrf_token": self.csrf, "data": json.dumps(request)},
                    )
                    with self.subTest(visitor=name, model=model, field=field, kind=kind):
                        self.assertNotIn("spreadsheet", response.headers["Content-Type"])
                        self.assertNotIn("text/csv", response.headers["Content-Type"])
        self.assertNothingHeard("exports")

    @mute_logger("odoo.http")
    def test_discussions(self):
        for name, user in self.visitors.items():
            self._enter(user)
            for record in self.records_with_messages:
                thread = {"thread_model": record._name, "thread_id": record.id}
                self._rpc(name, "/mail/thread/messages", **thread)
                self._rpc(name, "/mail/chatter_fetch", **thread)
                self._rpc(name, "/mail/thread/recipients", **thread, message_id=1)
                self._rpc(
                    name,
                    "/mail/data",
                    fetch_params=[
                        [
                            "mail.thread",
                            {**thread, "request_list": ["activities", "attachments", "followers"]},
                        ]
                    ],
                )
                self._get(name, f"/mail/view?model={record._name}&res_id={record.id}")
                answer = self._rpc(
                    name, "/mail/message/post", **thread, post_data={"body": "I was here"}
                ).json()
                with self.subTest(visitor=name, model=record._name):
                    if record != self.event:
                        self.assertIn("error", answer)
        written = self.env["mail.message"].search([("body", "ilike", "I was here")])
        self.assertFalse(written.filtered(lambda row: row.model != "calendar.event"))
        self.assertNothingHeard("discussions")

    @mute_logger("odoo.http")
    def test_models_of_odoo_that_hold_what_is_ours(self):
        """Messages, activities, files, events, bills and contacts, by RPC."""
        asked = {
            "mail.message": ["body", "subject", "preview"],
            "mail.activity": ["summary", "note"],
            "mail.followers": ["res_model", "name"],
            "mail.tracking.value": ["old_value_char", "new_value_char"],
            "mail.mail": ["subject", "body_html", "email_to"],
            "mail.notification": ["res_partner_id"],
            "ir.attachment": ["name", "index_content", "raw"],
            "calendar.event": ["name", "description", "display_name"],
            "account.move": ["name", "ref", "narration"],
            "account.move.line": ["name"],
            "res.partner": ["name", "street", "city", "phone", "email", "comment"],
            "res.users": ["name", "login", "email"],
        }
        for name, user in self.visitors.items():
            if not user:
                continue
            self._login(user)
            for model, fields in asked.items():
                # what browsers load weighs fifty megabytes, and is everybody's
                domain = [("url", "not like", "/web/assets/")] if model == "ir.attachment" else []
                for names in [fields, *([field] for field in fields)]:
                    self._rpc(
                        name,
                        "/web/dataset/call_kw",
                        model=model,
                        method="search_read",
                        args=[domain],
                        kwargs={"fields": names, "limit": 5000},
                    )
                self._rpc(
                    name,
                    "/web/dataset/call_kw",
                    model=model,
                    method="name_search",
                    args=["canari"],
                    kwargs={},
                )
        self.assertNothingHeard("models of Odoo")

    def test_pages_of_odoo(self):
        for name, user in self.visitors.items():
            self._login(user)
            for path in ("/my", "/my/invoices", "/my/account", "/web/session/get_session_info"):
                if name == "participant" and path == "/my/account":
                    continue
                self._get(name, path)
        self.assertNothingHeard("pages of Odoo")

    def test_mails_to_managers(self):
        before = self.env["mail.mail"].search([], order="id desc", limit=1).id
        partner = self.manager.partner_id
        row = self.own["signatory"]
        row._record_signature("Camille", PNG, "192.0.2.1", self.hosting.text_hash)
        for record, purpose in (
            (self.mine["statement"], "month"),
            (self.mine["arrival"], "arrival"),
            (self.mine["proposal"], "price"),
        ):
            for channel in ("mail", "reminder", "renewal"):
                self.Link._send_link(record, purpose, partner, channel)
        mails = self.env["mail.mail"].search(
            [("id", ">", before or 0), ("email_to", "ilike", partner.email)]
        )
        self.assertEqual(len(mails), 10)
        for mail in mails:
            self.answers += 1
            self._listen_to("manager", mail.subject, f"{mail.subject} {mail.body_html}")
        self.assertNothingHeard("mails")

    def test_a_canary_would_be_heard(self):
        self._login(self.accompanist)
        self._rpc(
            "accompanist",
            "/web/dataset/call_kw",
            model="coworking.review",
            method="search_read",
            args=[[]],
            kwargs={"fields": ["summary"]},
        )
        self.assertTrue(self.found)


class TestOracles(CanaryCase):
    """Questions whose answer is a yes or a no, a number or an order."""

    def _methods(self, ids):
        todo = "mail.mail_activity_data_todo"
        return {
            "read": ([ids], {}),
            "name_search": ([""], {}),
            "web_name_search": (["", {"display_name": {}}], {}),
            "search_count": ([[]], {}),
            "formatted_read_group": ([[]], {"groupby": [], "aggregates": ["__count"]}),
            "web_read_group": ([[]], {"groupby": ["create_uid"], "aggregates": ["__count"]}),
            "web_search_read": ([[]], {"specification": {"display_name": {}}}),
            "web_read": ([ids], {"specification": {"display_name": {}}}),
            "web_save": ([ids, {}], {"specification": {}}),
            "export_data": ([ids, ["id"]], {}),
            "copy": ([ids], {}),
            "onchange": ([[], {}, [], {"display_name": {}}], {}),
            "get_views": ([[(False, "form")]], {}),
            "name_create": (["x"], {}),
            "read_progress_bar": ([[], "create_uid", {"field": "id", "colors": {}}], {}),
            "message_post": ([ids], {"body": "x"}),
            "message_subscribe": ([ids], {"partner_ids": [1]}),
            "message_unsubscribe": ([ids], {"partner_ids": [1]}),
            "activity_schedule": ([ids], {"act_type_xmlid": todo}),
        }

    def test_each_method_of_each_model_that_is_closed(self):
        """Refused, or with nothing in it."""
        problems, asked = [], 0
        models = sorted(
            name
            for name, model in self.env.items()
            if name.startswith("coworking.") and not model._abstract
        )
        for name, user in self.visitors.items():
            if not user or name == "accompanist of another program":
                continue
            for model in models:
                if model in READABLE and name.startswith("manager"):
                    continue
                ids = self.env[model].search([], limit=1).ids or [GONE]
                for method, (args, kwargs) in self._methods(ids).items():
                    if not hasattr(self.env[model], method):
                        continue
                    asked += 1
                    with self._undone(), mute_logger("odoo.models"):
                        try:
                            answer = call_kw(
                                self.env(user=user)[model], method, list(args), dict(kwargs)
                            )
                        except (AccessError, MissingError, UserError, KeyError, ValueError):
                            continue
                        if self._tells(model, method, answer):
                            problems.append((name, model, method, str(answer)[:80]))
        self.assertFalse(problems)
        print(f"\noracles: {asked} calls")

    def _tells(self, model, method, answer):
        if model in READABLE and method in ("get_views", "read_progress_bar"):
            return False  # how a screen looks, and no record
        if method in ("formatted_read_group", "web_read_group"):
            groups = answer["groups"] if isinstance(answer, dict) else answer
            return any(group.get("__count") for group in groups)
        if method == "web_search_read":
            return bool(answer["records"])
        return bool(answer)

    def test_other_peoples_records_are_not_guessed_through_what_a_manager_reads(self):
        """Domains, orders and sums over the records of another space, by value and by relation."""
        theirs = {
            "coworking.seat": self.theirs["seat"],
            "coworking.charge": self.theirs["line"],
            "coworking.statement": self.theirs["statement"],
            "coworking.space": self.space_b,
            "coworking.tariff": self.tariff_b,
        }
        for user in (self.manager, self.colleague, self.person):
            for model, record in theirs.items():
                reader = self.env[model].with_user(user)
                with self.subTest(user=user.login, model=model):
                    self.assertFalse(reader.search_count([("id", "=", record.id)]))
                    self.assertFalse(reader.search_count([("id", "in", [record.id, GONE])]))
                    name = [("display_name", "=", record.display_name), ("id", ">=", record.id)]
                    self.assertNotIn(record.id, reader.search(name).ids)
                    self.assertNotIn(record.id, reader.search([], order="id desc").ids)
        seats = self.env["coworking.seat"].with_user(self.manager)
        charges = self.env["coworking.charge"].with_user(self.manager)
        for records, path in (
            (seats, "space_id.tariff_ids.space_id.name"),
            (seats, "tariff_id.space_id.seat_capacity"),
            (charges, "statement_id.charge_ids.payable_total"),
        ):
            with self.subTest(path=path):
                try:
                    found = records.search([(path, "!=", False)])
                except AccessError:
                    continue
                self.assertLessEqual(found.space_id.ids, self.space.ids)

    def test_an_accompanist_reaches_no_file_of_another_program(self):
        mine = self.env(user=self.other_accompanist)
        for records in (
            self.file,
            self.own["objective"],
            self.own["attendance"],
            self.own["document"],
            self.hosting,
            self.own["signatory"],
            self.mine["seat"],
            self.own["presence"],
            self.own["followup"],
            self.env["coworking.review"].search([("participant_id", "=", self.file.id)]),
            self.env["coworking.suspension"].search([("participant_id", "=", self.file.id)]),
        ):
            reader = mine[records._name]
            with self.subTest(model=records._name):
                self.assertTrue(records)
                self.assertFalse(reader.search([("id", "in", records.ids)]))
                self.assertFalse(reader.search_count([("id", "in", records.ids)]))
                with self.assertRaises(AccessError):
                    reader.browse(records.ids).read(["display_name"])
                with self.assertRaises(AccessError):
                    reader.browse(records.ids).write({})
        for model in ("coworking.seat", "coworking.charge", "coworking.attendance"):
            groups = mine[model].formatted_read_group([], ["participant_id"], ["__count"])
            with self.subTest(groups=model):
                self.assertFalse(
                    [row for row in groups if row["participant_id"][0] == self.file.id]
                    if groups and groups[0]["participant_id"]
                    else []
                )

    def test_signatures_are_not_given_by_rpc(self):
        row = self.own["signatory"]
        for user in (self.person, self.manager, self.accompanist, self.coordinator):
            for method, args in (
                ("_record_signature", [row.ids, "x", PNG, "192.0.2.1", "x"]),
                ("_decline_signature", [row.ids, "x"]),
                ("write", [row.ids, {"state": "signed", "signed_by": "x"}]),
                ("web_save", [row.ids, {"state": "signed"}]),
            ):
                kwargs = {"specification": {}} if method == "web_save" else {}
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    call_kw(self.env(user=user)[row._name], method, args, kwargs)
        self.assertEqual(row.state, "waiting")
