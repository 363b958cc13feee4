"""What the purge of one person leaves to everybody else."""

import base64
import logging
from unittest.mock import patch

from psycopg2 import errors

from odoo import Command
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.coworking_incubation.models.trust.eraser import Eraser
from odoo.addons.coworking_incubation.models.trust.evidence_eraser import EvidenceEraser
from odoo.addons.coworking_incubation.models.trust.fates import FATES

from .test_purge import EMAIL, NAME, PHONE, PNG, PurgeCase

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

    def test_an_opposition_to_mails_stays(self):
        self.env["mail.blacklist"].create({"email": EMAIL})
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.env["mail.blacklist"].search([("email", "=", EMAIL)]))


class TestOtherLives(PurgeCase):
    def _assertStays(self, used_by):
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertEqual(self.contact.name, NAME)
        log = self.env["coworking.purge"].search([("participant_id", "=", self.person.id)])
        self.assertIn(used_by, log.contact_uses)

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
            "   FROM payment_provider provider, payment_method method",
            [
                *(user.id, self.contact.id, self.env.company.id, invoice.id),
                *(self.env.company.currency_id.id, self.contact.id, EMAIL),
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

    def _copayment_invoice(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.contact.id,
                "coworking_statement_id": self._settle().id,
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'paid' WHERE id = %s", [invoice.id]
        )
        self.env.invalidate_all()
        return invoice

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
        def fail(eraser, files, over):
            raise errors.SerializationFailure

        with (
            patch.object(Eraser, "erase_files", fail),
            # one that psycopg2 made itself, not the server, has no code
            patch(f"{LOGGER}.PG_CONCURRENCY_ERRORS_TO_RETRY", (None,)),
            mute_logger(LOGGER),
        ):
            self._make_old()
            self._purge(self.person)
        self.assertFalse(self.person.purge_failed_on)

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
