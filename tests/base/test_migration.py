"""A database of an earlier version, once updated, is as if it had been made by this one."""

import base64
import importlib.util
from datetime import timedelta

from odoo import Command, fields
from odoo.modules.module import get_module_path

from ..common import JULY, CoworkingCase


def load(version, name):
    path = f"{get_module_path('coworking_incubation')}/migrations/{version}/{name}.py"
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def migrate(cr, version, name="post-migration"):
    load(version, name).migrate(cr, version)


class TestFrom1900100(CoworkingCase):
    def test_bills_made_before_are_matched_with_their_charges_once(self):
        self._new_seat("1/6", "31/7")
        self._new_seat("16/6", "31/7", "Farid")
        statement = self._settle()
        bill = self._bill(statement)
        fields_seen = ("charge_id", "move_line_id", "origin", "expected", "invoiced", "decision")
        before = statement.match_ids.mapped(lambda match: [match[name] for name in fields_seen])
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM coworking_match WHERE move_id = %s", [bill.id])
        self.env.invalidate_all()
        for __ in range(2):
            migrate(self.env.cr, "19.0.1.1.0")
            self.env.invalidate_all()
            self.assertEqual(
                statement.match_ids.mapped(lambda match: [match[name] for name in fields_seen]),
                before,
            )
        self.assertEqual(statement.state, "billed")

    def test_a_received_bill_that_was_matched_first_gives_way_to_the_one_made_before(self):
        """As the demonstration's, which is loaded before."""
        seat = self._new_seat("1/6", "31/7")
        statement = self._settle()
        bill = self._bill(statement)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM coworking_match WHERE move_id = %s", [bill.id])
        self.env.invalidate_all()
        received = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.space.operator_id.id,
                "invoice_date": "2015-07-03",
                "ref": "F-1",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": f"{seat.name} juin 2015",
                            "price_unit": 180.0,
                            "account_id": self.accounts["expense"].id,
                            "tax_ids": [],
                        }
                    )
                ],
            }
        )
        self.assertEqual(statement.match_ids.move_id, received)
        for __ in range(2):
            migrate(self.env.cr, "19.0.1.1.0")
            self.env.invalidate_all()
            self.assertRecordValues(
                statement.match_ids.sorted(lambda match: match.move_id.id),
                [
                    {"move_id": bill.id, "expected": 180.0, "origin": "generated"},
                    {"move_id": received.id, "expected": 0.0, "origin": "received"},
                ],
            )

    def test_a_cancelled_bill_stays_without_matches(self):
        self._new_seat("1/6", "31/7")
        statement = self._settle()
        self._bill(statement).button_cancel()
        migrate(self.env.cr, "19.0.1.1.0")
        self.assertFalse(statement.match_ids)

    def test_indexes_that_no_search_uses_are_dropped(self):
        self.env.cr.execute(
            """CREATE INDEX IF NOT EXISTS coworking_charge__company_id_index
                   ON coworking_charge (company_id);
               CREATE INDEX IF NOT EXISTS coworking_charge__state_index
                   ON coworking_charge (state)"""
        )
        migrate(self.env.cr, "19.0.1.1.0")
        self.env.cr.execute(
            """SELECT indexname FROM pg_indexes WHERE indexname IN
               ('coworking_charge__company_id_index', 'coworking_charge__state_index')"""
        )
        self.assertFalse(self.env.cr.fetchall())

    def test_people_expected_at_a_meeting_have_the_place_they_hold(self):
        start = fields.Datetime.now() + timedelta(days=30)
        meeting = self.env["calendar.event"].create(
            {
                "name": "Information meeting",
                "start": start,
                "stop": start + timedelta(hours=2),
                "coworking_kind": "info_session",
                "coworking_program_id": self.program.id,
                "coworking_capacity": 3,
                "coworking_attendance_ids": [
                    Command.create({"name": "Camille Exemple"}),
                    Command.create({"name": "Farid Exemple"}),
                ],
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coworking_attendance SET place = NULL WHERE event_id = %s", [meeting.id]
        )
        self.env.invalidate_all()
        migrate(self.env.cr, "19.0.1.1.0")
        self.assertEqual(sorted(meeting.coworking_attendance_ids.mapped("place")), [1, 2])

    def test_requirements_lead_to_where_they_are_settled_unless_somebody_said_where(self):
        def ref(name):
            return self.env.ref(f"coworking_incubation.coworking_{name}")

        mine = ref("participant_action")
        seat, objective = (
            ref("requirement_incubation_seat"),
            ref("requirement_incubation_objective"),
        )
        seat.action_id = False
        objective.action_id = mine
        migrate(self.env.cr, "19.0.1.1.0")
        self.assertEqual(seat.action_id, ref("seat_action_file"))
        self.assertEqual(objective.action_id, mine)

    def test_a_requirement_deleted_by_a_coordinator_is_not_missed(self):
        self.env.ref("coworking_incubation.coworking_requirement_incubation_seat").unlink()
        migrate(self.env.cr, "19.0.1.1.0")
        self.assertFalse(
            self.env.ref("coworking_incubation.coworking_requirement_incubation_seat", False)
        )

    def test_signatures_noted_before_are_in_the_history_once(self):
        picture = b"\x89PNG\r\n\x1a\n"
        event = self.env["calendar.event"].create(
            {
                "name": "Workshop",
                "start": "2015-06-10 07:00:00",
                "stop": "2015-06-10 09:00:00",
                "coworking_kind": "collective",
                "coworking_program_id": self.program.id,
                "coworking_attendance_ids": [
                    Command.create({"name": "Camille", "signed_at": "2015-06-10 09:00:00"})
                ],
            }
        )
        attendance = event.coworking_attendance_ids
        self.env["ir.attachment"].create(
            {
                "name": "signature",
                "res_model": attendance._name,
                "res_field": "signature",
                "res_id": attendance.id,
                "raw": picture,
            }
        )
        for __ in range(2):
            migrate(self.env.cr, "19.0.1.1.0")
            self.env.invalidate_all()
            kept = attendance.signature_ids
            self.assertRecordValues(
                kept, [{"name": "Camille", "signer": "participant", "how": False}]
            )
            self.assertEqual(kept.signed_at, attendance.signed_at)
            self.assertEqual(base64.b64decode(kept.image), picture)


class TestFrom1900110(CoworkingCase):
    def test_a_billed_month_has_the_operator_of_its_bill(self):
        seat = self._new_seat("1/6", "31/7")
        billed, confirmed = self._settle(), self._settle(JULY)
        old = billed.operator_id
        self._bill(billed)
        new = self.env["res.partner"].create({"name": "New operator", "is_company": True})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coworking_statement SET operator_id = %s WHERE space_id = %s",
            [new.id, seat.space_id.id],
        )
        migrate(self.env.cr, "19.0.1.2.0", "post-operator")
        self.env.invalidate_all()
        self.assertEqual(billed.operator_id, old)
        self.assertEqual(confirmed.operator_id, new)

    def test_settled_charges_have_the_operator_and_the_tax_of_their_bill(self):
        seat = self._new_seat("1/6", "31/7")
        billed = self._settle()
        self._bill(billed)
        seat.date_start = "2015-06-16"
        confirmed = self._settle(JULY)
        charges = (billed | confirmed).charge_ids
        names = ("operator_id", "tax_id", "tax_rate", "corrected_kind")
        before = [[charge[name] for name in names] for charge in charges]
        self.assertEqual(set(charges.mapped("corrected_kind")), {False, "regular"})
        self.space.operator_id = self.env["res.partner"].create(
            {"name": "New operator", "is_company": True}
        )
        self._forget_columns_of_settled(charges)
        self.env.cr.execute(
            "UPDATE coworking_statement SET operator_id = %s WHERE id = %s",
            [self.space.operator_id.id, billed.id],
        )
        for __ in range(2):
            migrate(self.env.cr, "19.0.1.2.0", "pre-corrections")
            self.env.invalidate_all()
            self.assertEqual([[charge[name] for name in names] for charge in charges], before)

    def _forget_columns_of_settled(self, charges):
        """As 19.0.1.1.0 had them, when nothing of them was kept."""
        self.env.flush_all()
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.env.cr.execute(
            """ALTER TABLE coworking_charge
                   DROP CONSTRAINT coworking_charge_corrected_kind_iff_adjustment,
                   DISABLE TRIGGER USER"""
        )
        self.env.cr.execute(
            """UPDATE coworking_charge
                  SET corrected_kind = NULL, operator_id = NULL, tax_id = NULL, tax_rate = NULL
                WHERE id = ANY (%s)""",
            [charges.ids],
        )
        self.env.invalidate_all()

    def test_a_billed_month_has_the_fiscal_position_of_its_bill(self):
        self._new_seat("1/6", "31/7")
        billed, confirmed = self._settle(), self._settle(JULY)
        bill = self._bill(billed)
        own, todays = self.env["account.fiscal.position"].create(
            [{"name": "293 B"}, {"name": "Taxable"}]
        )
        bill.fiscal_position_id = own
        self.space.operator_id.property_account_position_id = todays
        (billed | confirmed).fiscal_position_id = False
        self.env.flush_all()
        load("19.0.1.2.0", "post-corrections").keep_fiscal_positions(self.env[billed._name])
        self.assertEqual(billed.fiscal_position_id, own)
        self.assertEqual(confirmed.fiscal_position_id, todays)

    def test_what_is_to_be_checked_is_taken_over_once(self):
        person = self._new_participant()
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE coworking_participant ADD COLUMN recheck_from date")
        self.env.cr.execute(
            "UPDATE coworking_participant SET recheck_from = '2015-06-01' WHERE id = %s",
            [person.id],
        )
        migrate(self.env.cr, "19.0.1.2.0", "post-corrections")
        self.env.invalidate_all()
        self.assertEqual(person.pending_changes, 1)
        self.env.cr.execute("ALTER TABLE coworking_participant DROP COLUMN recheck_from")
        migrate(self.env.cr, "19.0.1.2.0", "post-corrections")

    def test_a_month_whose_bill_was_taken_back_may_be_billed_again(self):
        self._new_seat("1/6", "31/7")
        statement, kept = self._settle(), self._settle(JULY)
        for bill in self._bill(statement) | self._bill(kept):
            bill.write({"invoice_date": "2015-08-03", "ref": f"F{bill.id}"})
            bill.action_post()
        statement.bill_id._reverse_moves([{"invoice_date": "2015-08-04"}], cancel=True)
        statement.state = "billed"
        self.env.flush_all()
        migrate(self.env.cr, "19.0.1.2.0", "post-taken-back")
        self.env.invalidate_all()
        self.assertEqual((statement | kept).mapped("state"), ["confirmed", "billed"])

    def _receive_bill(self):
        """A month, and the bill of it that its operator made itself."""
        self._new_seat("1/6", "30/6")
        statement = self._settle()
        values = self._bill(statement).copy_data({"invoice_date": "2015-08-03", "ref": "F1"})
        statement.bill_id.unlink()
        bill = self.env["account.move"].create(values)
        bill.action_post()
        return statement, bill

    def test_so_may_one_whose_operator_took_its_own_bill_back(self):
        statement, bill = self._receive_bill()
        self.assertEqual(statement.state, "billed")
        bill._reverse_moves([{"invoice_date": "2015-08-04"}], cancel=True)
        statement.state = "billed"
        self.env.flush_all()
        migrate(self.env.cr, "19.0.1.2.0", "post-taken-back")
        self.env.invalidate_all()
        self.assertEqual(statement.state, "confirmed")

    def test_what_is_left_to_bill_beside_the_bill_of_one_operator_may_be_billed(self):
        seat = self._new_seat("1/6", "31/7")
        self._settle()
        old, new = self.space.operator_id, self.env["res.partner"].create({"name": "New"})
        self.space.operator_id = new
        seat.date_start = "2015-06-16"
        july = self._settle(JULY)
        july.action_create_bill()
        july.bill_ids.filtered(lambda bill: bill.partner_id == old).button_cancel()
        july.state = "billed"
        self.env.flush_all()
        migrate(self.env.cr, "19.0.1.2.0", "post-taken-back")
        self.env.invalidate_all()
        self.assertEqual(july.state, "confirmed")

    def test_what_a_correction_pays_stands_and_is_billed(self):
        self.program.funding_rate = 80.0
        seats = self._new_seat("1/6", "30/6") + self._new_seat("1/6", "30/6", "Farid")
        seats.partner_id.parent_id = self.env["res.partner"].create({"name": "SCIC Nadir"})
        june = self._settle()
        june.action_create_copayment_invoices()
        documents = self._bill(june) + june.copayment_invoice_ids[:1]
        others = june.copayment_invoice_ids - documents
        seats.write({"date_start": "2015-09-01", "date_end": "2015-09-30"})
        july = self._settle(JULY)
        july.action_create_copayment_invoices()
        notes = self._bill(july) + july.copayment_invoice_ids
        for move in documents + others + notes:
            move.write({"invoice_date": "2015-08-03", "ref": f"F{move.id}"})
            self.env["ir.attachment"].create(
                {"name": "x", "raw": b"x", "res_model": move._name, "res_id": move.id}
            )
        (documents + others + notes).action_post()
        for move in documents:
            note = notes.filtered(lambda row, move=move: row.partner_id == move.partner_id)
            (move + note).line_ids.filtered(
                lambda line: line.account_type in ("liability_payable", "asset_receivable")
            ).reconcile()
        documents.payment_state = "reversed"
        june.state = "confirmed"
        self.env.flush_all()
        migrate(self.env.cr, "19.0.1.2.0", "post-set-off")
        self.env.invalidate_all()
        self.assertEqual(documents.mapped("payment_state"), ["paid", "paid"])
        self.assertEqual(june.state, "billed")

    def test_what_an_operator_billed_itself_and_an_entry_sets_off_stands(self):
        """As where its two accounts are set off against each other."""
        statement, bill = self._receive_bill()
        self._set_off(bill)
        bill.payment_state = "reversed"
        statement.state = "confirmed"
        self.env.flush_all()
        migrate(self.env.cr, "19.0.1.2.0", "post-set-off")
        self.env.invalidate_all()
        self.assertEqual((bill.payment_state, statement.state), ("paid", "billed"))

    def _set_off(self, bill):
        payable = bill.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        lines = [
            Command.create(
                {"account_id": account.id, "partner_id": bill.partner_id.id, "balance": balance}
            )
            for account, balance in (
                (payable.account_id, -payable.balance),
                (self.accounts["tax"], payable.balance),
            )
        ]
        entry = self.env["account.move"].create({"date": "2015-08-04", "line_ids": lines})
        entry.action_post()
        entry.line_ids.filtered(lambda line: line.account_id == payable.account_id).union(
            payable
        ).reconcile()

    def test_open_months_are_computed_once_more(self):
        self._new_seat("1/6", "31/7")
        settled, opened = self._settle(), self._generate(JULY)
        self.env.flush_all()
        migrate(self.env.cr, "19.0.1.2.0", "post-open-months")
        self.env.invalidate_all()
        self.assertEqual((settled.pending_changes, opened.pending_changes), (0, 1))

    def test_links_to_registrations_sent_before_still_open(self):
        start = fields.Datetime.now() + timedelta(days=5)
        registrations = (
            self.env["calendar.event"]
            .create(
                {
                    "name": "Information meeting",
                    "start": start,
                    "stop": start + timedelta(hours=2),
                    "coworking_kind": "info_session",
                    "coworking_program_id": self.program.id,
                    "coworking_attendance_ids": [
                        Command.create({"name": "Camille Exemple"}),
                        Command.create({"name": "Farid Exemple"}),
                    ],
                }
            )
            .coworking_attendance_ids
        )
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE coworking_attendance ADD COLUMN access_token varchar")
        sent = "kJ3-_wq0ZyPq4uB7N1aVtX9cLmRd2EfG"
        self.env.cr.execute(
            "UPDATE coworking_attendance SET access_token = %s WHERE id = %s",
            [sent, registrations[0].id],
        )
        migrate(self.env.cr, "19.0.1.2.0", "post-registration-links")
        self.env.invalidate_all()
        found = [row._find_by_link(row.id, sent) for row in registrations]
        self.assertEqual(found, [registrations[0], registrations.browse()])
        migrate(self.env.cr, "19.0.1.2.0", "post-registration-links")  # twice is once
        kept = self.env["coworking.portal.link"].search(
            [("res_model", "=", "coworking.attendance"), ("res_id", "in", registrations.ids)]
        )
        self.assertEqual(kept.res_id, registrations[0].id)

    def test_the_title_of_an_appointment_is_not_the_name_of_who_came(self):
        event = self.env["calendar.event"].create(
            {
                "name": "Appointment",
                "start": "2015-06-10 08:00:00",
                "stop": "2015-06-10 09:00:00",
                "coworking_kind": "appointment",
                "coworking_program_id": self.program.id,
            }
        )
        attendances = self.env["coworking.attendance"].create(
            [
                {"event_id": event.id, "participant_id": self._new_participant().id, "name": name}
                for name in ("Appointment", "Her brother")
            ]
        )
        self.env.flush_all()
        for __ in range(2):  # twice is once
            migrate(self.env.cr, "19.0.1.2.0", "post-attendance-names")
            self.env.invalidate_all()
            self.assertEqual(attendances.mapped("name"), [False, "Her brother"])

    def test_advisers_are_not_told_of_meetings_that_are_over(self):
        now = fields.Datetime.now()
        registrations = self.env["coworking.attendance"].browse()
        for days in (-2, 2):
            event = self.env["calendar.event"].create(
                {
                    "name": "Information meeting",
                    "start": now + timedelta(days=days),
                    "stop": now + timedelta(days=days, hours=2),
                    "coworking_kind": "info_session",
                    "coworking_program_id": self.program.id,
                }
            )
            registrations |= registrations.create(
                {"event_id": event.id, "name": "Zoé Exemple", "adviser_email": "a@example.org"}
            )
        self.env.flush_all()
        migrate(self.env.cr, "19.0.1.2.0", "post-advisers")
        self.env.invalidate_all()
        self.assertEqual(registrations.mapped(lambda row: bool(row.adviser_told_at)), [True, False])

    def test_the_mail_that_asks_to_confirm_says_for_how_long_a_place_is_kept(self):
        """Whatever else somebody wrote in it stays."""
        template = self.env.ref("coworking_incubation.mail_template_attendance_confirm")
        self.env["res.lang"]._activate_lang("fr_FR")
        old = """<div><p>Our own words.</p>
            <p t-if="object.state == 'waiting'">All places are taken.</p>
            <p t-else="">For <t t-out="ctx.get('hours') or 24">24</t> hours.</p><p>End</p></div>"""
        template.with_context(lang="fr_FR").body_html = old
        migrate(self.env.cr, "19.0.1.2.0", "post-kept-places")
        body = template.with_context(lang="fr_FR").body_html
        for words in ("Our own words.", "ctx.get('kept')", "End"):
            self.assertIn(words, body)
        self.assertNotIn("hours", body)
        migrate(self.env.cr, "19.0.1.2.0", "post-kept-places")  # twice is once
        self.assertEqual(template.with_context(lang="fr_FR").body_html, body)

    def test_the_mail_of_a_changed_meeting_offers_what_its_page_does(self):
        """Another date, for an information meeting alone; whatever else somebody wrote stays."""
        template = self.env.ref("coworking_incubation.mail_template_attendance_changed")
        self.env["res.lang"]._activate_lang("fr_FR")
        spoken = template.with_context(lang="fr_FR")
        spoken.body_html = "<p>Nos mots.</p><a href='#'>Annuler, ou choisir une autre date</a>"
        migrate(self.env.cr, "19.0.1.2.0", "post-changed-mails")
        body = spoken.body_html
        for words in ("Nos mots.", ">Annuler, ou choisir une autre date<", ">Je ne peux pas"):
            self.assertIn(words, body)
        migrate(self.env.cr, "19.0.1.2.0", "post-changed-mails")  # twice is once
        self.assertEqual(spoken.body_html, body)

    def test_prices_that_end_at_a_lower_rank_than_before_were_meant(self):
        tariff = self._new_tariff(
            "Ladder",
            180.0,
            prices=[
                {"date_start": "2015-01-01", "price": 150.0, "rank": 2},
                {"date_start": "2015-07-01", "price": 190.0, "fewer_ranks": True},
                {"date_start": "2015-09-01", "price": 200.0},
            ],
        )
        before = tariff.price_ids.sorted("date_start").mapped("fewer_ranks")
        self.env.flush_all()
        self.env.cr.execute("UPDATE coworking_tariff_price SET fewer_ranks = NULL")
        migrate(self.env.cr, "19.0.1.2.0", "post-ladder")
        self.env.invalidate_all()
        self.assertEqual(tariff.price_ids.sorted("date_start").mapped("fewer_ranks"), before)
        self.assertEqual(sum(before), 1)

    def test_a_charge_that_was_expected_twice_is_expected_once(self):
        """Billed, taken back, billed again, and the credit note gone: as the database allowed."""
        seat = self._new_seat("1/6", "30/6")
        statement = self._settle()

        def receive(move_type, **values):
            return self.env["account.move"].create(
                {
                    "move_type": move_type,
                    "partner_id": self.space.operator_id.id,
                    "invoice_date": "2015-07-03",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": f"{seat.name} juin 2015",
                                "price_unit": 180.0,
                                "account_id": self.accounts["expense"].id,
                                "tax_ids": [],
                            }
                        )
                    ],
                    **values,
                }
            )

        first, note = receive("in_invoice", ref="F-1"), receive("in_refund", ref="A-1")
        again = receive("in_invoice", ref="F-2")
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE coworking_match DISABLE TRIGGER USER")
        self.env.cr.execute("DELETE FROM coworking_match WHERE move_id = %s", [note.id])
        self.env.cr.execute("UPDATE account_move SET state = 'cancel' WHERE id = %s", [note.id])
        self.env.cr.execute("ALTER TABLE coworking_match ENABLE TRIGGER USER")
        self.env.invalidate_all()
        self.assertEqual(sum(statement.match_ids.mapped("expected")), 360.0)
        for __ in range(2):
            migrate(self.env.cr, "19.0.1.2.0", "post-match-sums")
            self.env.invalidate_all()
            self.assertRecordValues(
                statement.match_ids.sorted(lambda match: match.move_id.id),
                [
                    {"move_id": first.id, "expected": 180.0, "invoiced": 180.0, "cause": False},
                    {"move_id": again.id, "expected": 0.0, "invoiced": 180.0, "cause": "duplicate"},
                ],
            )

    def test_what_is_waited_for_waits_since_it_was_written_last(self):
        self._new_seat("1/6", "30/6")
        self._new_seat("1/6", "30/6", "Farid")
        waiting, other = self._bill(self._settle())._coworking_matches()
        waiting._record_decision("disputed", "Not theirs")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coworking_match SET decided_at = NULL, write_date = '2015-07-05 10:00:00'"
            " WHERE id IN %s",
            [(waiting.id, other.id)],
        )
        migrate(self.env.cr, "19.0.1.2.0", "post-decided-at")
        self.env.invalidate_all()
        self.assertEqual(str(waiting.decided_at), "2015-07-05 10:00:00")
        self.assertFalse(other.decided_at)


class TestCounselled(CoworkingCase):
    def test_rules_ask_for_the_own_programs_and_keep_what_was_changed_in_them(self):
        rule = self.env.ref("coworking_incubation.coworking_participant_rule_accompanist_read")
        changed = self.env.ref("coworking_incubation.coworking_presence_rule_accompanist")
        wanted = rule.domain_force
        before = "('program_id.accompanist_ids', 'in', user.id)"
        rule.domain_force = f"['|', {before}, ('user_id', '=', user.id)]"
        changed.domain_force = f"[{before}, ('date', '>', '2015-01-01')]"
        self.env.flush_all()
        for __ in range(2):
            migrate(self.env.cr, "19.0.1.2.0", "post-counselled")
            self.env.invalidate_all()
            self.assertEqual(rule.domain_force, wanted)
            self.assertEqual(
                changed.domain_force,
                "[('program_id.counselled_by_me', '=', True), ('date', '>', '2015-01-01')]",
            )


class TestFilters(CoworkingCase):
    def test_filters_by_the_status_of_the_statement_are_those_of_before(self):
        self._new_seat("1/6", "30/6")
        self._settle()
        saved = self.env["ir.filters"].create(
            {
                "name": "Confirmed",
                "model_id": "coworking.month.line",
                "domain": "[('statement_state', '=', 'confirmed')]",
                "context": "{'group_by': ['statement_state', 'date_from:month']}",
                "sort": '["statement_state desc"]',
            }
        )
        self.env.flush_all()
        for __ in range(2):
            migrate(self.env.cr, "19.0.1.2.0", "post-filters")
            self.env.invalidate_all()
            self.assertEqual(saved.domain, "[('statement_id.state', '=', 'confirmed')]")
            self.assertEqual(saved.context, "{'group_by': ['statement_id', 'date_from:month']}")
            self.assertEqual(saved.sort, '["statement_id desc"]')
        lines = self.env["coworking.month.line"].search(saved._get_eval_domain())
        self.assertEqual(set(lines.statement_id.mapped("state")), {"confirmed"})

    def test_what_somebody_saved_by_a_field_that_went_goes_and_the_rest_stays(self):
        def save(name, model, domain, context="{}"):
            return self.env["ir.filters"].create(
                {"name": name, "model_id": model, "domain": domain, "context": context}
            )

        gone = save("Checked", "coworking.participant", "[('recheck_from', '!=', False)]")
        gone |= save("By", "coworking.hosting", "[]", "{'group_by': ['sealed_by_id']}")
        gone |= save("Bills", "account.move", "[('partner_id.coworking_space_ids', '!=', False)]")
        kept = save("Signed", "coworking.hosting", "[('sealed_hash', '!=', False)]")
        # what another addon calls so is its own
        kept |= save("Sealed", "res.partner", "[]", "{'group_by': ['sealed_by_id']}")
        export = self.env["ir.exports"].create(
            {
                "name": "Mine",
                "resource": "coworking.seat",
                "export_fields": [
                    Command.create({"name": name})
                    for name in ("name", "participant_id/recheck_from")
                ],
            }
        )
        self.env.flush_all()
        for __ in range(2):
            migrate(self.env.cr, "19.0.1.2.0", "post-filters")
            self.env.invalidate_all()
            self.assertEqual((gone | kept).exists(), kept)
            self.assertEqual(export.export_fields.mapped("name"), ["name"])

    def test_a_list_of_columns_with_the_status_of_a_month_line_has_that_of_its_statement(self):
        export = self.env["ir.exports"].create(
            {
                "name": "For the bank",
                "resource": "coworking.month.line",
                "export_fields": [
                    Command.create({"name": name}) for name in ("statement_state", "expected")
                ],
            }
        )
        for __ in range(2):
            migrate(self.env.cr, "19.0.1.2.0", "post-filters")
            self.env.invalidate_all()
            names = export.export_fields.mapped("name")
            self.assertEqual(names, ["statement_id/state", "expected"])
        columns = self.env["coworking.month.line"]._fields
        self.assertTrue({name.partition("/")[0] for name in names} <= columns.keys())


class TestPaidMails(CoworkingCase):
    def test_what_was_paid_before_is_not_told(self):
        self._new_seat("1/6", "31/7")
        statement = self._settle()
        bill = self._bill(statement)
        bill.write({"ref": "F-1", "invoice_date": "2015-07-03"})
        migrate(self.env.cr, "19.0.1.2.0", "post-paid-mails")
        self.env.invalidate_all()
        self.assertFalse(statement.paid_told_at)
        bill.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.ids
        ).create({"journal_id": self._new_bank().id})._create_payments()
        self.env.flush_all()
        migrate(self.env.cr, "19.0.1.2.0", "post-paid-mails")
        self.env.invalidate_all()
        self.assertTrue(statement.paid_told_at)


class TestIndexes(CoworkingCase):
    def test_that_of_all_presences_that_are_settled_goes(self):
        self.env.cr.execute(
            "CREATE INDEX IF NOT EXISTS coworking_presence__to_settle_index"
            " ON coworking_presence (to_settle)"
        )
        migrate(self.env.cr, "19.0.1.2.0", "post-indexes")
        self.env.cr.execute(
            "SELECT indexname FROM pg_indexes WHERE indexname LIKE 'coworking_presence%to_settle%'"
        )
        self.assertEqual(self.env.cr.fetchall(), [("coworking_presence_to_settle_idx",)])

    def test_those_that_odoo_made_go(self):
        for table, column in (
            ("account_move", "coworking_program_id"),
            ("account_move", "coworking_statement_id"),
            ("coworking_match", "company_id"),
            ("coworking_match", "decision"),
        ):
            name = f"{table}__{column}_index"
            with self.subTest(name):
                self.env.cr.execute(
                    f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({column})"
                    f" WHERE {column} IS NOT NULL"
                )
                migrate(self.env.cr, "19.0.1.2.0", "post-indexes")
                self.env.cr.execute("SELECT FROM pg_indexes WHERE indexname = %s", [name])
                self.assertFalse(self.env.cr.rowcount)


class TestDecisions(CoworkingCase):
    def test_their_day_is_that_of_the_last_change_that_odoo_tracked(self):
        decided = self._new_participant("Camille", selection_result="admitted")
        unknown = self._new_participant("Nour", selection_result="admitted")
        field = self.env["ir.model.fields"]._get("coworking.participant", "selection_result")
        for day in ("2015-03-02", "2015-03-09"):
            message = decided.message_post(body="Decided")
            message.date = f"{day} 10:00:00"
            self.env["mail.tracking.value"].create(
                {"field_id": field.id, "mail_message_id": message.id}
            )
        reason = self.env["coworking.refusal.reason"].create({"name": "Ours"})
        told = self.env.ref("coworking_incubation.coworking_refusal_reason_place")
        rewritten = self.env.ref("coworking_incubation.coworking_refusal_reason_project")
        rewritten.with_context(lang="fr_FR").name = "N'a pas convaincu le jury"
        self.env.flush_all()
        self.env.cr.execute("UPDATE coworking_participant SET date_decision = NULL")
        self.env.cr.execute("UPDATE coworking_refusal_reason SET is_told = NULL")
        migrate(self.env.cr, "19.0.1.2.0", "post-decisions")
        self.env.invalidate_all()
        self.assertEqual(str(decided.date_decision), "2015-03-09")
        self.assertFalse(unknown.date_decision)
        self.assertTrue(told.is_told)
        self.assertFalse(reason.is_told)
        self.assertFalse(rewritten.is_told, "a coordinator wrote it for staff")
