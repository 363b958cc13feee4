"""Each rule that two people could break at the same moment, with two real transactions."""

import time
from concurrent.futures import ThreadPoolExecutor

from psycopg2 import DatabaseError
from psycopg2.errors import CheckViolation, SerializationFailure, UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.service.model import retrying

from ..common import JULY
from .common import JUNE, RaceCase


class TestPlaces(RaceCase):
    def test_a_person_never_has_two_seats_on_one_day(self):
        with self.transaction() as b:
            self.look(b)
            self.seats(0)
            with self.assertRaises(ValidationError) as caught:
                b["coworking.seat"].create(self.values(0, "small", date_start="2015-06-30"))
        self.assertIn("Race 0", str(caught.exception))
        self.assertEqual(self.count("coworking.seat"), 1)

    def test_nor_by_confirming_two_requests(self):
        first, second = self.seats(0, state="requested") + self.seats(
            0, space="small", state="requested"
        )
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.seat"].browse(first).action_confirm()
            with self.assertRaises(ValidationError):
                b["coworking.seat"].browse(second).action_confirm()
        self.assertEqual(self.count("coworking.seat", [("state", "=", "confirmed")]), 1)

    def test_the_last_place_is_given_once(self):
        """B cannot count what A took: it is told to start again, and then finds the space full."""
        with self.transaction() as b:
            self.look(b)
            self.seats(0, space="small")
            with self.assertRaises(SerializationFailure):
                b["coworking.seat"].create(self.values(1, "small"))
        with self.transaction() as b, self.assertRaises(ValidationError) as caught:
            b["coworking.seat"].create(self.values(1, "small"))
        self.assertIn("Race small", str(caught.exception))
        self.assertEqual(self.count("coworking.seat"), 1)

    def test_by_confirming_too(self):
        requests = self.seats(0, 1, space="small", state="requested")
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.seat"].browse(requests[0]).action_confirm()
            with self.assertRaises(SerializationFailure):
                b["coworking.seat"].browse(requests[1]).action_confirm()
        self.assertEqual(self.count("coworking.seat", [("state", "=", "confirmed")]), 1)

    def test_by_prolonging_too(self):
        early = self.seats(0, space="small", date_end="2015-06-10")
        with self.transaction() as b:
            self.look(b)
            self.seats(1, space="small", date_start="2015-06-11")
            with self.assertRaises(SerializationFailure):
                b["coworking.seat"].browse(early).date_end = "2015-06-11"

    def test_what_a_user_is_told_after_odoo_started_again(self):
        """The whole path of a request: 40001, a second try with a fresh view, words."""
        tries = []

        def confirm(env):
            tries.append(1)
            self.look(env)
            if len(tries) == 1:
                self.seats(0, space="small")
            env["coworking.seat"].create(self.values(1, "small"))

        with self.transaction() as b, self.assertRaises(ValidationError) as caught:
            retrying(lambda: confirm(b), b)
        self.assertEqual(len(tries), 2)
        self.assertIn("Race small", str(caught.exception))
        self.assertEqual(self.count("coworking.seat"), 1)

    def test_places_are_lowered_and_given_at_the_same_moment(self):
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                self.record(a, "small").seat_capacity = 0
            self.addCleanup(self._restore_places)
            with self.assertRaises(SerializationFailure):
                b["coworking.seat"].create(self.values(1, "small"))
        self.assertEqual(self.count("coworking.seat"), 0)

    def _restore_places(self):
        with self.commit() as env:
            self.record(env, "small").seat_capacity = 1

    def test_two_people_who_do_not_meet_do_not_disturb_each_other(self):
        """They are in two spaces."""
        with self.transaction() as b:
            self.look(b)
            self.seats(0, space="small")
            b["coworking.seat"].create(self.values(1, "large"))
            b.cr.commit()
        self.assertEqual(self.count("coworking.seat"), 2)


class TestOnce(RaceCase):
    def test_one_open_file_for_a_person_and_a_program(self):
        with self.transaction() as env:
            partner = self.record(env, "people")[0].partner_id.copy({"name": "Race twice"})
            env.cr.commit()
        self.addCleanup(self._forget, partner.id)
        values = {"partner_id": partner.id, "program_id": self.ids["program"][0]}
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.participant"].create(values)
            with self.assertRaises(UniqueViolation):
                b["coworking.participant"].create(values)
                b.flush_all()

    def _forget(self, partner_id):
        with self.commit() as env:
            env["coworking.participant"].search([("partner_id", "=", partner_id)]).unlink()
            env["res.partner"].browse(partner_id).unlink()

    def test_one_statement_for_a_space_a_program_and_a_month(self):
        values = {
            "program_id": self.ids["program"][0],
            "space_id": self.ids["large"][0],
            "date_from": JUNE,
        }
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.statement"].create(values)
            with self.assertRaises(UniqueViolation):
                b["coworking.statement"].create(values)
        self.assertEqual(self.count("coworking.statement"), 1)

    def test_one_charge_for_a_seat_a_month_and_a_kind(self):
        (seat_id,) = self.seats(0, state="requested")
        values = {
            "seat_id": seat_id,
            "period": JUNE,
            "date_from": JUNE,
            "date_to": "2015-06-30",
            "kind": "regular",
        }
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.charge"].create(values)
            with self.assertRaises(UniqueViolation):
                b["coworking.charge"].create(values)
        self.assertEqual(self.count("coworking.charge"), 1)

    def test_one_generation_of_a_month(self):
        """B waits for nobody and overwrites nothing: it is told to start again."""
        self.seats(0, 1)
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.statement"]._generate(self.record(a, "program"), JUNE)
            with self.assertRaises(SerializationFailure):
                b["coworking.statement"]._generate(self.record(b, "program"), JUNE)
        self.assertEqual(self.count("coworking.statement"), 1)
        self.assertEqual(self.count("coworking.charge"), 2)

    def test_a_space_that_another_generation_holds_is_left_to_it(self):
        self.seats(0)
        self.seats(1, space="small")
        with self.transaction() as a, self.transaction() as b:
            a["coworking.statement"]._generate(
                self.record(a, "program"), JUNE, self.record(a, "large")
            )
            a.flush_all()
            made = b["coworking.statement"]._generate(self.record(b, "program"), JUNE)
            self.assertEqual(made.space_id.ids, self.ids["small"])
            a.cr.commit()
            b.flush_all()
            b.cr.commit()
        self.assertEqual(self.count("coworking.statement"), 2)
        self.assertEqual(self.count("coworking.charge"), 2)

    def test_the_second_who_opens_a_month_is_told_what_the_first_is_making(self):
        self.seats(0, 1)
        self.seats(2, space="small")
        with self.transaction() as a, self.transaction() as b:
            self._open_month(a)
            told = self._open_month(b)
            self.assertEqual(told["res_model"], "coworking.month.run")
            run = b["coworking.month.run"].browse(told["res_id"])
            self.assertEqual((run.state, run.outcome), ("running", "Still to do: 2"))
            a.flush_all()
            a.cr.commit()
            b.flush_all()
            b.cr.commit()
            run.invalidate_recordset()
            self.assertTrue(run.action_work())
            self.assertEqual((run.state, run.todo_count), ("done", 0))
            self.assertEqual(len(self._shown(run)), 2)

    def test_the_second_makes_what_the_first_does_not_hold_and_is_told_of_the_rest(self):
        self.seats(0)
        self.seats(1, space="small")
        with self.transaction() as a, self.transaction() as b:
            self.record(a, "large")._lock_for_generation()
            told = self._open_month(b)
            run = b["coworking.month.run"].browse(told["res_id"])
            self.assertEqual(run.outcome, "Done for you: 1, Still to do: 1")
            b.flush_all()
            b.cr.commit()
            self.assertEqual(self._shown(run).space_id, self.record(b, "small"))

    def _shown(self, run):
        return run.env["coworking.statement"].search(run.action_open_statements()["domain"])

    def test_who_comes_right_after_the_first_sees_its_statements(self):
        self.seats(0)
        with self.transaction() as a, self.transaction() as b:
            self.look(b)
            self._open_month(a)
            a.flush_all()
            a.cr.commit()
            with self.assertRaises(SerializationFailure):  # Odoo starts the call again
                self._open_month(b)
            b.cr.rollback()
            b.invalidate_all()
            action = self._open_month(b)
            self.assertEqual(action["type"], "ir.actions.act_window")
            self.assertEqual(len(b["coworking.statement"].search(action["domain"])), 1)

    def _open_month(self, env):
        wizard = env["coworking.statement.generate"].create(
            {"program_ids": self.ids["program"], "date_from": JUNE}
        )
        return wizard.action_generate()

    def test_a_seat_changes_while_its_month_is_generated(self):
        """Whichever comes second sees it or is started again: no stale charge stays for ever."""
        (seat_id,) = self.seats(0)
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.seat"].browse(seat_id).date_end = "2015-06-15"
            try:
                b["coworking.statement"]._generate(self.record(b, "program"), JUNE)
                b.flush_all()
                b.cr.commit()
            except SerializationFailure:
                b.cr.rollback()
        with self.commit() as env:
            env["coworking.statement"]._generate(self.record(env, "program"), JUNE)
        with self.transaction() as env:
            charge = env["coworking.seat"].browse(seat_id).charge_ids
            self.assertEqual(charge.amount_total, 90.0)


class TestSettled(RaceCase):
    def _amount(self, charge_id):
        with self.transaction() as env:
            return env["coworking.charge"].browse(charge_id).payable_total

    def test_a_charge_is_not_rewritten_while_it_is_being_settled(self):
        (statement_id,) = self.statement()
        with self.transaction() as b:
            charge = b["coworking.statement"].browse(statement_id).charge_ids[0]
            with self.commit() as a:
                a["coworking.statement"].browse(statement_id).action_confirm()
            with self.assertRaises(SerializationFailure):
                charge.payable_total = 1.0
                charge.flush_recordset()
        self.assertEqual(self._amount(charge.id), 180.0)

    def test_nor_afterwards_by_any_path(self):
        (statement_id,) = self.statement("action_confirm")
        with self.transaction() as b:
            charge_id = b["coworking.statement"].browse(statement_id).charge_ids[0].id
        for act in (
            lambda env: env["coworking.charge"].browse(charge_id).write({"payable_total": 1.0}),
            lambda env: env.cr.execute(
                "UPDATE coworking_charge SET payable_total = 1 WHERE id = %s", [charge_id]
            ),
            lambda env: env.cr.execute("DELETE FROM coworking_charge WHERE id = %s", [charge_id]),
        ):
            with self.transaction() as env, self.assertRaises(CheckViolation):
                act(env)
                env.flush_all()
        self.assertEqual(self._amount(charge_id), 180.0)

    def test_it_is_confirmed_once(self):
        (statement_id,) = self.statement()
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.statement"].browse(statement_id).action_confirm()
            with self.assertRaises(SerializationFailure):
                b["coworking.statement"].browse(statement_id).action_confirm()
                b.flush_all()

    def test_it_is_not_generated_anew_while_it_is_being_settled(self):
        """What was confirmed is what the bill will say."""
        (statement_id,) = self.statement()
        with self.commit() as env:
            seat = env["coworking.statement"].browse(statement_id).charge_ids.seat_id[0]
            seat.date_end = "2015-06-15"
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                statement = a["coworking.statement"].browse(statement_id)
                statement.action_confirm()  # the lines have changed: it asks to look again
                statement.action_confirm()
            with self.assertRaises(SerializationFailure):
                b["coworking.statement"]._generate(self.record(b, "program"), JUNE)
                b.flush_all()
        with self.transaction() as env:
            statement = env["coworking.statement"].browse(statement_id)
            self.assertEqual((statement.state, statement.payable_total), ("confirmed", 270.0))

    def test_a_fact_that_changes_meanwhile_is_not_lost(self):
        """Whoever comes second begins again, and sees that the month is settled."""
        (statement_id,) = self.statement()
        with self.transaction() as b:
            seat = b["coworking.statement"].browse(statement_id).charge_ids.seat_id[0]
            self.look(b)
            with self.commit() as a:
                a["coworking.statement"].browse(statement_id).action_confirm()
            with self.assertRaises(SerializationFailure):
                seat.date_end = "2015-06-15"
                b.flush_all()


class TestBilledOnce(RaceCase):
    def _bills(self, statement_id, *types):
        with self.transaction() as env:
            return env["account.move"].search_count(
                [("coworking_statement_id", "=", statement_id), ("move_type", "in", types)]
            )

    def _race(self, action, *types, expected):
        (statement_id,) = self.statement("action_confirm")
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                getattr(a["coworking.statement"].browse(statement_id), action)()
            # Whichever Odoo writes first: the document, or what is said of its statement.
            with self.assertRaises(DatabaseError) as caught:
                getattr(b["coworking.statement"].browse(statement_id), action)()
                b.flush_all()
        self.assertIsInstance(caught.exception, UniqueViolation | SerializationFailure)
        with self.transaction() as b, self.assertRaises(UserError):
            getattr(b["coworking.statement"].browse(statement_id), action)()
        self.assertEqual(self._bills(statement_id, *types), expected)

    def test_two_accountants_make_the_bill_at_the_same_moment(self):
        self._race("action_create_bill", "in_invoice", expected=1)

    def test_two_accountants_invoice_the_participants_at_the_same_moment(self):
        self._race("action_create_copayment_invoices", "out_invoice", expected=2)

    def _make_correction(self):
        """June's invoice of one person is posted; July's, which gives half of it back, is not.

        :return: ids of both
        """
        (june_id,) = self.statement(
            "action_confirm", "action_create_copayment_invoices", people=(0,)
        )
        self.addCleanup(self._remove_invoices)
        with self.commit() as env:
            june = env["coworking.statement"].browse(june_id)
            invoice = june.copayment_invoice_ids
            invoice.invoice_date = "2015-07-02"
            invoice.action_post()
            june.charge_ids.seat_id.write({"date_start": "2015-06-16", "date_end": "2015-07-31"})
            july = env["coworking.statement"]._generate(self.record(env, "program"), JULY)
            july.action_confirm()
            july.action_create_copayment_invoices()
            correction = july.copayment_invoice_ids
            correction.invoice_date = "2015-08-02"
            return invoice.id, correction.id

    def _remove_invoices(self):
        """The last first: what counts on others goes before them."""
        with self.commit() as env:
            made = env["account.move"].search(
                [
                    ("coworking_statement_id.program_id", "in", self.ids["program"]),
                    ("move_type", "=", "out_invoice"),
                ]
            )
            for move in (made | made.reversal_move_ids).sorted("id", reverse=True):
                if move.state == "posted":
                    move.button_draft()
                move.with_context(force_delete=True).unlink()

    def _credit(self, env, invoice_id):
        note = (
            env["account.move"]
            .browse(invoice_id)
            ._reverse_moves([{"invoice_date": "2015-08-01", "date": "2015-08-01"}])
        )
        note.invoice_line_ids.price_unit = 18.0
        note.action_post()
        env.flush_all()
        return note

    def test_a_part_that_is_credited_while_it_is_corrected_is_given_back_once(self):
        invoice_id, correction_id = self._make_correction()
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                self._credit(a, invoice_id)
            with self.assertRaises(SerializationFailure):
                b["account.move"].browse(correction_id).action_post()
                b.flush_all()
        with self.transaction() as b, self.assertRaises(UserError):
            b["account.move"].browse(correction_id).action_post()

    def test_a_part_that_is_corrected_while_it_is_credited_is_looked_at_again(self):
        invoice_id, correction_id = self._make_correction()
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["account.move"].browse(correction_id).action_post()
            with self.assertRaises(SerializationFailure):
                self._credit(b, invoice_id)

    def test_a_credit_note_that_is_taken_back_while_an_invoice_counts_on_it_stays(self):
        invoice_id, correction_id = self._make_correction()
        with self.commit() as env:
            note_id = self._credit(env, invoice_id).id
            correction = env["account.move"].browse(correction_id)
            july = correction.coworking_statement_id
            correction.button_cancel()
            july.action_create_copayment_invoices()
            again = july.copayment_invoice_ids - correction
            again.invoice_date = "2015-08-02"
            again_id = again.id
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["account.move"].browse(again_id).action_post()
            with self.assertRaises(SerializationFailure):
                b["account.move"].browse(note_id).button_draft()
        with self.transaction() as b, self.assertRaises(UserError):
            b["account.move"].browse(note_id).button_draft()

    def test_two_accountants_pay_the_same_bill_at_the_same_moment(self):
        """The second is told so; or starts again, and sees what the first has done."""
        (statement_id,) = self.statement("action_confirm", "action_create_bill")
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                bill = a["account.move"].search([("coworking_statement_id", "=", statement_id)])
                bill._coworking_claim_and_refuse()
                second = b["account.move"].browse(bill.id)
                (refusal,) = second._coworking_claim_and_refuse().values()
                self.assertIn("Somebody else", refusal)
            with self.assertRaises(SerializationFailure):
                second._coworking_claim_and_refuse()

    def test_the_confirmation_is_withdrawn_while_the_bill_is_made(self):
        (statement_id,) = self.statement("action_confirm")
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.statement"].browse(statement_id).action_create_bill()
            with self.assertRaises(SerializationFailure):
                b["coworking.statement"].browse(statement_id).action_withdraw()
                b.flush_all()

    def test_the_bill_is_made_while_the_confirmation_is_withdrawn(self):
        (statement_id,) = self.statement("action_confirm")
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.statement"].browse(statement_id).action_withdraw()
            with self.assertRaises(SerializationFailure):
                b["coworking.statement"].browse(statement_id).action_create_bill()
                b.flush_all()
        self.assertEqual(self._bills(statement_id, "in_invoice"), 0)


class TestOneOrder(RaceCase):
    """Two people confirm, bill or invoice the same months, each in another order: the one who waits
    for the first of them holds none of the others, and neither waits for who waits for them.
    """

    def _check_order(self, action, *before):
        self.seats(0, 1)
        self.seats(2, space="small")
        with self.commit() as env:
            statements = env["coworking.statement"]._generate(self.record(env, "program"), JUNE)
            for step in before:
                getattr(statements, step)()
            first, last = statements.sorted("id").ids
        with (
            self.transaction() as colleague,
            self.transaction() as env,
            ThreadPoolExecutor(1) as pool,
        ):
            locking = "SELECT FROM coworking_statement WHERE id = %s FOR NO KEY UPDATE"
            colleague.cr.execute(locking, [first])
            months = env["coworking.statement"].browse([last, first])
            acting = pool.submit(lambda: (getattr(months, action)(), env.flush_all()))
            while not self._is_waiting(colleague, env):
                self.assertFalse(acting.done(), "it does not wait for its colleague")
                time.sleep(0.02)
            colleague.cr.execute(f"{locking} NOWAIT", [last])
            colleague.cr.execute(
                "SELECT FROM coworking_charge WHERE statement_id = %s FOR UPDATE NOWAIT", [last]
            )
            colleague.cr.rollback()
            acting.result()

    def _is_waiting(self, watching, env):
        pid = env.cr.connection.info.backend_pid
        watching.cr.execute("SELECT CARDINALITY(pg_blocking_pids(%s))", [pid])
        return watching.cr.fetchone()[0]

    def test_months_are_confirmed_in_one_order(self):
        self._check_order("action_confirm")

    def test_months_are_billed_in_one_order(self):
        self._check_order("action_create_bill", "action_confirm")

    def test_months_are_invoiced_in_one_order(self):
        self._check_order("action_create_copayment_invoices", "action_confirm")


class TestMatches(RaceCase):
    def _free_match(self):
        """A billed statement of one seat, whose match leaves 30.00 of both sides."""
        statement = self.statement("action_confirm", "action_create_bill", people=(0,))
        with self.commit() as env:
            match = env["coworking.statement"].browse(statement).match_ids
            match.write({"expected": 150.0, "invoiced": 150.0})
            return match.id

    def test_what_is_left_of_a_charge_is_matched_once(self):
        first = self._free_match()
        rest = {"move_line_id": False, "expected": 30.0, "invoiced": 0.0}
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.match"].browse(first).copy(rest)
            with self.assertRaises(SerializationFailure):
                b["coworking.match"].browse(first).copy(rest)
                b.flush_all()

    def test_what_is_left_of_a_bill_line_is_matched_once(self):
        first = self._free_match()
        rest = {"charge_id": False, "expected": 0.0, "invoiced": 30.0}
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.match"].browse(first).copy(rest)
            with self.assertRaises(SerializationFailure):
                b["coworking.match"].browse(first).copy(rest)
                b.flush_all()


class TestMarks(RaceCase):
    """That somebody has a file stays marked, whatever ends while another one is made."""

    def setUp(self):
        super().setUp()
        with self.commit() as env:
            file = env["coworking.participant"].create(
                self._file(partner_name="Race passing", active=False)
            )
            self.file_id, self.contact_id = file.id, file.partner_id.id
        self.addCleanup(self._forget)

    def _forget(self):
        with self.commit() as env:
            contact = env["res.partner"].browse(self.contact_id)
            contact.with_context(active_test=False).coworking_participant_ids.unlink()
            contact.unlink()

    def _file(self, **values):
        return {"program_id": self.ids["program"][0], "user_id": False, **values}

    def test_a_file_that_is_made_while_the_last_one_goes_is_begun_again(self):
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.participant"].browse(self.file_id).unlink()
            with self.assertRaises(SerializationFailure):
                b["coworking.participant"].create(self._file(partner_id=self.contact_id))

    def test_the_mark_does_not_go_while_a_file_is_made(self):
        with self.commit() as env:
            env.cr.execute("DELETE FROM coworking_participant WHERE id = %s", [self.file_id])
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.participant"].create(self._file(partner_id=self.contact_id))
            with self.assertRaises(SerializationFailure):
                b["res.partner"].browse(self.contact_id)._coworking_forget_files()
