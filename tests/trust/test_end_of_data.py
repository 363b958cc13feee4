"""When a person's data ends: from which contact, after which notice, and what keeps it."""

import logging
import re
from ast import literal_eval
from datetime import timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from lxml import etree
from psycopg2 import IntegrityError

from odoo import SUPERUSER_ID, Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, mute_logger

from odoo.addons.coworking_incubation.models.trust import coworking_participant_purge
from odoo.addons.coworking_incubation.tools import hold

from .common import EndOfDataCase


class TestLastContact(EndOfDataCase):
    def _contact(self, file):
        row = self._row(file)
        return row.last_fact, row.last_contact

    def test_the_latest_of_what_happened_with_the_person_counts(self):
        file = self._gone(months=30, stage_id=self.stage["followup"].id)
        self.assertEqual(self._contact(file), ("followup", self._ago(30)))
        event = self.env["calendar.event"].create(
            {
                "name": "Appointment",
                "start": fields.Datetime.to_datetime(self._ago(29)) + timedelta(hours=9),
                "stop": fields.Datetime.to_datetime(self._ago(29)) + timedelta(hours=10),
                "coworking_kind": "appointment",
                "coworking_program_id": self.program.id,
            }
        )
        attendance = self.env["coworking.attendance"].create(
            {"event_id": event.id, "participant_id": file.id, "state": "absent"}
        )
        self.assertEqual(self._contact(file)[0], "followup", "nobody came")
        attendance.state = "present"
        self.assertEqual(self._contact(file), ("appointment", self._ago(29)))
        review = self.env["coworking.review"].create(
            {"participant_id": file.id, "date": self._ago(28)}
        )
        self.assertEqual(self._contact(file)[0], "appointment", "a review that was not held")
        review.line_ids.rating = "3"
        review.state = "done"
        self.assertEqual(self._contact(file), ("review", self._ago(28)))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coworking_followup SET state = 'answered', date_answer = %s"
            " WHERE participant_id = %s AND months = 3",
            [self._ago(27), file.id],
        )
        self.assertEqual(self._contact(file), ("followup", self._ago(27)))
        message = file.message_post(body="I found a job", author_id=file.partner_id.id)
        message.date = fields.Datetime.to_datetime(self._ago(20))
        self.assertEqual(self._contact(file), ("message", self._ago(20)))

    def test_what_staff_note_and_attempts_without_an_answer_are_no_contact(self):
        file = self._gone(months=30, stage_id=self.stage["followup"].id)
        file.message_post(body="Called, nobody there", author_id=self.accompanist.partner_id.id)
        due = file.followup_ids.filtered(lambda row: row.months == 3)
        due.sudo().action_attempt()
        self.assertEqual(due.last_attempt, fields.Date.context_today(due))
        self.assertEqual(self._contact(file), ("followup", self._ago(30)))

    def test_a_day_missed_and_a_seat_that_was_cancelled_are_no_contact(self):
        file = self._gone(months=30)
        seat = self._new_seat("1/6", "30/6", file, state="ended")
        dropped = self._new_seat("1/7", "31/7", file, state="cancelled")
        missed = self._new_presences(seat, "10/6am")
        self.env.flush_all()
        for update, record in (
            ("UPDATE coworking_presence SET state = 'absent', date =", missed),
            ("UPDATE coworking_seat SET date_end =", dropped),
        ):
            self.env.cr.execute(f"{update} %s WHERE id = %s", [self.today, record.id])
            self.assertEqual(self._contact(file), ("followup", self._ago(30)))

    def test_a_seat_and_its_presences_count(self):
        file = self._gone(months=40)
        seat = self._new_seat("1/6", "30/6", file, state="ended")
        self._new_presences(seat, "10/6")
        self.env.flush_all()
        day = self._ago(26)
        self.env.cr.execute(
            "UPDATE coworking_presence SET date = %s WHERE seat_id = %s", [day, seat.id]
        )
        self.assertEqual(self._contact(file), ("presence", day))

    def test_each_exchange_with_the_person_and_each_day_of_the_stay_counts(self):
        """Whichever is the last: one that is forgotten ends the data of somebody who is there."""
        file = self._gone(months=50)
        person, seat = file.partner_id, self._new_seat("1/6", "30/6", file)
        presence = self._new_presences(seat, "10/6am")
        hosting = self.env["coworking.hosting"].create({"seat_id": seat.id})
        signatory = hosting.signatory_ids.filtered(lambda row: row.role == "participant")
        event = self.env["calendar.event"].create(
            {
                "name": "Appointment",
                "start": "2015-06-10 08:00:00",
                "stop": "2015-06-10 09:00:00",
                "coworking_kind": "appointment",
                "coworking_program_id": self.program.id,
            }
        )
        attendance = self.env["coworking.attendance"].create(
            {"event_id": event.id, "participant_id": file.id}
        )
        messages = self.env["mail.message"].concat(
            *(
                record.message_post(body="Hello", **values)
                for record, values in (
                    (seat, {"author_id": person.id}),
                    (file, {"message_type": "email", "email_from": "private@example.org"}),
                    (file, {"partner_ids": person.ids, "subtype_xmlid": "mail.mt_comment"}),
                )
            )
        )
        messages.date = "2015-06-10"
        self.env.flush_all()
        rows = (
            ("entry", "UPDATE coworking_participant SET date_exit = NULL, date_entry =", file),
            ("appointment", "UPDATE coworking_participant SET date_support =", file),
            ("application", "UPDATE coworking_participant SET date_application =", file),
            ("seat", "UPDATE coworking_seat SET date_end =", seat),
            ("presence", "UPDATE coworking_presence SET state = 'present', date =", presence),
            (
                "presence",
                "UPDATE coworking_presence SET state = 'absent', participant_state = 'absent',"
                " participant_signed_at =",
                presence,
            ),
            ("appointment", "UPDATE coworking_attendance SET date =", attendance),
            ("signature", "UPDATE coworking_hosting_signatory SET signed_on =", signatory),
            *(("message", "UPDATE mail_message SET date =", message) for message in messages),
        )
        for number, (fact, update, record) in enumerate(rows):
            day = self._ago(48 - number)
            self.env.cr.execute(f"{update} %s WHERE id = %s", [day, record.id])
            with self.subTest(update=update, record=record):
                self.assertEqual(self._contact(file), (fact, day))
        # what others sign is no exchange with the person
        self.env.cr.execute(
            "UPDATE coworking_hosting_signatory SET signed_on = %s"
            " WHERE hosting_id = %s AND id != %s",
            [self.today, hosting.id, signatory.id],
        )
        for signer, day, last in (
            ("host", self.today, ("message", self._ago(38))),
            ("participant", self._ago(26), ("signature", self._ago(26))),
        ):
            self.env.cr.execute(
                "INSERT INTO coworking_attendance_signature (attendance_id, participant_id, signer,"
                " signed_at) VALUES (%s, %s, %s, %s)",
                [attendance.id, file.id, signer, day],
            )
            self.assertEqual(self._contact(file), last)

    def test_it_is_shown_on_the_file_to_who_follows_the_person(self):
        file = self._gone(months=23)
        shown = file.with_user(self.accompanist)
        self.assertRecordValues(
            shown,
            [
                {
                    "retention_from": self._ago(23),
                    "date_purge": self._ago(23) + relativedelta(months=24),
                    "retention_status": "notice" if self._close_to_term() else "recent",
                }
            ],
        )

    def _close_to_term(self):
        return self._ago(23) + relativedelta(months=24) <= self.today + timedelta(days=30)

    def test_the_months_are_the_programs_within_bounds(self):
        self.assertEqual(self.program.retention_months, 24)
        for name in ("retention_months", "application_months"):
            for wrong in (0, 37):
                with (
                    self.subTest(name=name, wrong=wrong),
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(IntegrityError),
                    self.env.cr.savepoint(),
                ):
                    self.program.write({name: wrong})
                    self.env.flush_all()

    def test_who_never_entered_is_kept_for_less_long(self):
        entered, applied = self._gone(months=13), self._applied(months=13)
        self.assertEqual(self._row(entered).status, "recent")
        self.assertEqual(self._row(applied).status, "notice")
        self.assertEqual((self._row(applied).rule, self._row(applied).months), ("application", 12))
        self.program.retention_months = 6
        self.assertEqual(self._row(applied).months, 6, "never longer than files")


class TestStays(EndOfDataCase):
    def test_what_still_runs_is_never_anonymised_and_says_why(self):
        running = self._gone("In Incubation", date_exit=False, exit_reason_id=False)
        running.write({"stage_id": self.stage["incubation"].id, "move_reason": "Back"})
        seated = self._gone("With Seat")
        self._new_seat("1/6", "30/6/15", seated, state="confirmed")
        opened = self._gone("With Month")
        self._new_seat("1/6", "30/6", opened, state="ended")
        self._generate()
        owed = self._gone("With Correction")
        owed.sudo().pending_changes = 1
        awaited = self._gone("Followed", months=2, stage_id=self.stage["followup"].id)
        self.program.retention_months = 1
        files = {
            running: "running",
            seated: "seat",
            opened: "month",
            owed: "correction",
            awaited: "to_follow",
        }
        for file, status in files.items():
            self._told(file, self._ago(days=40))
            with self.subTest(file=file.display_name):
                self.assertEqual(self._row(file).status, status)
        self._run()
        self.assertFalse(any(file.purged_on for file in files))
        self.assertFalse(self.env["coworking.purge"].search([]).participant_id & running)

    def test_what_is_over_keeps_no_file(self):
        archived = self._gone("Archived", date_exit=False, exit_reason_id=False)
        archived.write({"stage_id": self.stage["incubation"].id, "move_reason": "Back"})
        seated, followed = self._gone("With Seat"), self._gone("Followed", months=2)
        seat = self._new_seat("1/6", "30/6", seated, state="requested")
        self.program.retention_months = 1
        followup = self.env["coworking.followup"].create(
            {"participant_id": followed.id, "months": 3, "date_due": self.today}
        )
        self.env.flush_all()
        for record, values, status in (
            (archived, "active = true", "running"),
            (archived, "active = false", "notice"),
            *((seat, f"state = '{held}'", "seat") for held in ("requested", "confirmed", "active")),
            *((seat, f"state = '{over}'", "notice") for over in ("draft", "refused", "cancelled")),
            (followup, "date_due = CURRENT_DATE", "to_follow"),
            (followup, "date_due = CURRENT_DATE - 1", "notice"),
            (followup, "date_due = CURRENT_DATE, state = 'cancelled'", "notice"),
        ):
            self.env.cr.execute(
                SQL(
                    f"UPDATE %s SET {values} WHERE id = %s",
                    SQL.identifier(record._table),
                    record.id,
                )
            )
            file = record if record == archived else record.participant_id
            with self.subTest(file=file.display_name, values=values):
                self.assertEqual(self._row(file).status, status)

    def test_an_adviser_reads_nothing_of_who_is_anonymised(self):
        agency = self.env["res.partner"].create({"name": "Agence Nord", "is_company": True})
        adviser = self.env["res.partner"].create({"name": "Laure", "parent_id": agency.id})
        file = self._gone(
            prescriber_id=agency.id, prescriber_contact_id=adviser.id, prescriber_agreed=True
        )
        file._note_told()
        self.assertEqual(file._get_followed(adviser, self.company), file)
        self._purge(file)
        self.assertTrue(file.purged_on)
        self.assertFalse(file._get_followed(adviser, self.company))
        self.assertFalse(file.prescriber_told)
        self.assertEqual(file.prescriber_id, agency, "for figures")

    def test_a_bill_that_is_not_paid_keeps_the_file_until_it_is(self):
        file = self._gone("With Bill")
        self._new_seat("1/6", "30/6", file, state="ended")
        bill = self._bill(self._settle())
        self.assertEqual(self._row(file).status, "bill")
        self._purge(file)
        self.assertFalse(file.purged_on)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'paid' WHERE id = %s", [bill.id]
        )
        self.assertEqual(self._row(file).status, "notice", "it has a notice of its own")

    def test_a_part_that_is_not_invoiced_or_paid_keeps_the_file_until_it_is(self):
        """Whatever contact the file has by then."""
        self.program.funding_rate = 80.0
        file = self._gone("With Part")
        self._new_seat("1/6", "30/6", file, state="ended")
        statement = self._settle()
        self.assertEqual(self._row(file).status, "part")
        statement.action_create_copayment_invoices()
        invoice = statement.copayment_invoice_ids
        invoice.invoice_date = self.today
        invoice.action_post()
        self.assertEqual(self._row(file).status, "bill")
        file.partner_id = self.env["res.partner"].create({"name": "Other"})
        self.assertEqual(self._row(file).status, "part")
        self._purge(file)
        self.assertFalse(file.purged_on)
        invoice._reverse_moves(cancel=True)
        self.assertEqual(self._row(file).status, "notice", "nobody owes it any more")

    def test_the_dry_run_lists_all_to_coordinators_only(self):
        file = self._gone()
        action = self.program.with_user(self.coordinator).action_open_retention()
        rows = self.env[action["res_model"]].with_user(self.coordinator).search(action["domain"])
        self.assertIn(file.id, rows.ids)
        columns = ["participant_id", "status", "date_purge"]
        self.coordinator.group_ids |= self.env.ref("base.group_allow_export")
        with self.assertRefused("Export of Personal Data", error=AccessError):
            rows.export_data(columns)
        self.coordinator.group_ids |= self.env.ref("coworking_incubation.group_coworking_export")
        self.assertTrue(rows.export_data(columns)["datas"])
        with self.assertRaises(AccessError):
            self.env["coworking.retention"].with_user(self.accompanist).search([])

    def _get_filter(self, name):
        view = self.env.ref("coworking_incubation.coworking_retention_view_search")
        (found,) = etree.fromstring(view.arch).xpath(f"//filter[@name='{name}']/@domain")
        return literal_eval(found)

    def _count_lookups(self, domain):
        """How often reviews were looked for, and what the coordinator is shown."""

        def count():
            self.env.cr.execute(
                "SELECT seq_scan + COALESCE(idx_scan, 0) FROM pg_stat_xact_user_tables"
                " WHERE relname = 'coworking_review'"
            )
            return self.env.cr.fetchone()[0]

        self.env.flush_all()
        before = count()
        found = self.env["coworking.retention"].with_user(self.coordinator).search(domain).ids
        return count() - before, found

    def test_the_list_opens_with_what_goes_and_looks_for_no_contact_of_the_others(self):
        """A file of last month and one that is anonymised tell enough by themselves."""
        told, goes, spoken, purged = (
            self._gone(name) for name in ("Told", "Goes", "Spoken", "Purged")
        )
        recent = self._gone("Recent", months=3)
        self._told(told, self._ago(days=3))
        spoken.message_post(body="I am back", author_id=spoken.partner_id.id)
        purged.sudo().purged_on = self.today
        action = self.env.ref("coworking_incubation.coworking_retention_action")
        (opened,) = literal_eval(action.context)
        opens = self._get_filter(opened.removeprefix("search_default_"))
        among = [("id", "in", (goes | told | spoken | purged | recent).ids)]
        self.assertEqual(self._count_lookups(opens + among), (3, (told | goes).ids))
        self.assertEqual(
            self._count_lookups(self._get_filter("not_purged") + among),
            (4, (told | goes | spoken | recent).ids),
        )
        self.assertEqual(self._count_lookups(self._get_filter("purged") + among), (1, purged.ids))
        rows = self.env["coworking.participant"]
        self.assertEqual(rows._find_to_notify(goes.ids + recent.ids), goes.ids)
        # as an older database may hold it: what is not known holds nothing back
        self._told(goes, None)
        self.env.cr.execute(
            "UPDATE coworking_participant SET date_exit = NULL, date_entry = NULL,"
            " date_support = NULL, date_application = NULL, create_date = NULL WHERE id = %s",
            [goes.id],
        )
        message = goes.message_post(body="Hello", author_id=goes.partner_id.id)
        message.date = fields.Datetime.to_datetime(self._ago(30))
        self.assertEqual(self._row(goes).status, "notice")
        self.assertIn(goes.id, self._count_lookups(opens + among)[1])

    def _look(self, file):
        """What is announced of the contact, and what the log says of it once the file ended."""
        row = self._row(file).with_user(self.coordinator)
        told = row.action_look()["params"]["message"]
        self._purge(file)
        log = self.env["coworking.purge"].search([("participant_id", "=", file.id)])
        return told, log.contact

    def test_the_dry_run_says_what_becomes_of_the_contact_and_changes_nothing(self):
        alone = self._gone()
        told, became = self._look(alone)
        self.assertIn("Contact, as of today: Anonymised. Of the file, ", told)
        self.assertEqual(became, "erased")
        adviser = self._gone("Aude Conseil")
        self._applied(months=2).prescriber_contact_id = adviser.partner_id
        told, became = self._look(adviser)
        kind = self.env["ir.model"]._get("coworking.participant").name
        self.assertIn(f"Stays: it has another life in this Odoo ({kind}).", told)
        self.assertEqual(became, "kept")

    def test_what_was_paid_stays_paid_where_the_contact_has_another_life(self):
        """Its invoice is still the file's, which has another contact: nobody is asked again."""
        self.program.funding_rate = 80.0
        file = self._gone()
        self._applied(months=2).prescriber_contact_id = file.partner_id
        self._new_seat("1/6", "30/6", file, state="ended")
        june = self._settle()
        june.action_create_copayment_invoices()
        invoice = june.copayment_invoice_ids
        invoice.invoice_date = "2015-07-04"
        invoice.action_post()
        bank = self._new_bank()
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        payments = self.env["account.payment.register"].with_context(**context)
        payments.create({"payment_date": "2015-07-10", "journal_id": bank.id})._create_payments()
        self._purge(file)
        self.assertNotEqual(invoice.partner_id, file.partner_id)
        account = self.env["coworking.copayment"].search([("participant_id", "=", file.id)])
        self.assertRecordValues(
            account, [{"move_id": invoice.id, "paid": 36.0, "residual": 0.0, "state": "paid"}]
        )
        with self.assertRefused("invoiced already"):
            june.action_create_copayment_invoices()

    def test_the_dry_run_counts_what_goes(self):
        file = self._gone()
        row = self._row(file)
        before = row.action_look()["params"]["message"]
        note = file.message_post(body="Camille called")
        self.env["coworking.objective"].create({"participant_id": file.id, "name": "A job"})
        after = row.action_look()["params"]["message"]
        counts = [[int(n) for n in re.findall(r"\d+", text)] for text in (before, after)]
        self.assertEqual(counts[1][0], counts[0][0] + 1)
        self.assertGreater(counts[1][1], counts[0][1])
        self.assertTrue(note.exists() and file.partner_id.active)
        with self.assertRaises(AccessError):
            row.with_user(self.accompanist).action_look()

    def test_another_organisation_sees_and_ends_nothing_of_it(self):
        file = self._gone()
        other = self._new_company("Other Incubator")
        self.coordinator.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        rows = (
            self.env["coworking.retention"]
            .with_user(self.coordinator)
            .with_context(allowed_company_ids=other.ids)
        )
        self.assertFalse(rows.search([("id", "=", file.id)]))


class TestNotice(EndOfDataCase):
    def test_thirty_days_before_who_follows_the_person_is_told_once(self):
        early, in_time = self._gone("Early", 24, -31), self._gone("In Time", 24, -30)
        self._run()
        self.assertFalse(self._notices(early))
        notice = self._notices(in_time)
        self.assertEqual(notice.user_id, self.accompanist)
        self.assertEqual(in_time.purge_notice_on, self.today)
        other = self._gone("Later", 24, -30)
        self._run()
        self.assertEqual(self._notices(in_time), notice)
        self.assertTrue(self._notices(other))

    def test_nobody_goes_before_thirty_days_from_the_notice(self):
        file = self._gone(months=30)
        self._run()
        self.assertFalse(file.purged_on, "the term is past, but nobody was told")
        self._told(file, self._ago(days=29))
        self._run()
        self.assertFalse(file.purged_on)
        self._told(file, self._ago(days=30))
        self._run()
        self.assertEqual(file.purged_on, self.today)

    def test_a_notice_of_a_day_to_come_ends_nothing(self):
        """The clock was wrong when it was given, or is now: thirty days count from that day."""
        file = self._gone(months=30)
        for days in (1, 31, 3650):
            self._told(file, self._ago(days=-days))
            self._run()
            with self.subTest(days=days):
                self.assertFalse(file.purged_on)
                self.assertEqual(self._row(file).status, "notice")
                self.assertEqual(self._row(file).date_purge, self._ago(days=-days - 30))

    def test_a_term_made_shorter_still_gives_thirty_days(self):
        self.program.retention_months = 36
        file = self._gone(months=30)
        self._run()
        self.assertEqual(self._row(file).status, "recent")
        self.program.retention_months = 1
        self.program.action_confirm_retention()
        self._run()
        self.assertFalse(file.purged_on)
        self.assertEqual(self._notices(file).date_deadline, self.today + timedelta(days=29))
        self.assertEqual(self._row(file).date_purge, self.today + timedelta(days=30))

    def test_who_is_gone_is_replaced_by_the_cover_or_the_coordinator(self):
        away, left = self._gone("Away"), self._gone("Left", user_id=self.other_accompanist.id)
        self.env["coworking.cover"].create(
            {
                "user_id": self.accompanist.id,
                "cover_user_id": self.sensitive.id,
                "date_from": self.today,
                "date_to": self.today,
            }
        )
        self.other_accompanist.active = False
        self._run()
        self.assertEqual(self._notices(away).user_id, self.sensitive)
        self.assertEqual(self._notices(left).user_id, self.coordinator)
        self.program.user_id = False
        later = self._gone("Later", user_id=self.other_accompanist.id)
        self._run()
        self.assertEqual(self._notices(later).user_id, self.accompanist, "of its team")

    def test_a_cover_who_is_gone_too_is_not_told(self):
        file = self._gone("Away")
        self.env["coworking.cover"].create(
            {
                "user_id": self.accompanist.id,
                "cover_user_id": self.other_accompanist.id,
                "date_from": self.today,
                "date_to": self.today,
            }
        )
        self.other_accompanist.active = False
        self._run()
        self.assertEqual(self._notices(file).user_id, self.accompanist)

    def test_a_reason_given_the_day_before_keeps_the_file_until_its_day(self):
        file = self._gone()
        self._told(file, self._ago(days=29))
        until = self.today + timedelta(days=60)
        dialog = file.with_user(self.accompanist).action_keep_data()
        self.env[dialog["res_model"]].with_user(self.accompanist).with_context(
            **dialog["context"]
        ).create({"kept_until": until, "reason": "Dispute about May"}).action_keep()
        self._told(file, self._ago(days=30))
        self._run()
        self.assertFalse(file.purged_on)
        self.assertFalse(self._notices(file))
        row = self._row(file)
        self.assertEqual((row.status, row.kept_reason), ("kept", "Dispute about May"))
        self.assertEqual(row.date_purge, until + timedelta(days=1))
        self.assertEqual(file.kept_by_id, self.accompanist)

    def test_a_reason_has_words_and_a_day_within_a_year(self):
        file = self._gone().with_user(self.accompanist)
        for until, reason, words in (
            (self.today, "Dispute", "a day to come"),
            (self.today + timedelta(days=400), "Dispute", "at the latest"),
            (self.today + timedelta(days=10), " ", "Say why"),
        ):
            with self.subTest(until=until, reason=reason), self.assertRefused(words):
                file._keep_data(until, reason)
        with self.assertRaises(AccessError):
            file.write({"kept_until": self.today + timedelta(days=3000), "kept_reason": "x"})
        with self.assertRaises(AccessError):
            file.with_user(self.other_accompanist)._keep_data(
                self.today + timedelta(days=10), "Not mine"
            )

    def test_who_takes_up_contact_again_after_the_notice_stays(self):
        file = self._gone()
        self._run()
        self.assertTrue(self._notices(file))
        file.message_post(body="I am back", author_id=file.partner_id.id)
        self._told(file, self._ago(days=31))
        self._run()
        self.assertFalse(file.purged_on)
        self.assertEqual(self._row(file).status, "recent")
        self.assertFalse(self._notices(file), "the notice has no object any more")

    def test_a_later_end_has_a_notice_of_its_own(self):
        file = self._gone()
        self._told(file, self._ago(months=5))
        file.sudo().write({"kept_until": self.today + timedelta(days=3), "kept_reason": "Dispute"})
        self.assertFalse(self._row(file).told)
        self._run()
        self.assertEqual(file.purge_notice_on, self.today)
        self.assertEqual(self._row(file).date_purge, self.today + timedelta(days=30))


class TestPurgedFile(EndOfDataCase):
    def setUp(self):
        super().setUp()
        self.file = self._gone(email="camille.martin@example.com")
        self._purge(self.file)

    def test_it_is_never_changed_reopened_or_moved(self):
        file = self.file.with_user(self.coordinator)
        for act in (
            lambda: file.write({"project": "New"}),
            lambda: file.write({"stage_id": self.stage["incubation"].id}),
            lambda: file._reopen_file(self.stage["incubation"], "Back"),
            lambda: file.sudo().write({"partner_id": self.manager.partner_id.id}),
            lambda: file.with_user(self.accompanist)._keep_data(
                self.today + timedelta(days=9), "Late"
            ),
        ):
            with self.assertRefused("was anonymised on"):
                act()
        self.assertFalse(file.purged_on is False)

    def test_nothing_is_added_to_it(self):
        with self.assertRefused("was anonymised on"):
            self._new_seat("1/7", "31/7", self.file, state="draft")
        with self.assertRefused("was anonymised on"):
            self.env["coworking.review"].create(
                {"participant_id": self.file.id, "date": self.today}
            )

    def test_its_contact_is_not_merged_into_another(self):
        other = self.env["res.partner"].create({"name": "Camille Martin"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        with self.assertRefused("was anonymised on"):
            wizard._merge((self.file.partner_id | other).ids, other)

    def test_who_comes_back_has_a_new_file(self):
        again = self._new_participant("Camille Martin", email="camille.martin@example.com")
        self.assertNotEqual(again.partner_id, self.file.partner_id)

    def test_the_log_says_what_went_and_is_never_changed(self):
        row = self.env["coworking.purge"].search([("participant_id", "=", self.file.id)])
        self.assertRecordValues(
            row,
            [
                {
                    "masked_name": "C****** M*****",
                    "masked_email": "c******.m*****@e******.com",
                    "rule": "file",
                    "months": 24,
                    "contact": "erased",
                    "last_contact": self._ago(25),
                }
            ],
        )
        self.assertTrue(row.record_count)
        with self.assertRaises(UserError):
            row.unlink()
        for query in (
            "UPDATE coworking_purge SET masked_name = 'x' WHERE id = %s",
            "DELETE FROM coworking_purge WHERE id = %s",
            "TRUNCATE coworking_purge",
        ):
            with (
                self.subTest(query=query),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError) as refused,
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query, [row.id] if "%s" in query else None)
            self.assertEqual(refused.exception.diag.constraint_name, "coworking_purge_kept")
        with self.assertRaises(AccessError):
            self.env["coworking.purge"].with_user(self.accompanist).search([])

    def test_a_second_run_does_nothing(self):
        count = self.env["coworking.purge"].search_count([])
        self._run()
        self.assertEqual(self.env["coworking.purge"].search_count([]), count)


class TestTermsConfirmed(EndOfDataCase):
    """Nobody's data ends on terms that nobody answered for."""

    def setUp(self):
        super().setUp()
        self.program.retention_confirmed_on = False

    def _register(self, **values):
        start = fields.Datetime.now() - timedelta(days=800)
        event = self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": start,
                "stop": start + timedelta(hours=1),
                "coworking_kind": "info_session",
                "coworking_program_id": self.program.id,
                "user_id": self.accompanist.id,
                **values,
            }
        )
        return self.env["coworking.attendance"].create(
            {"event_id": event.id, "name": "Odilon Rare", "email": "odilon@example.org"}
        )

    def test_nothing_ends_before_a_coordinator_confirms_the_terms(self):
        told, past, row = self._gone("Told"), self._gone("Past", 30), self._register()
        apart = self._register()
        self.env.flush_all()
        self.env.cr.execute(  # as an older database may hold it
            "UPDATE coworking_attendance SET program_id = NULL, company_id = NULL WHERE id = %s",
            [apart.id],
        )
        self.env.invalidate_all()
        confirmed = self.env["coworking.program"].search(
            [("company_id", "=", self.accompanist.company_id.id)]
        )
        confirmed.retention_confirmed_on = False
        self._purge(told)
        self.assertFalse(told.purged_on or row.purged_on or apart.purged_on)
        self.assertFalse(self._notices(told, past))
        # the dry run says what would happen
        self.assertEqual(self._row(past).status, "notice")
        self.assertFalse(self._row(past).is_confirmed)
        self.assertEqual(self.program.with_user(self.coordinator).registration_over_count, 1)

        self._row(past).with_user(self.coordinator).action_confirm()
        self.assertEqual(self.program.retention_confirmed_on, self.their_today)
        self.assertTrue(self.program._fields["retention_confirmed_on"].tracking, "who, when")
        self._run()
        self.assertTrue(self._notices(past))
        self.assertFalse(row.purged_on or apart.purged_on, "thirty days after the terms")
        self.program.retention_confirmed_on = self._ago(days=31)
        self._purge(told)
        self.assertTrue(told.purged_on and row.purged_on and apart.purged_on)

    def _end_apart(self, program):
        """As another engine does: by code, with transactions of its own."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            apart = program.with_env(self.env(cr=cr, user=SUPERUSER_ID, su=True, context={}))
            self.assertTrue(apart._work_apart())
        self.env.invalidate_all()

    def test_files_may_end_a_program_each_by_another_engine_after_all_registrations(self):
        long = {"date_start": "2015-01-01", "date_end": "2045-12-31"}
        elsewhere = {
            **dict.fromkeys(("copayment_product_id", "analytic_account_id"), False),
            **dict.fromkeys(("user_id", "accompanist_ids"), False),
            "company_id": self._new_company("Other Incubator").id,
        }
        programs = self.program.union(
            self._new_program("Second", "SECOND", **long),
            self._new_program("Far", "FAR", **long, **elsewhere),
            self._new_program("Nothing", "NOTHING", **long),
        )
        programs.retention_confirmed_on = "2015-01-01"
        first, second, far, nothing = programs
        files = [self._gone(program=one, user_id=False) for one in (first, second, far)]
        self._gone(program=nothing, months=1)
        row = self._register()
        for file in files:
            self._told(file, self._ago(days=31))
        handed = []
        with patch.object(
            self.registry["ir.cron"],
            "_hand_out",
            lambda cron, pieces: handed.append((pieces, bool(row.purged_on))) or True,
        ):
            self._run()
        self.assertEqual(handed, [(first | second | far, True)])
        for program, file in zip(programs, files, strict=False):
            self.assertFalse(file.purged_on)
            self._end_apart(program)
            self.assertTrue(file.purged_on)
        logged = self.env["coworking.purge"].sudo().search_count([])
        self._end_apart(first)
        self._run()
        self.assertEqual(self.env["coworking.purge"].sudo().search_count([]), logged)

    def test_one_process_ends_data_at_a_time_and_the_other_says_so(self):
        self.program.retention_confirmed_on = "2015-01-01"
        file = self._gone()
        self._told(file, self._ago(days=31))
        with (
            self.registry.cursor() as other,
            hold(other, "coworking_end_data"),
            self.assertLogs(coworking_participant_purge.__name__, logging.INFO) as logs,
        ):
            self.env["coworking.participant"]._cron_end_data()
        self.assertIn("another process is at it", logs.output[-1])
        self.assertFalse(file.purged_on)
        self._run()
        self.assertTrue(file.purged_on)

    def test_nobody_is_shown_a_day_before_the_terms_are_confirmed(self):
        file = self._gone()
        self.assertEqual(file.retention_status, "notice")
        self.assertFalse(file.date_purge)
        view = file.with_user(self.accompanist).get_view(view_type="form")
        form = etree.fromstring(view["arch"])
        (keep,) = form.xpath("//div[@role='status'][button[@name='action_keep_data']]")
        self.assertIn("not date_purge", keep.get("invisible"))
        self.program.action_confirm_retention()
        self.env.invalidate_all()
        self.assertEqual(file.date_purge, self.today + timedelta(days=30))

    def test_only_a_coordinator_confirms(self):
        with self.assertRaises(AccessError):
            self.program.with_user(self.accompanist).action_confirm_retention()

    def test_nothing_but_the_button_confirms(self):
        programs = self.env["coworking.program"].with_user(self.coordinator)
        program, confirmed = (
            programs.browse(self.program.id),
            {"retention_confirmed_on": self.today},
        )
        values = {
            "name": "New",
            "date_start": "2015-01-01",
            "date_end": "2045-12-31",
            "company_id": self.company.id,
        }
        silently = {f"default_{name}": value for name, value in confirmed.items()}
        programs.create({**values, "code": "OPEN"})  # as far as that goes
        for way in (
            lambda: program.write(confirmed),
            lambda: programs.create({**values, **confirmed, "code": "NEW"}),
            lambda: programs.with_context(**silently).create({**values, "code": "NEW"}),
            lambda: program.copy({**confirmed, "code": "NEW"}),
            lambda: program.with_context(**silently).copy({"code": "NEW"}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                way()
        loaded = programs.load(
            [".id", "retention_confirmed_on"], [[str(program.id), str(self.today)]]
        )
        self.assertFalse(loaded["ids"])
        self.assertFalse(self.program.retention_confirmed_on)
        program.action_confirm_retention()
        self.assertEqual(self.program.retention_confirmed_on, self.their_today)

    def test_other_terms_are_to_be_confirmed_again(self):
        program, file = self.program.with_user(self.coordinator), self._gone(months=13)
        program.action_confirm_retention()
        program.write({"retention_months": 24, "application_months": 12})
        self.assertTrue(program.retention_confirmed_on, "nothing changed")
        program.retention_months = 12
        self.assertFalse(program.retention_confirmed_on)
        self._purge(file)
        self.assertFalse(file.purged_on or self._notices(file))
        program.action_confirm_retention()
        program.application_months = 6
        self.assertFalse(program.retention_confirmed_on)
        program.action_confirm_retention()
        self._purge(file)
        self.assertTrue(file.purged_on)

    def test_a_copy_of_the_program_is_to_be_confirmed_again(self):
        self.program.action_confirm_retention()
        self.assertFalse(self.program.copy({"code": "COPY"}).retention_confirmed_on)

    def test_where_nobody_is_left_the_administrator_is_told_never_odoobot(self):
        self.program.action_confirm_retention()
        file = self._gone("Left Alone", user_id=self.other_accompanist.id)
        self.other_accompanist.active = False
        self.program.write({"user_id": False, "accompanist_ids": [Command.clear()]})
        self._run()
        self.assertEqual(self._notices(file).user_id, self.env.ref("base.user_admin"))

    def test_registrations_wait_thirty_days_beyond_their_term(self):
        self.program.write({"retention_confirmed_on": "2015-01-01"})
        row = self._register()
        start = fields.Datetime.now() - relativedelta(months=12) - timedelta(days=20)
        row.event_id.write({"start": start, "stop": start + timedelta(hours=1)})
        self.assertEqual(self.program.registration_over_count, 1)
        self._run()
        self.assertFalse(row.purged_on)
        start -= timedelta(days=11)
        row.event_id.write({"start": start, "stop": start + timedelta(hours=1)})
        self._run()
        self.assertTrue(row.purged_on)
