"""What the purge of one person leaves to everybody else."""

import base64
import logging
from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import Command, fields
from odoo.sql_db import db_connect
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.coworking_incubation.models.trust.eraser import Eraser
from odoo.addons.coworking_incubation.models.trust.evidence_eraser import EvidenceEraser
from odoo.addons.coworking_incubation.models.trust.fates import FATES

from ..common import d
from .purge_case import EMAIL, NAME, PHONE, PNG, PurgeCase

LOGGER = "odoo.addons.coworking_incubation.models.trust.coworking_participant_purge"


class TestOthers(PurgeCase):
    def _note(self, text):
        other = self._new_participant("Paul Martin")
        other.project_description = text
        return other

    def test_an_old_registration_takes_nothing_from_who_is_here_today(self):
        here = self._new_participant("Odilon Rare", email="odilon@example.org", phone=PHONE)
        here.project_description = "<p>With Odilon Rare, odilon@example.org</p>"
        here.message_post(body="Odilon Rare came")
        old = self.env["coworking.attendance"].create(
            {
                "event_id": self._past_event("info_session", **self._hours(500)).id,
                "name": "Odilon Rare",
                "email": "odilon@example.org",
                "phone": PHONE,
            }
        )
        self._make_old()
        self._run()
        self.assertTrue(old.purged_on)
        self.assertEqual(here.partner_id.name, "Odilon Rare")
        self.assertIn("Odilon Rare, odilon@example.org", here.project_description)
        self.assertIn("Odilon Rare came", here.message_ids.mapped("body")[0])

    def test_a_contact_that_stays_keeps_its_place_in_everybody_elses_calendar(self):
        """A colleague who was a participant, with a second file in another program."""
        new_test_user(
            self.env, login="zq", groups="base.group_user", partner_id=self.contact.id, name=NAME
        )
        second = self._new_program("Second", "SEC", date_end="2045-12-31")
        again = self._gone(NAME, months=2, program=second, partner_id=self.contact.id)
        guests = {"partner_ids": [Command.set(self.contact.ids)]}
        alone = self._attend("appointment").event_id
        of_second = self._past_event("appointment", coworking_program_id=second.id)
        self.env["coworking.attendance"].create(
            {"event_id": of_second.id, "participant_id": again.id, "state": "present"}
        )
        led = self._past_event("collective", **self._hours(-20))
        events = alone | of_second | led
        events.write(guests)
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertFalse(again.purged_on)
        self.assertNotIn(self.contact, alone.partner_ids | alone.attendee_ids.partner_id)
        for event in of_second | led:
            self.assertIn(self.contact, event.partner_ids)
            self.assertIn(self.contact, event.attendee_ids.partner_id)

    def test_what_somebody_else_is_called_or_reached_by_is_not_masked(self):
        other = self._note(f"<p>Saw {NAME}, {EMAIL}, {PHONE}</p>")
        self.env["res.partner"].create({"name": f"{NAME.upper()} Durand", "phone": PHONE})
        new_test_user(self.env, login=EMAIL, groups="base.group_user")
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertEqual(other.project_description, f"<p>Saw {NAME}, {EMAIL}, {PHONE}</p>")

    def test_an_address_that_ends_with_the_persons_is_another(self):
        self.contact.email = "jean@free.example"
        marie = "marie-jean@free.example"
        other = self._note(f"<p>{marie}, jean@free.example.org, JEAN@free.example.</p>")
        mails = self.env["mail.mail"].create(
            [
                {"email_to": marie, "body_html": "Hers"},
                {"email_to": f"jean@free.example, {marie}", "body_html": "Both"},
                {"email_to": "Jean <JEAN@free.example>", "body_html": "His"},
            ]
        )
        self._make_old()
        self._purge(self.person)
        self.assertEqual(other.project_description, f"<p>{marie}, jean@free.example.org, […].</p>")
        self.assertEqual(mails.exists(), mails[:2])

    def test_a_message_that_somebody_else_received_too_stays(self):
        messages = self.env["mail.message"].create(
            [{"body": "Hello", "partner_ids": [Command.set(self.contact.ids)]} for __ in range(2)]
        )
        messages[0].partner_ids |= self.manager.partner_id
        self.env["mail.mail"].create(
            [
                {
                    "mail_message_id": message.id,
                    "recipient_ids": [Command.set(self.contact.ids)],
                }
                for message in messages
            ]
        )
        self._make_old()
        self._purge(self.person)
        self.assertEqual(messages.exists(), messages[:1])

    def test_only_our_records_of_its_organisation_are_searched(self):
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        bill = self.env["account.move"].create({"move_type": "in_invoice", "partner_id": vendor.id})
        attachment = self.env["ir.attachment"].create(
            {"name": f"Bill {NAME}.txt", "res_model": "account.move", "res_id": bill.id}
        )
        loose = self.env["mail.message"].create({"body": f"Ask {NAME}"})
        elsewhere = self._new_program(
            "Elsewhere",
            "ELS",
            company_id=self._new_company("Other Incubator").id,
            copayment_product_id=False,
            analytic_account_id=False,
        )
        elsewhere.message_post(body=f"With {NAME}")
        said = self.program.message_post(body=f"With {NAME}")
        self._make_old()
        self._purge(self.person)
        self.assertIn(NAME, attachment.name)
        self.assertIn(NAME, loose.body)
        self.assertIn(NAME, elsewhere.message_ids.mapped("body")[0])
        self.assertNotIn(NAME, said.body)

    def test_an_opposition_to_mails_stays_as_long_as_somebody_is_reached_there(self):
        opposed = self.env["mail.blacklist"].create({"email": EMAIL})
        self.env["mail.blacklist"].create({"email": "other@example.org"})
        neighbour = self.env["res.partner"].create({"name": "Somebody Else", "email": EMAIL})
        self._make_old()
        with self.env.cr.savepoint() as savepoint:
            self._purge(self.person)
            self.assertTrue(self.person.purged_on)
            self.assertTrue(opposed.exists())
            savepoint.rollback()
        self.env.invalidate_all()
        neighbour.email = "neighbour@example.org"
        self._purge(self.person)
        self.assertFalse(opposed.exists())
        self.assertTrue(self.env["mail.blacklist"].search([("email", "=", "other@example.org")]))


class TestOtherLives(PurgeCase):
    def _assertStays(self, used_by):
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertEqual(self.contact.name, NAME)
        log = self.env["coworking.purge"].search([("participant_id", "=", self.person.id)])
        self.assertIn(used_by, log.contact_uses)

    def _meet(self, **moment):
        start = fields.Datetime.to_datetime(self._ago(**moment))
        return self.env["calendar.event"].create(
            {
                "name": "Board",
                "start": start,
                "stop": start + timedelta(hours=1),
                "partner_ids": [Command.set(self.contact.ids)],
            }
        )

    def test_who_is_awaited_at_a_meeting_of_others_stays(self):
        event = self._meet(days=-20)
        self._assertStays("calendar_event")
        self.assertIn(self.contact, event.partner_ids)

    def test_a_meeting_before_the_last_contact_keeps_nobody(self):
        event = self._meet(months=30)
        self._make_old()
        self._purge(self.person)
        self.assertNotEqual(self.contact.name, NAME)
        self.assertFalse(event.partner_ids)

    def test_what_was_written_to_or_by_the_contact_is_contact(self):
        self._make_old()
        before = self._row(self.person).last_contact
        self.contact.message_post(body="A note of staff")
        self.assertEqual(self._row(self.person).last_contact, before)
        for values in (
            {"author_id": self.contact.id, "message_type": "comment"},
            {"partner_ids": self.contact.ids, "subtype_xmlid": "mail.mt_comment"},
        ):
            with self.subTest(**values), self.env.cr.savepoint() as savepoint:
                self.contact.message_post(body="Hello", **values)
                row = self._row(self.person)
                self.assertRecordValues(
                    row, [{"last_contact": self.today, "last_fact": "message", "status": "recent"}]
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def test_who_sealed_their_own_agreement_has_no_other_life(self):
        user = new_test_user(
            self.env, login=EMAIL, groups="base.group_portal", partner_id=self.contact.id, name=NAME
        )
        seat = self._new_seat("1/7", "31/7", self.person)
        hosting = self.env["coworking.hosting"].create({"seat_id": seat.id})
        hosting.with_user(user).sudo()._seal_document(b"%PDF-1.4 signed", "pdf")
        seat.state = "ended"
        self._make_old()
        self._purge(self.person)
        log = self.env["coworking.purge"].search([("participant_id", "=", self.person.id)])
        self.assertEqual(log.contact, "erased", log.contact_uses)
        self.assertEqual(hosting.state, "validated")

    def test_somebodys_contact_person_stays(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        self.contact.parent_id = firm
        self._assertStays("res_partner")
        self.assertEqual(self.contact.parent_id, firm)

    def test_whose_user_another_addon_refers_to_stays_with_these_rows(self):
        user = new_test_user(
            self.env, login=EMAIL, groups="base.group_portal", partner_id=self.contact.id, name=NAME
        )
        self.env.cr.execute(
            "CREATE TABLE x_forum_vote (id serial,"
            " user_id integer REFERENCES res_users ON DELETE CASCADE);"
            " INSERT INTO x_forum_vote (user_id) VALUES (%s)",
            [user.id],
        )
        self._assertStays("res_users")
        self.env.cr.execute("SELECT user_id FROM x_forum_vote")
        self.assertEqual(self.env.cr.fetchall(), [(user.id,)])

    def test_a_bank_account_that_a_payment_uses_is_archived(self):
        used, free = self.env["res.partner.bank"].create(
            [
                {"partner_id": self.contact.id, "acc_number": number}
                for number in ("FR76 1111", "FR76 2222")
            ]
        )
        self.env.cr.execute(
            "CREATE TABLE x_transfer (id serial,"
            " bank_id integer REFERENCES res_partner_bank ON DELETE RESTRICT);"
            " INSERT INTO x_transfer (bank_id) VALUES (%s)",
            [used.id],
        )
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertTrue(used.exists())
        self.assertFalse(used.active or free.exists())

    def test_tables_of_modules_that_are_not_there_are_passed_over(self):
        self.env.cr.execute("ALTER TABLE sms_sms RENAME TO x_sms_away")
        self.addCleanup(self.env.cr.execute, "ALTER TABLE x_sms_away RENAME TO sms_sms")
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)

    def test_a_letter_keeps_the_name_as_an_invoice_does_and_devices_go(self):
        user = new_test_user(
            self.env, login=EMAIL, groups="base.group_portal", partner_id=self.contact.id, name=NAME
        )
        invoice = self._copayment_invoice()
        said = invoice.message_post(
            body="Thanks", author_id=self.contact.id, email_from=f"Z <{EMAIL}>"
        )
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO res_device_log (user_id, session_identifier, last_activity, revoked)"
            " VALUES (%s, 'x', now(), FALSE);"
            " INSERT INTO snailmail_letter (partner_id, company_id, model, res_id, state)"
            " VALUES (%s, %s, 'account.move', %s, 'sent');"
            " INSERT INTO payment_transaction (provider_id, payment_method_id, currency_id, amount,"
            "   reference, state, partner_id, partner_email)"
            " SELECT MIN(provider.id), MIN(method.id), %s, 1, 'X', 'done', %s, %s"
            "   FROM payment_provider provider, payment_method method;"
            " INSERT INTO account_invoice_transaction_rel (invoice_id, transaction_id)"
            " SELECT %s, id FROM payment_transaction WHERE reference = 'X'",
            [
                *(user.id, self.contact.id, self.env.company.id, invoice.id),
                *(self.env.company.currency_id.id, self.contact.id, EMAIL, invoice.id),
            ],
        )
        self._make_old()
        self._purge(self.person)
        log = self.env["coworking.purge"].search([("participant_id", "=", self.person.id)])
        self.assertEqual(log.contact, "billed", log.contact_uses)
        self.assertEqual(self.contact.name, NAME)
        self.assertNotIn(EMAIL, said.email_from)
        self.env.cr.execute("SELECT partner_email FROM payment_transaction WHERE reference = 'X'")
        self.assertEqual(self.env.cr.fetchall(), [(None,)])
        self.env.cr.execute("SELECT 1 FROM res_device_log WHERE user_id = %s", [user.id])
        self.assertFalse(self.env.cr.fetchall())

    def test_a_customer_of_something_else_stays_whole(self):
        """Also without an invoice, also beside one of ours: a payment, a bank line, a card."""
        journal = self._new_bank()
        payment = {"partner_id": self.contact.id, "journal_id": journal.id, "amount": 20}
        line = {
            "journal_id": journal.id,
            "payment_ref": "Fair",
            "partner_id": self.contact.id,
            "amount": 20,
        }
        transaction = (
            "INSERT INTO payment_transaction (provider_id, payment_method_id, currency_id, amount,"
            "   reference, state, partner_id, partner_email)"
            " SELECT MIN(provider.id), MIN(method.id), %s, 1, 'Shop', 'done', %s, %s"
            "   FROM payment_provider provider, payment_method method"
        )
        values = [self.company.currency_id.id, self.contact.id, EMAIL]
        lives = {
            "payment": lambda: self.env["account.payment"].create(payment),
            "bank line": lambda: self.env["account.bank.statement.line"].create(line),
            "transaction": lambda: self.env.cr.execute(transaction, values),
        }
        for invoiced in (False, True):
            if invoiced:
                self._copayment_invoice()
            self._make_old()
            for name, live in lives.items():
                with self.subTest(name, invoiced=invoiced), self.env.cr.savepoint() as savepoint:
                    live()
                    self._purge(self.person)
                    self.assertTrue(self.person.purged_on)
                    log = self.env["coworking.purge"].search(
                        [("participant_id", "=", self.person.id)]
                    )
                    self.assertEqual((log.contact, self.contact.email), ("kept", EMAIL))
                    self.assertTrue(log.contact_uses)
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_what_is_reimbursed_to_the_person_is_ours(self):
        """What they had paid to the space by mistake: a receipt without a statement of its own."""
        statement = self._settle()
        line = self.env["coworking.month.line"].search(
            [("statement_id", "=", statement.id), ("seat_id", "=", self.seat.id)]
        )
        action = line.action_decide()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write(
            {
                "decision": "reimbursement",
                "reason": "Paid at the desk.",
                "participant_paid_amount": 50.0,
            }
        )
        wizard.action_apply()
        receipt = self.env["account.move"].search([("partner_id", "=", self.contact.id)])
        self.assertEqual(receipt.move_type, "in_receipt")
        receipt.invoice_date = "2015-07-01"
        receipt.action_post()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'paid' WHERE id = %s", [receipt.id]
        )
        self.env.invalidate_all()
        self._make_old()
        self._purge(self.person)
        log = self.env["coworking.purge"].search([("participant_id", "=", self.person.id)])
        self.assertEqual(log.contact, "billed", log.contact_uses)
        self.assertEqual((self.contact.name, self.contact.email), (NAME, False))

    def test_what_paid_our_invoice_belongs_to_it(self):
        paid = self._pay_copayment()
        self._deposit(paid)
        self._make_old()
        self._purge(self.person)
        log = self.env["coworking.purge"].search([("participant_id", "=", self.person.id)])
        self.assertEqual(log.contact, "billed", log.contact_uses)

    def test_a_cheque_for_something_else_in_the_same_deposit_does_not(self):
        paid = self._pay_copayment()
        other = self.env["account.payment"].create(
            {
                "partner_id": self.contact.id,
                "partner_type": "customer",
                "journal_id": paid.journal_id.id,
                "amount": 30,
            }
        )
        other.action_post()
        self._deposit(paid | other)
        self._make_old()
        self._purge(self.person)
        log = self.env["coworking.purge"].search([("participant_id", "=", self.person.id)])
        self.assertEqual((log.contact, self.contact.email), ("kept", EMAIL))

    def _deposit(self, payments):
        """One line of the bank statement for all of these cheques, which names nobody."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": payments.journal_id.id,
                "payment_ref": "Cheques",
                "amount": sum(payments.mapped("amount")),
            }
        )
        outstanding = payments.outstanding_account_id
        line = line.with_context(skip_account_move_synchronization=True)
        __, waiting, __ = line._seek_for_lines()
        waiting.account_id = outstanding
        handed_in = payments.move_id.line_ids.filtered(lambda row: row.account_id == outstanding)
        (waiting + handed_in).reconcile()
        self.assertTrue(all(handed_in.mapped("reconciled")))

    def _pay_copayment(self):
        invoice = self._copayment_invoice()
        invoice.write({"invoice_date": self._ago(26), "date": self._ago(26)})
        income = self.accounts["income"].id
        invoice.invoice_line_ids = [
            Command.create({"name": "Share", "price_unit": 20, "account_id": income})
        ]
        invoice.action_post()
        bank = self._new_bank()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"journal_id": bank.id})._create_payments()
        payment = self.env["account.payment"].search([("partner_id", "=", self.contact.id)])
        self.assertTrue(payment.move_id)
        return payment

    def test_a_month_end_entry_is_no_unpaid_bill(self):
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {
                            "name": "Accrual",
                            "account_id": self.env["account.account"].search([], limit=1).id,
                            "coworking_seat_id": self.seat.id,
                        }
                    )
                ],
            }
        )
        self.assertEqual(entry.line_ids.coworking_seat_id, self.seat)
        self._make_old()
        self.assertEqual(self._row(self.person).status, "notice")

    def test_what_is_sensitive_goes_but_for_the_figures(self):
        self.person.sudo().write(
            {
                "disability": "yes",
                "allowance": "rsa",
                "priority_district": "yes",
                "unemployment_duration": "02",
                "education_level": "isced_3_4",
            }
        )
        self._make_old()
        self._purge(self.person)
        self.assertRecordValues(
            self.person.sudo(),
            [
                {
                    "disability": False,
                    "allowance": False,
                    "priority_district": False,
                    "unemployment_duration": False,
                    "education_level": "isced_3_4",
                }
            ],
        )

    def test_every_sensitive_field_has_a_fate(self):
        group = "coworking_incubation.group_coworking_sensitive"
        missing = [
            f"{model}.{field.name}"
            for model, fate in FATES.items()
            for field in self.env[model]._fields.values()
            if group in (field.groups or "") and field.store and field.name not in fate.names()
        ]
        self.assertFalse(missing, "say in models/trust/fates.py what becomes of them")


class TestAfterwards(PurgeCase):
    def test_nothing_is_said_planned_or_filed_on_what_was_anonymised(self):
        objective = self.env["coworking.objective"].create(
            {"participant_id": self.person.id, "name": "Find a place"}
        )
        loose = self.env["ir.attachment"].with_user(self.accompanist).create({"name": "Loose"})
        records = [row.with_user(self.accompanist) for row in (self.person, objective)]
        for record in records:
            self._each_way(record, loose, lambda way: way())
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        for record in records:
            self._each_way(record, loose, self._refuse)
            self.assertFalse(record.sudo().activity_ids)
        self.person.message_post(body="A settled month is to be checked")  # code still may
        tracked = self.person.with_user(self.coordinator).with_context(tracking_disable=False)
        tracked.user_id = self.other_accompanist
        self.env.cr.flush()  # who was given it is told

    def _refuse(self, way):
        with self.assertRefused("was anonymised"):
            way()

    def _each_way(self, record, loose, check):
        where = {"model": record._name, "res_id": record.id}
        filed = {"res_model": record._name, "res_id": record.id}
        env = record.env
        ways = {
            "note": lambda: record.message_post(body="Called"),
            "mail": lambda: record.message_post(
                body="Hello", partner_ids=self.contact.ids, subtype_xmlid="mail.mt_comment"
            ),
            "message": lambda: env["mail.message"].create({"body": "Called", **where}),
            "activity": lambda: record.activity_schedule("mail.mail_activity_data_todo"),
            "file": lambda: env["ir.attachment"].create({"name": "CV", **filed}),
            "upload": lambda: env["ir.attachment"].sudo().create({"name": "CV", **filed}),
            "moved": lambda: loose.write(filed),
            "message by default": lambda: (
                env["mail.message"]
                .with_context(default_model=record._name, default_res_id=record.id)
                .create({"body": "Called"})
            ),
            "file by default": lambda: (
                env["ir.attachment"]
                .with_context(default_res_model=record._name, default_res_id=record.id)
                .create({"name": "CV"})
            ),
        }
        for name, way in ways.items():
            with self.subTest(name, model=record._name), self.env.cr.savepoint() as savepoint:
                check(way)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_where_it_is_filed_is_looked_at_once_for_each_model_of_ours(self):
        """Files and messages of other apps cost no query."""
        partners = self.env["res.partner"].create([{"name": str(rank)} for rank in range(4)])
        objectives = self.env["coworking.objective"].create(
            [
                {"participant_id": self._new_participant(f"Person {rank}").id, "name": "Place"}
                for rank in range(4)
            ]
        )
        for model, names, check in (
            ("mail.message", ("model", "res_id"), "_coworking_check_may_be_noted"),
            ("ir.attachment", ("res_model", "res_id"), "_check_owners"),
        ):
            with self.subTest(model):
                self.assertFalse(self._count_queries(model, names, check, partners))
                one = self._count_queries(model, names, check, objectives[:1])
                self.assertTrue(one)
                self.assertEqual(self._count_queries(model, names, check, objectives), one)

    def _count_queries(self, model, names, check, records):
        """Of what looks at where these are filed: with it, less without it."""
        counts = []
        said = {"name": "CV"} if model == "ir.attachment" else {"body": "Called"}
        files = self.env[model].with_user(self.coordinator)
        for way in (getattr(self.registry[model], check), lambda *args: None) * 2:
            self.env.invalidate_all()
            with patch.object(self.registry[model], check, way):
                before = self.env.cr.sql_log_count
                files.create(
                    [
                        {**said, **dict(zip(names, (record._name, record.id), strict=True))}
                        for record in records
                    ]
                )
                counts.append(self.env.cr.sql_log_count - before)
        return counts[2] - counts[3]  # the first time caches were filled

    def test_a_settled_month_is_corrected_as_before(self):
        """Who was there decides what is paid: prices by the half-day, settled, billed, purged."""
        person = self._gone("Odile Trèsrare")
        half_days = self._new_tariff("By the half-day", 20.0, unit="half_day")
        seat = self._new_seat("1/6", "30/6", person, half_days, state="ended")
        self._new_presences(seat, "10/6")
        bill = self._bill(self._settle())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'paid' WHERE id = %s", [bill.id]
        )
        self._make_old()
        self._purge(person)
        self.assertTrue(person.purged_on)
        self.env["coworking.presence.correct"].with_user(self.coordinator).create(
            {
                "seat_id": seat.id,
                "date": "2015-06-10",
                "slot": "pm",
                "state": "absent",
                "reason": "Signed sheet found",
            }
        ).action_apply()
        said = seat.message_ids
        self.assertEqual(said.author_id, self.coordinator.partner_id)
        self.assertIn("Signed sheet found", said.body)
        all_statements = self.env["coworking.statement"].with_user(self.coordinator)
        statement = all_statements._generate(self.program, d("1/7"))
        statement.action_confirm()
        self.assertEqual(statement.payable_total, -20.0)
        note = self._bill(statement.with_user(self.accountant))
        self.assertRecordValues(note, [{"move_type": "in_refund", "amount_total": 20.0}])

    def test_an_anonymised_file_has_no_discussion(self):
        view = (
            self.env["coworking.participant"].with_user(self.accompanist).get_view(view_type="form")
        )
        (chatter,) = etree.fromstring(view["arch"]).iter("chatter")
        self.assertEqual(chatter.get("invisible"), "purged_on")


class TestSharedSheet(PurgeCase):
    def test_a_sheet_that_others_signed_goes_with_the_last_of_them(self):
        other = self._new_participant("Paul Martin")
        mine, theirs = self._attend(), self._attend(participant_id=other.id)
        sheet = self.env["ir.attachment"].create(
            {
                "name": "Sheet.png",
                "raw": base64.b64decode(PNG),
                "res_model": mine._name,
                "res_id": mine.id,
            }
        )
        for row in (mine, theirs):
            row._take_signature(False, "paper", self.accompanist.partner_id, sheet=sheet)
        self.env.flush_all()
        EvidenceEraser(self.env).erase_evidence(self.person)
        self.env.invalidate_all()
        self.assertTrue(sheet.exists())
        self.assertEqual(theirs.signature_ids.sheet_id, sheet)
        self.assertFalse(mine.signature_ids)
        EvidenceEraser(self.env).erase_evidence(other)
        self.assertFalse(sheet.exists())


class TestFailure(PurgeCase):
    def test_the_log_says_nothing_of_the_person(self):
        def fail(eraser, *args):
            eraser._fetch_rows("SELECT 1 FROM no_such_table WHERE %s", NAME)

        with (
            patch.object(Eraser, "erase_files", fail),
            self.assertLogs(LOGGER, logging.ERROR) as logs,
            self.assertNoLogs("odoo.sql_db", logging.ERROR),
        ):
            self._make_old()
            self._purge(self.person)
        text = "\n".join(logs.output)
        self.assertIn(f"_purge_files failed on {self.person.id}: UndefinedTable 42P01", text)
        self.assertNotIn("Quatrebarbes", text)

    def test_what_failed_waits_a_week(self):
        real, tried = Eraser.erase_files, []

        def fail(eraser, files, over):
            tried.append(files)
            raise RuntimeError(NAME)

        with patch.object(Eraser, "erase_files", fail), mute_logger(LOGGER):
            self._make_old()
            self._purge(self.person)
            self._run()
        self.assertEqual(len(tried), 1)
        self.assertEqual(self.person.purge_failed_on, self.today)
        self.assertEqual(Eraser.erase_files, real)
        self._run()
        self.assertFalse(self.person.purged_on)
        self.env.cr.execute(
            "UPDATE coworking_participant SET purge_failed_on = %s WHERE id = %s",
            [self._ago(days=7), self.person.id],
        )
        self._run()
        self.assertTrue(self.person.purged_on)
        self.assertFalse(self.person.purge_failed_on)

    def test_what_somebody_else_was_writing_is_no_failure(self):
        """Somebody commits a change of a row that this run changes too, after it began."""
        change = "UPDATE ir_module_category SET sequence = sequence WHERE id = %s"
        row = self.env.ref("base.module_category_hidden").id

        def run_into(eraser, files, over):
            with db_connect(self.env.cr.dbname).cursor() as other:
                other.execute(change, [row])
            eraser.env.cr.execute(change, [row], log_exceptions=False)

        with (
            patch.object(Eraser, "erase_files", run_into),
            self.assertLogs(LOGGER, level=logging.ERROR) as logs,
        ):
            self._make_old()
            self._purge(self.person)
        self.assertIn("SerializationFailure 40001", "\n".join(logs.output))
        self.assertFalse(self.person.purged_on or self.person.purge_failed_on)

    def test_who_was_seen_between_the_search_and_the_lock_stays(self):
        """The lock opens a transaction of its own: it sees what was written meanwhile."""
        participants = self.env["coworking.participant"]
        calls = []
        found = type(participants)._find_to_purge
        treat = type(participants)._purge_files
        commit = self.registry["ir.cron"]._commit_progress
        with (
            patch.object(
                type(participants),
                "_find_to_purge",
                lambda records, *args: calls.append("find") or found(records, *args),
            ),
            patch.object(
                type(participants),
                "_purge_files",
                lambda records, ids: calls.append("treat") or treat(records, ids),
            ),
            patch.object(
                self.registry["ir.cron"],
                "_commit_progress",
                lambda cron, *args, **kwargs: (
                    calls.append("commit") or commit(cron, *args, **kwargs)
                ),
            ),
        ):
            self._make_old()
            self._purge(self.person)
        rank = calls.index("treat")
        self.assertIn("find", calls[: rank - 1])
        self.assertEqual(calls[rank - 1 : rank + 2], ["commit", "treat", "find"])
        self.assertTrue(self.person.purged_on)
