"""What is not ours asks our tables nothing, and is left as Odoo alone would leave it."""

import ast
import re
import sys
from pathlib import Path
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.sql_db import Cursor
from odoo.tests import Form, new_test_user
from odoo.tools import SQL

from ..common import JUNE, CoworkingCase

ROOT = Path(__file__).parents[2]
OURS = re.compile(r'\b(FROM|JOIN|INTO|UPDATE)\s+"?coworking_')


class UnrelatedCase(CoworkingCase):
    """A vendor who runs no space, a contact without a file: see ``benchmarks/neighbour.py``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Stationer"})
        cls._make_bill(cls).action_post()  # what is asked once is known from here on
        cls._begin_anew(cls)

    def _begin_anew(self):
        """As a transaction that finds ours, and made nothing of it."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.cache.pop("coworking_marking", None)

    def _make_bill(self, partner=None):
        line = {"name": "Paper", "price_unit": 10.0, "account_id": self.accounts["expense"].id}
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": (partner or self.vendor).id,
                "invoice_date": "2015-07-01",
                "invoice_line_ids": [Command.create({**line, "tax_ids": []}) for __ in range(3)],
            }
        )

    def _make_file(self, **values):
        return self.env["ir.attachment"].create({"name": "a.txt", "raw": b"a", **values})

    def assertNotAsked(self, work):
        """Our tables are asked nothing: the queries are those of Odoo alone."""
        result, asked = self._listen(work)
        self.assertEqual(asked, [])
        return result

    def _listen(self, work, wanted=OURS):
        """:return: what some work returns, and what our tables are asked meanwhile"""
        asked, execute = [], Cursor.execute

        def listen(cr, query, *args, **kwargs):
            text = query.code if isinstance(query, SQL) else str(query)
            if wanted.search(text):
                asked.append(text)
            return execute(cr, query, *args, **kwargs)

        self.env.flush_all()
        with patch.object(Cursor, "execute", listen):
            result = work()
            self.env.flush_all()
        return result, asked


class TestUnrelatedWork(UnrelatedCase):
    # Who runs a space; whether it is matched already and which file it came from, at once.
    asked_as_a_bill_is_posted = 2

    def test_the_bill_of_a_stranger_asks_our_tables_nothing(self):
        bill = self.assertNotAsked(self._make_bill)
        self.assertNotAsked(lambda: bill.write({"ref": "A-1", "narration": "Thanks"}))
        self.assertNotAsked(bill.action_post)
        self.assertNotAsked(bill.button_draft)
        self.assertNotAsked(bill.button_cancel)
        self.assertNotAsked(self._make_bill().unlink)

    def test_nor_does_their_credit_note_that_is_set_off_and_set_off_no_more(self):
        moves = self._make_bill() | self._make_bill()
        moves[0].move_type = "in_refund"
        moves.action_post()
        lines = moves.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        self._begin_anew()
        self.assertNotAsked(lines.reconcile)
        self._begin_anew()
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        self.assertTrue(partials)
        self.assertFalse(partials._coworking_get_notes())
        self.assertNotAsked(lines.remove_move_reconcile)

    def test_of_nothing_that_is_deleted_odoo_alone_is_asked(self):
        """Of a bill it deletes the reconciliations and analytic lines that it has not, some twenty
        times.
        """
        entered = set()

        def note(frame, event, _result):
            code = frame.f_code
            if event == "call" and "/coworking_" in code.co_filename and code.co_name != "unlink":
                entered.add(f"{Path(code.co_filename).name}: {code.co_name}")

        sys.setprofile(note)
        try:
            for name in ("analytic.line", "full.reconcile", "partial.reconcile"):
                self.env[f"account.{name}"].unlink()
        finally:
            sys.setprofile(None)
        self.assertEqual(entered, set())

    def test_a_bill_of_ours_is_posted_with_few_questions(self):
        self._new_seat("1/6")
        bill = self._bill(self._settle(JUNE))
        bill.invoice_date = "2015-07-01"
        self._begin_anew()
        _result, asked = self._listen(bill.action_post)
        self.assertEqual(len(asked), self.asked_as_a_bill_is_posted, asked)

    def test_the_number_of_a_bill_is_written_with_what_odoo_writes_of_it(self):
        self._new_seat("1/6")
        bill = self._bill(self._settle(JUNE))
        bill.write({"invoice_date": "2015-07-01", "ref": "F-1"})
        self._begin_anew()
        wanted = re.compile(r'UPDATE "account_move"\s+SET .*"coworking_supplier_ref" = ', re.DOTALL)
        _result, (written,) = self._listen(bill.action_post, wanted)
        self.assertIn('"state" = ', written)

    def test_a_contact_asks_our_tables_nothing(self):
        contact = self.assertNotAsked(lambda: self.env["res.partner"].create({"name": "Somebody"}))
        self.assertNotAsked(
            lambda: contact.write({"name": "Else", "email": "else@example.com", "city": "Lyon"})
        )

    def test_a_meeting_asks_our_tables_nothing(self):
        event = self.assertNotAsked(
            lambda: self.env["calendar.event"].create(
                {"name": "Meeting", "start": "2015-07-01 09:00", "stop": "2015-07-01 10:00"}
            )
        )
        self.assertNotAsked(
            lambda: event.write(
                {"name": "Meal", "location": "Lyon", "start": "2015-07-01 09:30", "active": False}
            )
        )

    def test_of_what_is_ours_on_a_record_the_mark_alone_is_read_with_it(self):
        marks = {"coworking_known", "coworking_has_file"}
        models = ("res.partner", "res.company", "res.users", "account.move", "account.move.line")
        for model in (*models, "ir.attachment"):
            with self.subTest(model=model):
                read = {
                    name
                    for name, field in self.env[model]._fields.items()
                    if name.startswith("coworking_") and field.prefetch is True
                }
                self.assertLessEqual(read, marks)

    def test_no_field_of_ours_follows_the_state_of_payment(self):
        """It follows from nearly all that Odoo writes of bills, which goes through what follows it
        at each step.
        """
        followers = self.registry.get_dependent_fields(
            self.env["account.move"]._fields["payment_state"]
        )
        ours = {str(field) for field in followers if "coworking" in str(field)}
        self.assertEqual(ours, set())

    def test_of_one_organisation_a_calendar_is_asked_nothing_of_ours_until_there_are_more(self):
        rules = self.env["ir.rule"].with_user(new_test_user(self.env, "stranger"))
        companies = self.registry["res.company"]
        with patch.object(companies, "_coworking_are_several", lambda companies: False):
            self.registry.clear_cache()
            self.assertNotIn("coworking", str(rules._compute_domain("calendar.event")))
        self.env["res.company"].create({"name": "Another"})
        self.assertIn("coworking", str(rules._compute_domain("calendar.event")))

    def test_custom_fields_of_meetings_are_those_that_odoo_finds(self):
        events = self.env["calendar.event"].with_user(self.accompanist)
        for name in ("location", "coworking_people"):
            self.patch(events._fields[name], "manual", True)
        described = events.fields_get(attributes=["manual"])
        custom = {name for name, what in described.items() if what["manual"]}
        self.assertEqual(events._get_custom_fields(), custom)
        self.assertLessEqual({"location", "coworking_people"}, custom)
        stranger = events.with_user(new_test_user(self.env, "stranger"))
        self.assertNotIn("coworking_people", stranger._get_custom_fields())

    def test_the_file_of_a_contact_asks_our_tables_nothing(self):
        file = self.assertNotAsked(
            lambda: self._make_file(res_model="res.partner", res_id=self.vendor.id)
        )
        self.assertNotAsked(lambda: file.write({"name": "b.txt"}))
        self.assertNotAsked(file.unlink)

    def test_an_administrator_of_odoo_makes_a_user(self):
        """The contact is made with the user, in the administrator's name: our marks on it are
        nobody's to write."""
        administrator = new_test_user(self.env, "administrator", groups="base.group_system")
        with Form(self.env["res.users"].with_user(administrator)) as form:
            form.name = "New Colleague"
            form.login = "new@example.com"
        self.assertEqual(form.record.partner_id.name, "New Colleague")


class TestUnrelatedRows(UnrelatedCase):
    """What PostgreSQL does for us where a row is not ours, and for whoever asks for one."""

    # An index costs whoever asks anything about bills: PostgreSQL weighs each as it plans.
    indexes = {
        "account_move": {
            "account_move_coworking_once",
            "account_move_coworking_supplier_ref_once",
        },
        "account_move_line": {
            "account_move_line__coworking_bill_line_id_index",
            "account_move_line_coworking_charge_idx",
            "account_move_line_coworking_seat_idx",
        },
    }

    def test_of_a_strangers_row_postgresql_calls_nothing_of_ours(self):
        bill, contact = self._make_bill(), self.env["res.partner"].create({"name": "Somebody"})
        file = self._make_file(res_model="res.partner", res_id=contact.id)
        for statement, record in (
            ("UPDATE account_move SET amount_total_signed = 7, state = 'cancel'", bill),
            ("UPDATE account_move_line SET price_total = price_total", bill.line_ids),
            ("DELETE FROM account_move", bill),
            ("UPDATE res_partner SET commercial_partner_id = commercial_partner_id", contact),
            ("UPDATE ir_attachment SET name = 'b.txt'", file),
            ("DELETE FROM ir_attachment", file),
        ):
            with self.subTest(statement):
                self.assertEqual(self._called(statement, record), [])

    def test_of_what_is_made_a_trigger_of_ours_is_told_whose_it_is(self):
        self.env.cr.execute(
            """SELECT tgname FROM pg_trigger
                WHERE tgrelid::regclass::text IN ('account_move', 'account_move_line',
                      'calendar_event', 'ir_attachment', 'mail_message', 'res_partner')
                  AND tgname LIKE 'coworking%' AND tgtype & 1 = 1 AND tgqual IS NULL"""
        )
        self.assertEqual(self.env.cr.fetchall(), [])

    def test_what_postgresql_prepares_as_any_bill_is_written_is_short(self):
        """Each part of a condition is prepared for each statement, whomever it is about: the rest
        is told by the function.
        """
        self.env.cr.execute(
            """SELECT tgname, pg_get_triggerdef(oid), array_length(tgattr::smallint[], 1)
                 FROM pg_trigger
                WHERE tgrelid = 'account_move'::regclass AND tgname LIKE 'coworking%'
                  AND tgtype & 1 = 1"""
        )
        for name, text, columns in self.env.cr.fetchall():
            with self.subTest(name):
                self.assertNotIn("ARRAY", text)
                self.assertLessEqual(text.count("DISTINCT"), 3)
                if " AFTER UPDATE " in text:
                    self.assertTrue(columns)

    def test_of_a_document_of_ours_the_triggers_are_called(self):
        bill = self._make_bill()
        self.env.flush_all()
        update = f"UPDATE account_move SET coworking_program_id = {self.program.id}"  # nosec B608
        self.assertEqual(self._called(update, bill), ["coworking_audit_u_trg"])
        cancel = "UPDATE account_move SET reversed_entry_id = id, state = 'cancel'"
        called = self._called(cancel, bill)
        self.assertIn("coworking_copayment_move_u_trg", called)

    def test_of_a_space_s_bill_nothing_is_called_that_is_for_invoices_of_participants(self):
        self._new_seat("1/6")
        bill = self._bill(self._settle(JUNE))
        update = "UPDATE account_move SET amount_total_signed = 7, state = 'posted'"
        called = self._called(update, bill)
        self.assertIn("coworking_over_move_trg", called)
        self.assertNotIn("coworking_copayment_move_u_trg", called)

    def _called(self, statement, records):
        """:return: the triggers of ours on a table of Odoo's that PostgreSQL says it called"""
        self.env.flush_all()
        with self.env.cr.savepoint(flush=False) as savepoint:
            self.env.cr.execute(
                f"EXPLAIN (ANALYZE) {statement} WHERE id = ANY(%s)",  # nosec B608 # of a test
                [records.ids],
            )
            plan = " ".join(line for (line,) in self.env.cr.fetchall())
            savepoint.rollback()
        return re.findall(r"Trigger (coworking_\w+)\b(?! on coworking_)", plan)

    def test_a_strangers_bill_that_goes_has_nothing_of_ours_looked_through(self):
        bill = self._make_bill()
        before = self._count_looks()
        bill.unlink()
        self.assertEqual(self._count_looks(), before)

    def _count_looks(self):
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT relname, seq_scan + COALESCE(idx_scan, 0) FROM pg_stat_xact_user_tables
                WHERE relname IN ('coworking_charge', 'coworking_statement')"""
        )
        return dict(self.env.cr.fetchall())

    def test_indexes_of_ours_on_bills_are_few_and_hold_no_strangers(self):
        for table, expected in self.indexes.items():
            self.env.cr.execute(
                """SELECT indexrelid::regclass::text,
                          COALESCE(pg_get_expr(indpred, indrelid), '') ~ 'coworking_'
                     FROM pg_index
                    WHERE indrelid = %s::regclass
                      AND indexrelid::regclass::text LIKE '%%coworking%%'""",
                [table],
            )
            found = dict(self.env.cr.fetchall())
            with self.subTest(table=table):
                self.assertLessEqual(found.keys(), expected)
                self.assertEqual([name for name, partial in found.items() if not partial], [])

    def test_postgresql_gives_up_at_once_on_the_condition_of_an_index_of_ours_on_bills(self):
        """It has each part of a query compared with a condition, as it is planned: into one that
        ``IS TRUE`` it does not look, and of a comparison it looks for the same column.
        """
        self.env.cr.execute(
            """SELECT indexrelid::regclass::text, pg_get_expr(indpred, indrelid) FROM pg_index
                WHERE indrelid IN ('account_move'::regclass, 'account_move_line'::regclass)
                  AND indexrelid::regclass::text LIKE '%coworking%'"""
        )
        found = dict(self.env.cr.fetchall())
        # See the field: each line that goes asks for it.
        del found["account_move_line__coworking_bill_line_id_index"]
        for name, condition in found.items():
            self.assertRegex(condition, r"IS TRUE\)$|^\(\w+ > 0\)$", name)

    def test_what_a_journal_has_by_state_and_payment_is_in_an_index_of_odoos(self):
        """So that drafts and what is due have none of ours: see ``IN_JOURNAL``."""
        self.env.cr.execute(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = 'account_move'::regclass AND indpred IS NULL"
        )
        found = " ".join(row for (row,) in self.env.cr.fetchall())
        self.assertIn("(journal_id, state, payment_state, move_type", found)


class TestKnown(UnrelatedCase):
    """What something of ours leads to is told from strangers, whoever made it and whenever."""

    def _new_workshop(self, **values):
        """A collective meeting of the 2nd of June with Alix on its list: the two."""
        event = self.env["calendar.event"].create(
            {
                "name": "Workshop",
                "start": "2015-06-02 09:00",
                "stop": "2015-06-02 10:00",
                "coworking_kind": "collective",
                "coworking_program_id": self.program.id,
                **values,
            }
        )
        attendance = self.env["coworking.attendance"].create(
            {"event_id": event.id, "participant_id": self._new_participant("Alix").id}
        )
        return event, attendance

    def test_whom_something_of_ours_leads_to_is_marked(self):
        self.assertTrue(self.space.operator_id.coworking_known)
        self.assertFalse(self.vendor.coworking_known)
        participant = self._new_participant("Alix")
        self._begin_anew()
        self.assertTrue(participant.partner_id.coworking_has_file)
        self.assertFalse(participant.partner_id.coworking_known)

    def test_what_is_written_by_sql_marks_as_well(self):
        self.env.cr.execute(
            "UPDATE coworking_space SET operator_id = %s WHERE id = %s",
            [self.vendor.id, self.space.id],
        )
        self._begin_anew()
        self.assertTrue(self.vendor.coworking_known)

    def test_what_keeps_a_file_marks_it(self):
        for model, name in self.env["coworking.kept"]._get_keepers():
            self.assertIn(name, self.env[model]._marks, model)

    def test_who_wants_no_mails_is_not_told_by_the_mark_and_its_next_address_is_blocked(self):
        self.vendor.coworking_no_mail = True
        self._begin_anew()
        self.assertFalse(self.vendor.coworking_known)
        self.vendor.email = "stationer@example.com"
        self.assertTrue(
            self.env["mail.blacklist"].search([("email", "=", "stationer@example.com")])
        )

    def test_a_bill_that_was_made_from_something_of_ours_is_known_for_it(self):
        self._new_seat("1/6")
        statement = self._settle(JUNE)
        bill = self._make_bill()
        self.assertFalse(bill.coworking_known)
        other = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.vendor.id,
                "coworking_statement_id": statement.id,
            }
        )
        entry = self.env["account.move"].create({"coworking_month_end": JUNE})
        self._begin_anew()
        for move in (other, entry):
            self.assertTrue(move.coworking_known)
        self.assertEqual(other._coworking_get_origins(), statement)
        self.assertFalse(bill._coworking_get_origins())

    def test_what_was_made_before_there_was_a_mark_is_known_once_it_is_updated(self):
        entry = self.env["account.move"].create({"coworking_month_end": JUNE})
        other = self._make_bill()
        self._forget_marks()
        self._mark_anew()
        self.assertTrue(entry.coworking_known)
        self.assertFalse(other.coworking_known)

    def _forget_marks(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move SET coworking_known = NULL")

    def _mark_anew(self):
        with patch.object(self.registry, "post_init", lambda do, *args: do(*args)):
            self.env["account.move"].init()
        self._begin_anew()

    def test_what_is_empty_by_its_type_is_not_known_for_it(self):
        names = ("checked", "coworking_match_version")  # a box, and a number
        empty, ticked, counted = (self._make_bill() for __ in range(3))
        self._forget_marks()
        for values in ((False, 0, empty.id), (True, 0, ticked.id), (False, 2, counted.id)):
            self.env.cr.execute(
                "UPDATE account_move SET checked = %s, coworking_match_version = %s WHERE id = %s",
                values,
            )
        with patch.object(self.registry["account.move"], "_known_by", names):
            self._mark_anew()
        known = (empty | ticked | counted).filtered("coworking_known")
        self.assertEqual(known, ticked | counted)

    def test_what_a_default_says_is_known_as_well(self):
        moves = self.env["account.move"].with_context(default_coworking_month_end=JUNE)
        entry = moves.create({"move_type": "entry"})
        self.assertTrue(entry.coworking_month_end)
        self.assertTrue(entry.coworking_known)

    def test_what_is_read_of_what_is_known_alone_is_what_makes_known(self):
        """Of each call ``filter_filled(records, *names)`` in a model of Odoo's."""
        read = {}
        for path in sorted((ROOT / "addons").glob("*/models/**/*.py")):
            tree = ast.parse(path.read_text())
            for node in tree.body:
                if isinstance(node, ast.ClassDef):
                    for model, name in self._find_filled(tree, node):
                        read.setdefault(model, set()).add(name)
        self.assertIn("coworking_match_version", read["account.move"])
        for model, names in read.items():
            self.assertLessEqual(names, set(self.env[model]._known_by))

    def _find_filled(self, tree, owner):
        """:return: (model, name) of each column that a class gives to ``filter_filled``"""
        constants = {
            node.targets[0].id: node.value
            for node in (*tree.body, *owner.body)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for call in ast.walk(owner):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "filter_filled":
                for given in call.args[1:]:
                    starred = isinstance(given, ast.Starred)
                    for name in constants[given.value.id].elts if starred else [given]:
                        yield ast.literal_eval(constants["_inherit"]), ast.literal_eval(name)

    def test_of_contacts_the_mark_tells_who_runs_a_space_alone(self):
        """It is public: other marks on people are nobody's."""
        leads = {
            name
            for model in self.registry
            for name, mark in getattr(self.env[model], "_marks", {}).items()
            if mark == "coworking_known"
            and self.env[model]._fields[name].comodel_name == "res.partner"
        }
        self.assertEqual(leads, {"operator_id"})
        self.assertFalse(hasattr(self.env["res.partner"], "_known_by"))

    def test_who_follows_a_record_of_ours_is_told_at_once(self):
        self.assertNotIn(self.vendor, self.space.message_partner_ids)  # read, and kept
        self.space.message_subscribe(self.vendor.ids)
        self.assertIn(self.vendor, self.space.message_partner_ids)
        self.space.message_unsubscribe(self.vendor.ids)
        self.assertNotIn(self.vendor, self.space.message_partner_ids)

    def test_who_follows_without_being_subscribed_is_told_at_once(self):
        """As Odoo has whoever is responsible follow."""
        file = self._new_participant("Alix")
        own = file.with_user(self.coordinator)
        self.assertNotIn(self.coordinator.partner_id, file.message_partner_ids)
        self.assertFalse(own.message_is_follower)
        self.env["mail.followers"]._insert_followers(
            file._name, file.ids, self.coordinator.partner_id.ids
        )
        self.assertIn(self.coordinator.partner_id, file.message_partner_ids)
        self.assertTrue(own.message_is_follower)

    def test_who_is_on_a_list_is_there_when_the_meeting_is_moved(self):
        event, attendance = self._new_workshop()
        event.write({"start": "2015-06-03 14:00", "stop": "2015-06-03 16:00"})
        self._begin_anew()
        self.assertEqual((str(attendance.date), attendance.duration), ("2015-06-03", 2))
        event.duration = 3
        self.assertEqual(attendance.duration, 3)

    def test_a_private_meeting_that_a_colleague_saw_as_busy_is_moved_with_its_list(self):
        event, attendance = self._new_workshop(privacy="private", user_id=self.accompanist.id)
        self._begin_anew()
        stranger = new_test_user(self.env, "stranger")
        self.assertFalse(event.with_user(stranger).coworking_kind)
        event.write({"start": "2015-06-03 14:00", "stop": "2015-06-03 16:00"})
        self._begin_anew()
        self.assertEqual((str(attendance.date), attendance.duration), ("2015-06-03", 2))
        self.env.invalidate_all()
        self.assertFalse(event.with_user(stranger).coworking_kind)

    def test_with_a_branch_its_company_is_known(self):
        company = self.env["res.partner"].create({"name": "Group", "is_company": True})
        self.space.operator_id.write({"is_company": False, "parent_id": company.id})
        self._begin_anew()
        self.assertEqual(self.space.operator_id.commercial_partner_id, company)
        self.assertTrue(company.coworking_known)

    def test_nobody_takes_a_mark_away(self):
        self.space.operator_id.write({"coworking_known": False, "city": "Lyon"})
        self._begin_anew()
        self.assertTrue(self.space.operator_id.coworking_known)
        self.assertEqual(self.space.operator_id.city, "Lyon")

    def test_the_bill_of_an_operator_is_matched_in_a_transaction_that_made_nothing_of_ours(self):
        self._new_seat("1/6")
        self._settle(JUNE)
        self._begin_anew()
        bill = self._make_bill(self.space.operator_id)
        self.assertTrue(self.env["coworking.match"].search([("move_id", "=", bill.id)]))
        self._begin_anew()
        self.assertTrue(bill.coworking_known)
        bill.unlink()
        self.assertFalse(self.env["coworking.match"].search([("move_id", "=", bill.id)]))

    def test_an_operator_made_in_the_same_transaction_is_known_at_once(self):
        self.assertFalse(self.vendor.coworking_known)  # read, and kept
        space = self.env["coworking.space"]
        self.space.operator_id = self.vendor
        self.assertIn(self.vendor, space._filter_operators(self.vendor))

    def test_a_sheet_that_was_signed_stays_in_a_transaction_that_made_nothing_of_ours(self):
        event, attendance = self._new_workshop()
        sheet = self._make_file(res_model="res.partner", res_id=self.vendor.id)
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO coworking_attendance_signature
                           (attendance_id, sheet_id, signer, signed_at)
                    VALUES (%s, %s, 'participant', now())""",
            [attendance.id, sheet.id],
        )
        self._begin_anew()
        for change in (lambda: sheet.write({"name": "b.txt"}), sheet.unlink):
            with self.assertRaisesRegex(UserError, "kept as evidence"):
                change()

    def test_what_is_called_as_a_person_follows_when_the_contact_is_renamed(self):
        participant = self._new_participant("Alix")
        self.assertEqual(participant.display_name, "Alix")
        self._begin_anew()
        self.assertEqual(participant.display_name, "Alix")  # read, and kept
        participant.partner_id.name = "Alex"
        self.assertEqual(participant.display_name, "Alex")
