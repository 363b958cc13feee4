"""Everything held on a person, for them: nothing forgotten, nothing of others, nothing secret."""

import base64
import io
import json
import re
import zipfile
from unittest.mock import patch

from lxml.html import fromstring

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from odoo.addons.coworking_incubation.models.trust.coworking_person_data import (
    GIVEN_BY_ODOO,
    LEFT_OUT,
    TOKEN,
)

from ..common import COORDINATOR, SENSITIVE
from ..portal.canaries import MatrixCase
from .test_sensitive_traces import EXPORT

PDF = b"%PDF-1.4 printed"
# Fields that point at people, by model, whose person is said by another field of the record.
RELATIONS = ("many2one", "many2many", "many2one_reference", "reference")


class TestPersonData(MatrixCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        report = type(cls.env["ir.actions.report"])
        cls.printed = []

        def render(self, ref, ids=None, data=None):
            cls.printed.append(data or {})
            return PDF, "pdf"

        cls.startClassPatcher(patch.object(report, "_render_qweb_pdf", render))
        cls.chief = new_test_user(
            cls.env,
            login="t_data_chief",
            groups=f"{COORDINATOR},{SENSITIVE},{EXPORT},account.group_account_invoice",
            company_id=cls.company.id,
        )
        cls.own["document"].write({"file": base64.b64encode(b"my papers"), "filename": "x.pdf"})

    def _make(self, user=None, file=None):
        file = (file or self.file).with_user(user or self.chief)
        with file._make_all_data() as stream:
            archive = zipfile.ZipFile(io.BytesIO(stream.read()))
        self.assertIsNone(archive.testzip())
        return archive

    def _read(self, archive):
        return json.loads(archive.read("donnees.json"))

    # === COMPLETE === #

    def test_what_was_said_and_noted_of_the_person_is_there(self):
        archive = self._make()
        text = archive.read("donnees.json").decode()
        theirs = [
            *("rue", "ville", "commentaire", "situation", "projet", "description", "prescripteur"),
            *("objectif", "note", "bilan", "decision", "suspension", "message"),
        ]
        for word in theirs:
            with self.subTest(word=word):
                self.assertIn(f"canari{word}zz", text)
        records = self._read(archive)["records"]
        for model in (
            *("coworking.participant", "coworking.seat", "coworking.presence", "coworking.move"),
            *("coworking.attendance", "coworking.hosting", "coworking.hosting.signatory"),
            *("coworking.followup", "coworking.charge", "mail.message", "calendar.event"),
        ):
            with self.subTest(model=model):
                self.assertTrue(records[model])
        self.assertEqual(records["coworking.participant"][0]["birth_date"], "1991-03-17")

    def test_lists_that_were_chosen_are_in_it(self):
        self.file.sector_ids = self.env["coworking.sector"].create({"name": "Cheese"})
        row = self._read(self._make())["records"]["coworking.participant"][0]
        self.assertEqual(row["sector_ids"], ["Cheese"])

    def test_documents_are_in_it(self):
        archive = self._make()
        files = [name for name in archive.namelist() if name.startswith("fichiers/")]
        self.assertIn(b"my papers", [archive.read(name) for name in files])
        self.assertIn("donnees.pdf", archive.namelist())
        self.assertIn("LISEZ-MOI.txt", archive.namelist())

    def test_a_file_that_is_gone_from_the_disk_is_named_and_the_rest_is_given(self):
        lost = self.env["ir.attachment"].create(
            {
                "name": "lost letter.txt",
                "raw": b"lost letter",
                "res_model": self.file._name,
                "res_id": self.file.id,
            }
        )
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = '00/nowhere' WHERE id = %s", [lost.id]
        )
        lost.invalidate_recordset()
        archive = self._make()
        self.assertIn("donnees.pdf", archive.namelist())
        told = archive.read("LISEZ-MOI.txt").decode()
        self.assertIn("lost letter.txt", told.partition("the server has lost")[2])
        self.assertFalse([name for name in archive.namelist() if f"-{lost.id}." in name])

    def test_a_file_that_an_object_store_keeps_is_in_it(self):
        """As with ``fs_attachment``, of which the names of files are addresses."""
        letter = self.env["ir.attachment"].create(
            {
                "name": "far letter.txt",
                "raw": b"far letter",
                "res_model": self.file._name,
                "res_id": self.file.id,
            }
        )
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = 'shared://far' WHERE id = %s", [letter.id]
        )
        letter.invalidate_recordset()
        read = type(letter)._file_read

        def read_far(self, name):
            return b"far letter" if name == "shared://far" else read(self, name)

        with patch.object(type(letter), "_file_read", read_far):
            archive = self._make()
        (name,) = (name for name in archive.namelist() if f"-{letter.id}." in name)
        self.assertEqual(archive.read(name), b"far letter")

    def test_every_program_of_the_company_is_in_it(self):
        other = self._new_program("Autre", "AUT")
        second = self._new_participant(
            partner_id=self.file.partner_id.id, program_id=other.id, project="Another life"
        )
        second.active = False
        rows = self._read(self._make())["records"]["coworking.participant"]
        self.assertLessEqual({self.file.id, second.id}, {row["id"] for row in rows})

    def test_the_other_company_is_not(self):
        company = self._new_company("Another Incubator")
        env = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
        program = (
            self.program.with_env(env)
            .sudo()
            .copy(
                {
                    "company_id": company.id,
                    "code": "ELSE",
                    "copayment_product_id": False,
                    "analytic_account_id": False,
                    "agreement_ids": False,
                }
            )
        )
        self.assertTrue(program)
        elsewhere = env["coworking.participant"].create(
            {"partner_id": self.file.partner_id.id, "program_id": program.id, "project": "Else"}
        )
        rows = self._read(self._make())["records"]["coworking.participant"]
        self.assertNotIn(elsewhere.id, [row["id"] for row in rows])

    def test_every_field_that_points_at_people_is_given_or_left_out_for_a_reason(self):
        data = self.env["coworking.person.data"]
        files = self.file
        domains = data._get_domains(self.file.partner_id, files)
        given = {name for name, domain in domains.items() if not domain.is_false()}
        given |= {"mail.message", "mail.activity"}
        acting = {(name, field.name) for name, field in data._get_acting_fields()}
        people = ("res.partner", "coworking.participant")
        for name, model in self.env.items():
            if model._abstract or model._transient or not model._is_an_ordinary_table():
                continue
            for field in model._fields.values():
                if field.store and field.type in RELATIONS and field.comodel_name in people:
                    with self.subTest(field=f"{name}.{field.name}"):
                        self.assertTrue(
                            name in given or (name, field.name) in acting or name in LEFT_OUT,
                            "Say how the person gets it, or in LEFT_OUT why not.",
                        )
        self.assertFalse(LEFT_OUT.keys() & given)
        self.assertFalse([name for name in GIVEN_BY_ODOO if name not in given])

    def test_every_stored_field_of_what_is_theirs_is_read(self):
        """A field that is added is in the file without anybody thinking of it."""
        data = self.env(user=self.chief)["coworking.person.data"]
        for name in data._get_own_models():
            given, closed = data._get_given_fields(name)
            names = {field.name for field in given} | set(closed)
            for field in self.env[name]._fields.values():
                typed = field.type in ("char", "text", "html", "date", "datetime", "selection")
                secret = "token" in field.name or "hash" in field.name or "key" in field.name
                nobody_s = field.groups == fields.NO_ACCESS  # a mark that code alone reads
                if field.store and typed and not secret and not nobody_s:
                    with self.subTest(field=f"{name}.{field.name}"):
                        self.assertIn(field.name, names)

    # === NOTHING OF OTHERS, NOTHING SECRET === #

    def test_nothing_of_another_participant_is_in_it(self):
        self.stranger_file.write({"project": "strangerproject"})
        self.stranger_file.message_post(body="strangermessage")
        # both were at the same meeting
        event = self.own["attendance"].event_id
        event.write({"coworking_kind": "collective"})
        self.env["coworking.attendance"].create(
            {"event_id": event.id, "participant_id": self.stranger_file.id}
        )
        event.message_post(body="strangermessage")
        self.env["ir.attachment"].create(
            {
                "name": "signed list",
                "raw": b"strangersignature",
                "res_model": "calendar.event",
                "res_id": event.id,
            }
        )
        archive = self._make()
        for name in archive.namelist():
            self.assertNotIn(b"strangersignature", archive.read(name))
        for name in ("donnees.json", "LISEZ-MOI.txt"):
            text = archive.read(name).decode()
            for word in ("Nour Amrani", "strangerproject", "strangermessage", "Person B"):
                with self.subTest(word=word):
                    self.assertNotIn(word, text)

    def test_who_answers_for_a_space_hears_how_often_they_did_and_not_of_whom(self):
        """Somebody who manages a space and is supported too."""
        file = self._new_participant(partner_id=self.manager.partner_id.id)
        archive = self._make(file=file)
        made = self._read(archive)
        self.assertNotIn("Camille Petit", archive.read("donnees.json").decode())
        self.assertTrue(any(act["field"] == "manager_ids" for act in made["acts"]))

    def test_no_token_is_in_it(self):
        links = self.env["coworking.portal.link"]
        url = links._make_url(self.file, "participant", self.file.partner_id)
        token = url.rsplit("/", 1)[1]
        self.file.message_post(body=f"See {url}")
        text = self._make().read("donnees.json").decode()
        self.assertTrue(self._read(self._make())["records"]["coworking.portal.link"])
        self.assertNotIn(token, text)
        link = links._find_link(token)
        self.assertNotIn(link.sudo().token_hash, text)
        self.assertTrue(TOKEN.search(url))

    # === RIGHTS === #

    def test_only_a_coordinator_makes_it(self):
        for user in (self.accompanist, self.accountant, self.employee, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.file.with_user(user).action_get_all_data()

    def test_what_the_coordinator_may_not_read_is_left_out_and_named(self):
        archive = self._make(self.coordinator)
        text = archive.read("donnees.json").decode()
        self.assertNotIn("canarisituationzz", text)
        self.assertNotIn("1991-03-17", text)
        self.assertIn("birth_date", self._read(archive)["left_out"]["coworking.participant"])
        self.assertIn("Birth Date", archive.read("LISEZ-MOI.txt").decode())
        self.assertTrue(any("Birth Date" in line for line in self.printed[-1]["left_out"]))

    def test_it_is_fetched_by_its_address_and_traced(self):
        self.authenticate("t_data_chief", "t_data_chief")
        before = self.env["coworking.audit"].search([], limit=1).id
        answer = self.url_open(f"/coworking_incubation/person/{self.file.id}/data")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertNotIn("Camille", answer.headers["Content-Disposition"])
        self.assertIn("donnees.json", zipfile.ZipFile(io.BytesIO(answer.content)).namelist())
        line = self.env["coworking.audit"].search(
            [("id", ">", before), ("action", "=", "exported")]
        )
        self.assertEqual((line.user_id, line.res_id), (self.chief, self.file.id))

    def test_others_get_no_page(self):
        for login in ("t_accompanist", "t_person"):
            self.authenticate(login, login)
            for record_id in (self.file.id, 2**31 - 1):
                answer = self.url_open(f"/coworking_incubation/person/{record_id}/data")
                with self.subTest(login=login, id=record_id):
                    self.assertEqual(answer.status_code, 404)

    # === BOUNDED === #

    def test_reading_does_not_grow_with_what_there_is(self):
        """A thousand notes are read a batch at a time."""
        self.env["mail.message"].create(
            [
                {"model": self.file._name, "res_id": self.file.id, "body": f"<p>note {i}</p>"}
                for i in range(1000)
            ]
        )
        most = []
        data = self.env(user=self.chief)["coworking.person.data"]
        rows = data._read_rows(
            "mail.message",
            data._search_ids(
                "mail.message", [("model", "=", self.file._name), ("res_id", "=", self.file.id)]
            ),
        )
        field = self.env["mail.message"]._fields["body"]
        for number, __ in enumerate(rows):
            if number % 100 == 0:
                cache = self.env.cache if hasattr(self.env, "cache") else None
                most.append(len(list(field._get_all_cache_ids(self.env))) if cache is None else 0)
        self.assertGreater(number, 999)
        self.assertLessEqual(max(most), 250)

    def test_the_pdf_is_short_where_there_is_much(self):
        self._make()
        for __, __, rows in self.printed[-1]["sections"]:
            self.assertLessEqual(len(rows), 200)

    def test_the_pdf_writes_days_and_numbers_as_its_reader_does(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.chief.lang = "fr_FR"
        self._make()
        said = [
            value
            for __, __, rows in self.printed[-1]["sections"]
            for row in rows
            for __, value in row
        ]
        self.assertFalse([value for value in said if re.match(r"\d{4}-\d\d-\d\d", value)])
        self.assertTrue([value for value in said if re.fullmatch(r"\d\d/\d\d/\d{4}", value)])
        self.assertFalse([value for value in said if re.fullmatch(r"\d+\.\d+", value)])


class TestPersonDataPrinted(MatrixCase):
    def test_the_pdf_is_printed(self):
        chief = new_test_user(
            self.env,
            login="t_data_chief",
            groups=f"{COORDINATOR},{SENSITIVE}",
            company_id=self.company.id,
        )
        chief.group_ids = [Command.link(self.env.ref(SENSITIVE).id)]
        report = self.env["ir.actions.report"].sudo()
        with patch.object(
            type(report),
            "_render_qweb_pdf",
            lambda self, ref, ids=None, data=None: self._render_qweb_html(ref, ids, data),
        ):
            archive_stream = self.file.with_user(chief)._make_all_data()
        with archive_stream as stream:
            html = zipfile.ZipFile(stream).read("donnees.pdf").decode()
        self.assertIn("canaribilanzz", html)
        self.assertIn("Camille Petit", html)
        for heading in fromstring(html).iter("h2"):  # on the page of what it is of
            self.assertIn("page-break-inside: avoid", heading.getparent().get("style"))
