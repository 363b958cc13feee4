"""What the purge reaches, and what it leaves: searched in the whole database."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.tools import mute_logger

from odoo.addons.coworking_incubation.models.trust.eraser import Eraser

from .canary import find_in_filestore
from .purge_case import EMAIL, NAME, PHONES, WORDS, PurgeCase


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
        self.assertEqual(self._found(), set())
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

    def test_names_of_bill_files_and_of_others_objectives_are_masked(self):
        bill = self.env["coworking.invoice.file"]._receive_file(
            "facture_Zephyrine_Quatrebarbes_juin.pdf", b"%PDF-1.4 x", source="upload"
        )
        other = self.env["coworking.invoice.file"]._receive_file(
            "facture_Zephyrine_Quatrebarbesson.pdf", b"%PDF-1.4 y", source="upload"
        )
        goal = self.env["coworking.objective"].create(
            {
                "participant_id": self._new_participant("Paul Martin").id,
                "name": f"Sell with {NAME}",
            }
        )
        self._make_old()
        self._purge(self.person)
        self.assertEqual(goal.name, "Sell with […]")
        self.assertEqual(bill.name, "facture_[…]_juin.pdf")
        self.assertEqual(other.name, "facture_Zephyrine_Quatrebarbesson.pdf")

    def test_the_copy_of_a_file_on_its_bill_is_no_longer_named_after_the_person(self):
        self._new_seat("1/7", "31/7", "Paul Martin")
        bill = self._bill(self._settle(fields.Date.to_date("2015-07-01")))
        foreign = bill.copy({"coworking_statement_id": False})
        copies = self.env["ir.attachment"].create(
            [
                {
                    "name": f"{NAME} juin.txt",
                    "res_model": move._name,
                    "res_id": move.id,
                    "raw": b"x",
                }
                for move in (bill, foreign)
            ]
        )
        self._make_old()
        read, mask = [], Eraser._mask

        def note(eraser, rows, places, alone):
            read.extend(row_id for number, row_id, *__ in rows if places[number][0] == table)
            mask(eraser, rows, places, alone)

        table = copies._table
        with patch.object(Eraser, "_mask", note):
            self._purge(self.person)
        self.assertEqual({*read} & {*copies.ids}, {copies[0].id})
        self.assertEqual(copies.mapped("name"), ["[…] juin.txt", f"{NAME} juin.txt"])
        self.assertEqual(copies[0].raw, b"x")

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
        self.assertFalse(self.contact.coworking_has_file)
        self.assertEqual(
            {table for table, __ in self._found() if table.startswith("coworking_")}, set()
        )

    def test_of_a_file_deleted_by_hand_the_contact_keeps_no_mark(self):
        file = self._new_participant("Alix")
        contact = file.partner_id
        other = self._new_participant(
            "Alix", self._new_program("Other", "OTHER"), partner_id=contact.id
        )
        for gone, is_left in ((file, True), (other, False)):
            gone.with_user(self.coordinator).unlink()
            self.env.invalidate_all()
            self.assertEqual(contact.coworking_has_file, is_left)

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
        bad, *good = (self._gone(f"{name} One") for name in ("Bad", "Good", "Better", "Best"))
        self._make_old()
        real, tried = Eraser.erase_files, []

        def erase(eraser, files, over):
            tried.append(len(files))
            if bad in files:
                raise RuntimeError("broken")
            real(eraser, files, over)

        with (
            patch.object(Eraser, "erase_files", erase),
            mute_logger(
                "odoo.addons.coworking_incubation.models.trust.coworking_participant_purge"
            ),
        ):
            self._purge(bad, *good)
        self.assertEqual(tried, [4, 2, 1, 1, 2], "by halves")
        self.assertTrue(all(file.purged_on for file in good))
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
