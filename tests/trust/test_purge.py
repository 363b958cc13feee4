"""What the purge reaches, and what it leaves: searched in the whole database."""

import base64
import time
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.coworking_incubation.models.trust.eraser import Eraser
from odoo.addons.coworking_incubation.models.trust.fates import FATES

from .canary import find_in_database, find_in_filestore
from .common import EndOfDataCase

PNG = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg"
        "=="
    )
).decode()
NAME, EMAIL, PHONE = "Zéphyrine Quatrebarbes", "zquatre.barbes@example.org", "06 39 98 71 53"
WORDS = ("zephyrine", "quatrebarbes", "zquatre.barbes", "wxyzsecret")
PHONES = ("639987153",)
SECRET = "wxyzsecret"  # in each text of their own


class PurgeCase(EndOfDataCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.started = time.time() - 1
        cls.person = cls._gone(
            NAME,
            email=EMAIL,
            phone=PHONE,
            project=f"{SECRET} of mine",
            situation_note=SECRET,
            project_description=f"<p>{SECRET}</p>",
            birth_date="1990-05-17",
            gender="female",
            job_start="2020-03-17",
            exit_evidence=SECRET,
            prescriber_contact_id=False,
        )
        cls.contact = cls.person.partner_id
        cls.contact.write({"street": SECRET, "zip": "59800", "city": SECRET, "comment": SECRET})
        cls.seat = cls._new_seat("1/6", "30/6", cls.person, state="ended")
        cls._new_presences(cls.seat, "10/6")

    @classmethod
    def _hours(cls, days):
        start = fields.Datetime.now() - timedelta(days=days)
        return {"start": start, "stop": start + timedelta(hours=1)}

    @classmethod
    def _past_event(cls, kind, **values):
        start = fields.Datetime.to_datetime(cls._ago(26)) + timedelta(hours=9)
        return cls.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": start,
                "stop": start + timedelta(hours=1),
                "coworking_kind": kind,
                "coworking_program_id": cls.program.id,
                "user_id": cls.accompanist.id,
                **values,
            }
        )

    def _attend(self, kind="collective", **values):
        return self.env["coworking.attendance"].create(
            {
                "event_id": self._past_event(kind).id,
                "participant_id": self.person.id,
                "state": "present",
                **values,
            }
        )

    def _make_old(self):
        """What was made today would be contact: as if it had been said long ago."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_message SET date = %s", [self._ago(26)])

    def _found(self, *words):
        return {
            (table, column)
            for table, column, *__ in find_in_database(self.env, words or WORDS, PHONES)
        }

    def _fill_everything(self):
        """The person in all the places that the addon and Odoo have for people."""
        file, env = self.person, self.env
        env["coworking.proof"].create(
            {
                "participant_id": file.id,
                "criterion_id": env["coworking.criterion"].create({"name": "C"}).id,
                "copy_file": base64.b64encode(f"{NAME} {SECRET}".encode()),
                "copy_filename": "quatrebarbes.txt",
            }
        )
        env["coworking.objective"].create(
            {
                "participant_id": file.id,
                "name": SECRET,
                "description": SECRET,
                "action_ids": [Command.create({"name": SECRET})],
            }
        )
        review = env["coworking.review"].create(
            {"participant_id": file.id, "date": self._ago(27), "summary": SECRET}
        )
        review.line_ids.write({"rating": "3", "note": SECRET})
        review.message_post(body=f"{NAME} was glad")
        file.message_post(body=f"Call {NAME} at {PHONE}", subject=NAME)
        file.message_post(body="Hello", author_id=self.contact.id, partner_ids=self.contact.ids)
        file.activity_schedule("mail.mail_activity_data_todo", summary=f"Call {NAME}", note=SECRET)
        file.message_subscribe(self.contact.ids)
        tracked = file.with_context(tracking_disable=False)
        tracked.message_post(
            body="Changed",
            tracking_value_ids=[
                Command.create(
                    {
                        "field_id": env["ir.model.fields"]._get("res.partner", "name").id,
                        "old_value_char": NAME,
                        "new_value_char": SECRET,
                    }
                )
            ],
        )
        env["ir.attachment"].create(
            {
                "name": f"CV {NAME}.txt",
                "raw": f"CV of {NAME}, {SECRET}".encode(),
                "description": SECRET,
                "res_model": file._name,
                "res_id": file.id,
            }
        )
        alone = self._attend(
            "appointment", report=f"<p>{SECRET}</p>", decisions=SECRET, question=SECRET
        )
        alone.event_id.description = f"<p>{SECRET}</p>"
        self._attend().event_id.write({"description": f"With {NAME}"})
        env["mail.mail"].create({"email_to": EMAIL, "body_html": NAME, "subject": SECRET})
        env["mail.blacklist"].create({"email": EMAIL})
        env["res.partner.bank"].create(
            {"partner_id": self.contact.id, "acc_number": "FR76 WXYZSECRET"}
        )
        user = new_test_user(
            env, login=EMAIL, groups="base.group_portal", partner_id=self.contact.id, name=NAME
        )
        user.signature = f"<p>{NAME}</p>"
        env["coworking.portal.link"].sudo()._add_link(
            alone, "registration", self.contact, "mail", alone.event_id.start
        )
        # what others wrote
        other = self._new_participant("Paul Martin")
        other.message_post(body=f"Came with Zephyrine QUATREBARBES, {PHONE.replace(' ', '')}")
        other.message_post(body="With Zéphyrine\u00a0Quatrebarbes")
        other.message_post(body="Her phone: +33\u00a06\u202f39\u00a098\u00a071\u00a053")
        other.project_description = f"<p>With QUATREBARBES&nbsp;Zéphyrine ({EMAIL.upper()})</p>"
        return other

    def _fill_month(self):
        """The seat was settled, billed, paid; managers and accountants wrote of the person."""
        statements = self._settle()
        bill = self._bill(statements)
        bill.write({"ref": "F1"})
        statements.message_post(body=f"{NAME} was away on Tuesdays")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coworking_charge SET dispute_reason = 'Zephyrine Quatrebarbes left'"
            " WHERE seat_id = %s",
            [self.seat.id],
        )
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'paid' WHERE id = %s", [bill.id]
        )
        self.env["coworking.match"].flush_model()
        self.env.cr.execute(
            "UPDATE coworking_match SET explanation = %s WHERE statement_id IN %s",
            [f"one whole seat: {NAME}", tuple(statements.ids)],
        )
        return statements


class TestEverywhere(PurgeCase):
    def test_no_column_of_any_table_names_the_person_any_more(self):
        other = self._fill_everything()
        statements = self._fill_month()
        self._make_old()
        before = self._found()
        self.assertLess(
            {
                ("res_partner", "name"),
                ("coworking_participant", "project"),
                ("coworking_seat", "occupant_name"),
                ("mail_message", "body"),
                ("mail_tracking_value", "old_value_char"),
                ("ir_attachment", "index_content"),
                ("res_users", "login"),
                ("mail_blacklist", "email"),
                ("coworking_charge", "dispute_reason"),
            },
            before,
        )
        self.assertGreater(len(before), 30)
        charges = self._charges(self.seat)
        amounts = charges.mapped("amount_total")
        lines = statements.bill_id.invoice_line_ids
        billed = lines.mapped(lambda line: (line.name, line.price_total, line.coworking_seat_id))
        self._purge(self.person)
        self.assertEqual(self.person.purged_on, self.today)
        # an opposition to mails outlives the file
        self.assertEqual(self._found(), {("mail_blacklist", "email")})
        self.assertFalse(find_in_filestore(self.env, WORDS, PHONES, self.started))
        # what others have stays, without the name
        self.assertIn("[…]", other.project_description)
        self.assertEqual(charges.mapped("amount_total"), amounts)
        self.assertEqual(
            lines.mapped(lambda line: (line.name, line.price_total, line.coworking_seat_id)), billed
        )
        self.assertFalse(self.contact.active)
        self.assertEqual(self.contact.zip, "59")
        user = (
            self.env["res.users"]
            .with_context(active_test=False)
            .search([("partner_id", "=", self.contact.id)])
        )
        self.assertFalse(user.active)
        row = self.env["coworking.purge"].search([("participant_id", "=", self.person.id)])
        self.assertGreater(row.counts["messages"], 3)

    def test_what_statistics_need_stays(self):
        self._make_old()
        self._purge(self.person)
        self.assertRecordValues(
            self.person.sudo(),
            [
                {
                    "birth_date": fields.Date.to_date("1990-01-01"),
                    "job_start": fields.Date.to_date("2020-03-01"),
                    "gender": "female",
                    "project": False,
                    "exit_category": "other",
                }
            ],
        )

    def test_a_word_that_is_also_a_name_is_left_as_it_is(self):
        petit = self._gone("Avril Petit")
        other = self._new_participant("Paul Martin")
        other.project_description = "<p>A petit kiosk, open in Avril. Like Avril Petit.</p>"
        self._make_old()
        self._purge(petit)
        self.assertEqual(
            other.project_description, "<p>A petit kiosk, open in Avril. Like […].</p>"
        )

    def test_two_who_share_an_address_lose_only_the_one_who_goes(self):
        partner = self._new_participant("Paul Martin", email=EMAIL)
        partner.project_description = "<p>Reached at home</p>"
        row = self.env["coworking.attendance"].create(
            {
                "event_id": self._past_event("collective", **self._hours(days=20)).id,
                "name": "Paul M",
                "email": EMAIL,
            }
        )
        self._make_old()
        self._purge(self.person)
        self.assertEqual(partner.email, EMAIL)
        self.assertEqual(row.email, EMAIL)

    def test_reports_of_before_are_made_again_with_the_same_figures(self):
        self._attend()
        self._fill_month()
        self._make_old()
        before = self._figures()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertEqual(self._figures(), before)

    def _figures(self):
        """What the screens of analysis and the program count."""
        self.env.flush_all()
        self.env.invalidate_all()
        env = self.env
        mine = [("program_id", "=", self.program.id)]
        program = self.program
        return [
            [
                program[name]
                for name in (
                    "participant_count",
                    "dynamic_exit_rate",
                    "met_count",
                    "exit_count",
                    "response_rate",
                    "met_15_rate",
                    "seat_count",
                )
            ],
            env["coworking.funnel"].search(mine).mapped(lambda row: (row.phase, row.files)),
            env["coworking.stage.delay"]._read_group(mine, ["stage_id"], ["__count"]),
            env["coworking.attendance"]._read_group(
                mine, ["kind", "state"], ["__count", "duration:sum"]
            ),
            env["coworking.act"]._read_group(mine, [], ["__count"]),
            env["coworking.charge"]._read_group(
                mine,
                ["period:month", "kind", "space_id"],
                ["amount_total:sum", "funded_amount:sum"],
            ),
            env["coworking.participant"]._read_group(
                mine, ["date_entry:month", "exit_category", "gender", "prescriber_id"], ["__count"]
            ),
            env["coworking.presence"]._read_group(mine, ["date:month", "state"], ["__count"]),
            env["coworking.seat"]._read_group(mine, ["space_id", "state"], ["__count"]),
            env["coworking.statement"]
            .search(mine)
            .mapped(lambda row: (row.name, row.amount_total, row._get_lines_hash())),
        ]


class TestContact(PurgeCase):
    def test_a_contact_with_an_invoice_stays_and_the_file_leads_to_it_no_more(self):
        self.env["account.move"].create({"move_type": "out_invoice", "partner_id": self.contact.id})
        self._make_old()
        self._purge(self.person)
        self.assertEqual(self.contact.name, NAME)
        self.assertTrue(self.contact.active)
        self.assertNotEqual(self.person.partner_id, self.contact)
        self.assertNotEqual(self.seat.partner_id, self.contact)
        row = self.env["coworking.purge"].search([("participant_id", "=", self.person.id)])
        self.assertEqual(row.contact, "kept")
        self.assertIn("account_move", row.contact_uses)
        self.assertFalse(self.contact.coworking_participant_ids)
        self.assertEqual(
            {table for table, __ in self._found() if table.startswith("coworking_")}, set()
        )

    def test_of_who_had_a_copayment_invoice_the_name_stays_on_it_alone(self):
        statements = self._settle()
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.contact.id,
                "coworking_statement_id": statements.id,
            }
        )
        self.contact.street = "3 rue du Test"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'paid' WHERE id = %s", [invoice.id]
        )
        self._make_old()
        self._purge(self.person)
        self.assertRecordValues(
            self.contact,
            [
                {
                    "name": NAME,
                    "street": "3 rue du Test",
                    "email": False,
                    "phone": False,
                    "comment": False,
                }
            ],
        )
        self.assertNotEqual(self.person.partner_id, self.contact)
        self.assertEqual(
            self._found(),
            {
                ("res_partner", "name"),
                ("res_partner", "complete_name"),
                ("res_partner", "city"),  # the address
                ("account_move", "invoice_partner_display_name"),
            },
        )
        row = self.env["coworking.purge"].search([("participant_id", "=", self.person.id)])
        self.assertEqual(row.contact, "billed")

    def test_a_colleague_or_an_adviser_who_was_a_participant_stays_a_contact(self):
        self.env["res.users"].create(
            {
                "name": NAME,
                "login": "zq",
                "partner_id": self.contact.id,
                "group_ids": [Command.set([self.env.ref("base.group_user").id])],
            }
        )
        adviser = self._gone("Aude Conseil")
        self._applied(months=2).write(
            {
                "prescriber_id": self.space.operator_id.id,
                "prescriber_contact_id": adviser.partner_id.id,
            }
        )
        self._make_old()
        self._purge(self.person, adviser)
        self.assertEqual(self.contact.name, NAME)
        self.assertTrue(self.contact.user_ids.active)
        self.assertEqual(
            self.env["coworking.purge"].search([("participant_id", "=", adviser.id)]).contact,
            "kept",
        )

    def test_the_contact_of_two_programs_goes_with_the_last_file(self):
        second = self._new_program("Second", "SEC", date_end="2045-12-31", retention_months=36)
        second.retention_confirmed_on = "2015-01-01"
        still = self._gone(NAME, program=second, partner_id=self.contact.id)
        self.assertEqual(still.partner_id, self.contact)
        still.message_post(body=f"Seen {NAME}")
        self._make_old()
        self._purge(self.person)
        self.assertEqual(still.partner_id.name, NAME)
        self.assertIn(NAME, still.message_ids.mapped("body")[0])
        self.assertNotEqual(self.person.partner_id, self.contact)
        second.retention_months = 24
        second.action_confirm_retention()
        self._purge(still)
        self.assertEqual(still.purged_on, self.today)
        self.assertEqual(self._found(), set())

    def test_contacts_merged_before_go_as_one(self):
        twin = self.env["res.partner"].create({"name": "Zephyrine Quatrebarbes", "email": EMAIL})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.contact | twin).ids, twin)
        self._make_old()
        self._purge(self.person)
        self.assertEqual({table for table, __ in self._found()} - {"bus_bus"}, set())


class TestEvidence(PurgeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls.env["coworking.funding.agreement"].create(
            {
                "reference": "AGR",
                "partner_id": cls.env["res.partner"].create({"name": "Funder"}).id,
                "program_ids": [Command.set(cls.program.ids)],
                "date_from": "2015-01-01",
                "date_to": "2045-12-31",
                "evidence_until": cls.today + timedelta(days=100),
            }
        )

    def test_signatures_stay_until_their_own_term_and_then_go(self):
        row = self._attend("appointment", report=f"<p>{SECRET}</p>")
        row.with_user(self.accompanist).write({"signature": PNG})
        signature = row.signature_ids
        self.assertEqual(signature.name, NAME)
        self._make_old_signature(row)
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertTrue(signature.exists().intact, "what was signed is as it was")
        self.assertEqual(self._row(self.person).status, "evidence")
        log = self.env["coworking.purge"].search([("participant_id", "=", self.person.id)])
        self.assertEqual(log.evidence_until, self.agreement.evidence_until)
        self.assertEqual(
            self._found(),
            {
                ("coworking_attendance", "report"),  # it was signed
                ("coworking_attendance_signature", "content"),
                ("coworking_attendance_signature", "name"),
            },
            "evidence that must stay, and nothing else",
        )
        self.agreement.evidence_until = self.today
        self._run()
        self.assertTrue(signature.exists(), "its last day")
        self.agreement.evidence_until = self.today - timedelta(days=1)
        self._run()
        self.assertFalse(signature.exists())
        self.assertEqual(self._found(), set())
        self.assertEqual(self._row(self.person).status, "purged")
        self.assertTrue(row.signed_at, "that it was signed is counted")
        rules = self.env["coworking.purge"].search([("participant_id", "=", self.person.id)])
        self.assertEqual(set(rules.mapped("rule")), {"file", "evidence"})

    def test_a_wrong_signature_is_taken_back_also_afterwards(self):
        row = self._attend()
        row.with_user(self.accompanist).write({"signature": PNG})
        self._make_old_signature(row)
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        row.with_user(self.coordinator)._withdraw_signature("Signed on the wrong line")
        self.assertFalse(row.signed_at)
        self.assertEqual(self.person.message_ids.author_id, self.coordinator.partner_id)

    def _make_old_signature(self, row):
        self._make_old()
        self.env.cr.execute(
            "ALTER TABLE coworking_attendance_signature DISABLE TRIGGER USER;"
            "ALTER TABLE coworking_attendance DISABLE TRIGGER USER"
        )
        digest = row.signature_ids
        self.env.cr.execute(
            "UPDATE coworking_attendance_signature SET signed_at = %s WHERE attendance_id = %s",
            [self._ago(26), row.id],
        )
        digest.invalidate_recordset()
        kept = digest.sudo().with_context(bin_size=False)
        proof = base64.b64decode(kept.image)
        self.env.cr.execute(
            "UPDATE coworking_attendance_signature SET digest = %s WHERE attendance_id = %s",
            [digest._get_fingerprint(kept, proof), row.id],
        )
        self.env.cr.execute(
            "ALTER TABLE coworking_attendance_signature ENABLE TRIGGER USER;"
            "ALTER TABLE coworking_attendance ENABLE TRIGGER USER"
        )
        self.env.invalidate_all()

    def test_without_a_day_on_the_agreement_evidence_stays_and_says_so(self):
        row = self._attend("appointment")
        row.with_user(self.accompanist).write({"signature": PNG})
        self._make_old_signature(row)
        self.agreement.evidence_until = False
        self._purge(self.person)
        self._run()
        self.assertTrue(row.signature_ids)
        self.assertTrue(self._row(self.person).evidence_without_end)

    def test_evidence_of_a_day_that_no_agreement_covers_stays(self):
        row = self._attend("appointment")
        row.with_user(self.accompanist).write({"signature": PNG})
        self._make_old_signature(row)
        self.agreement.write(
            {
                "date_from": self._ago(40),
                "date_to": self._ago(29),  # half of the stay
                "evidence_until": self.today - timedelta(days=1),
            }
        )
        self._purge(self.person)
        self._run()
        self.assertTrue(self.person.purged_on)
        self.assertTrue(self._row(self.person).evidence_without_end)
        self.assertTrue(row.signature_ids)
        self.agreement.copy({"date_from": self._ago(29, days=-1), "date_to": self.today})
        self.assertFalse(self._row(self.person).evidence_without_end)

    def test_scans_and_sealed_agreements_are_evidence_of_their_days_too(self):
        self.agreement.write({"date_from": "2015-06-15", "evidence_until": self._ago(1)})
        self.assertFalse(self._row(self.person).evidence_without_end)
        scan = self.env["coworking.presence.scan"].create(
            {"file": PNG, "space_id": self.seat.space_id.id}
        )
        with self.env.cr.savepoint() as savepoint:
            self.seat.presence_ids[0].sudo().scan_id = scan  # of 10 June
            self.assertTrue(self._row(self.person).evidence_without_end)
            savepoint.rollback()
        self.assertFalse(self._row(self.person).evidence_without_end)
        seat = self._new_seat("1/7", "31/7", self.person)
        hosting = self.env["coworking.hosting"].create({"seat_id": seat.id})
        hosting._seal_document(b"%PDF-1.4 signed", "pdf")
        self.assertFalse(self._row(self.person).evidence_without_end)
        self.agreement.date_from = "2015-07-02"
        self.assertTrue(self._row(self.person).evidence_without_end)
        self.agreement.date_from = "2015-07-01"
        self.assertFalse(self._row(self.person).evidence_without_end)

    def test_where_no_agreement_covers_the_stay_evidence_stays(self):
        row = self._attend("appointment")
        row.with_user(self.accompanist).write({"signature": PNG})
        self._make_old_signature(row)
        self.agreement.write({"date_from": "2001-01-01", "date_to": "2001-12-31"})
        self._purge(self.person)
        self._run()
        self.assertEqual(self._row(self.person).status, "evidence")
        self.assertTrue(self._row(self.person).evidence_without_end)
        self.assertTrue(row.signature_ids)


class TestRegistrations(PurgeCase):
    def _register(self, days, **values):
        return self.env["coworking.attendance"].create(
            {
                "event_id": self._past_event("info_session", **self._hours(days)).id,
                "name": "Odilon Trèsrare",
                "email": "odilon.tresrare@example.org",
                "phone": "06 39 98 44 55",
                "question": "Is there a lift?",
                "state": "present",
                **values,
            }
        )

    def test_people_of_whom_no_file_was_made_are_forgotten_after_the_shorter_term(self):
        old, recent = self._register(400), self._register(300)
        self._run()
        self.assertTrue(old.purged_on)
        self.assertFalse(old.email or old.question or old.phone_key)
        self.assertEqual(old.state, "present", "how many came stays")
        self.assertFalse(recent.purged_on)
        log = self.env["coworking.purge"].search(
            [("rule", "=", "registration"), ("program_id", "=", self.program.id)]
        )
        self.assertEqual(log.mapped("masked_name"), ["O***** T*******"])
        found = find_in_database(self.env, ["odilon"])
        self.assertEqual({row[2] for row in found if row[0] == "coworking_attendance"}, {recent.id})

    def test_their_signatures_stay_until_an_agreement_says_a_day_that_is_over(self):
        row = self._register(400, state="expected")
        row.with_user(self.accompanist).write({"signature": PNG})
        self._run()
        self._run()
        self.assertTrue(row.purged_on)
        self.assertTrue(row.signature_ids, "no agreement covers the day")
        agreement = self.env["coworking.funding.agreement"].create(
            {
                "reference": "AGR",
                "partner_id": self.env["res.partner"].create({"name": "Funder"}).id,
                "program_ids": [Command.set(self.program.ids)],
                "date_from": "2015-01-01",
                "date_to": "2045-12-31",
            }
        )
        self._run()
        self.assertTrue(row.signature_ids, "it does not say until when")
        agreement.evidence_until = self.today - timedelta(days=1)
        logged = self.env["coworking.purge"].search([])
        self._run()
        self.assertFalse(row.signature_ids)
        self.assertRecordValues(
            self.env["coworking.purge"].search([]) - logged,
            [
                {
                    "rule": "evidence",
                    "program_id": self.program.id,
                    "company_id": self.company.id,
                    "masked_name": "O***** T*******",
                    "last_contact": row.date,
                    "record_count": 1,
                }
            ],
        )

    def test_a_registration_of_who_had_a_file_waits_for_its_own_term(self):
        """And is nobody else's, whose name or address would be left wherever it is written."""
        first, *__, last = NAME.split()
        typed = EMAIL.replace("@", "+fair@").upper()
        row = self._register(300, name=f"{last} {first}", email=typed, phone=PHONE)
        by_phone = self._register(300, name=NAME, email=False, phone=PHONE.replace(" ", ""))
        other = self._new_participant("Paul Martin")
        note = other.message_post(body=f"Came with {NAME}, {PHONE}")
        mail = self.env["mail.mail"].create({"email_to": EMAIL, "body_html": "Hello"})
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertFalse(row.purged_on or by_phone.purged_on)
        self.assertEqual(row.email, typed)
        self.assertIn("Came with […], […]", note.body)
        self.assertFalse(mail.exists())

    def test_an_older_registration_goes_first_and_hides_nothing(self):
        """What its holder is called is not somebody else's name, once it is gone."""
        other = self._new_participant("Paul Martin")
        other.project_description = f"<p>With {NAME}</p>"
        row = self._register(500, name=NAME, email=EMAIL, phone=PHONE)
        self._make_old()
        self._purge(self.person)
        self.assertTrue(row.purged_on)
        self.assertEqual(other.project_description, "<p>With […]</p>")


class TestRun(PurgeCase):
    def test_a_batch_costs_few_queries_for_each_file(self):
        files = [
            self._gone(f"Person {chr(65 + rank)}uvwx Ijklmn{chr(65 + rank)}") for rank in range(20)
        ]
        self._make_old()
        for file in files:
            self._told(file, self._ago(days=31))
        ids = [file.id for file in files]
        self.env.invalidate_all()
        counts = {}
        for size in (4, 16):
            batch, ids = ids[:size], ids[size:]
            before = self.env.cr.sql_log_count
            self.env["coworking.participant"]._purge_files(batch)
            counts[size] = self.env.cr.sql_log_count - before
        self.assertLess((counts[16] - counts[4]) / 12, 8, counts)
        self.assertLess(counts[16], 260)

    def test_who_is_stopped_in_the_middle_goes_on_the_next_time(self):
        files = [self._gone(f"Stopped {rank}") for rank in range(3)]
        self._make_old()
        self._run()  # all notices are given
        for file in files:
            self._told(file, self._ago(days=31))
        cron = self.registry["ir.cron"]
        calls = []

        def stop(record, processed=0, remaining=None, **kwargs):
            calls.append(processed)
            return 0 if processed else 9

        with patch.object(cron, "_commit_progress", stop):
            self.env["coworking.participant"]._cron_end_data(batch_size=1)
            self.assertEqual(sum(bool(file.purged_on) for file in files), 1)
        self.assertEqual(calls, [0, 1])
        self._run()
        self.assertTrue(all(file.purged_on for file in files))

    def test_one_that_fails_keeps_no_other_from_its_turn(self):
        bad, good = self._gone("Bad One"), self._gone("Good One")
        self._make_old()
        real = Eraser.erase_files

        def erase(eraser, files, over):
            if bad in files:
                raise RuntimeError("broken")
            real(eraser, files, over)

        with (
            patch.object(Eraser, "erase_files", erase),
            mute_logger(
                "odoo.addons.coworking_incubation.models.trust.coworking_participant_purge"
            ),
        ):
            self._purge(bad, good)
        self.assertTrue(good.purged_on)
        self.assertFalse(bad.purged_on)
        self.assertEqual(bad.partner_id.name, "Bad One", "nothing of it is half done")

    def test_a_file_that_somebody_else_writes_waits_for_the_next_day(self):
        with patch.object(
            type(self.env["coworking.participant"]),
            "try_lock_for_update",
            lambda records, **kwargs: records.browse(),
        ):
            self._make_old()
            self._purge(self.person)
        self.assertFalse(self.person.purged_on)
        self._run()
        self.assertTrue(self.person.purged_on)


class TestFates(EndOfDataCase):
    """P02: each stored field that points to a person, or may hold words about one, has its fate."""

    PEOPLE = ("res.partner", "coworking.participant", "coworking.seat", "coworking.attendance")
    WORDS = (
        *("char", "text", "html", "binary", "json", "reference"),
        *("many2one_reference", "properties"),
    )

    def _stored(self):
        for name in sorted(self.registry):
            model = self.env[name]
            if model._abstract or model._transient or not model._auto or model._table_query:
                continue
            ours = name.startswith("coworking.")
            for field in model._fields.values():
                kept = field.store or (field.type == "binary" and field.attachment)
                if not kept or not (ours or field._module == "coworking_incubation"):
                    continue
                if field.type in self.WORDS or (
                    field.type in ("many2one", "many2many", "one2many")
                    and field.comodel_name in self.PEOPLE
                    and (field.type != "one2many")
                ):
                    yield name, field.name

    def test_every_field_that_may_hold_a_person_has_a_fate(self):
        missing, found = [], set()
        for model, name in self._stored():
            found.add((model, name))
            if model not in FATES or name not in FATES[model].names():
                missing.append(f"{model}.{name}")
        self.assertFalse(
            missing, "say in models/trust/fates.py what becomes of them when a person's data ends"
        )

    def test_no_fate_is_left_of_a_field_that_is_gone(self):
        for model, fate in FATES.items():
            for name in fate.names():
                self.assertIn(name, self.env[model]._fields, model)
            if fate.owner:
                self.assertTrue(self.env[model]._fields[fate.owner].store, model)
