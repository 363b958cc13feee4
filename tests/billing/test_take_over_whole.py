"""Everything that a person typed is in the workbook of a program, or in a short list that says why
it is not.
"""

from odoo import Command, models
from odoo.tests import freeze_time, new_test_user

from odoo.addons.coworking_incubation.wizard.take_over_sheets import SHEETS

from ..common import ACCOMPANIST, SENSITIVE, d
from .test_take_over import PERSON, SEAT
from .test_take_over_export import ExportCase

# What stands in a row by another cell, or is where the row stands.
TOLD_OTHERWISE = {
    "calendar.event": "coworking_kind coworking_program_id coworking_participant_id",
    "coworking.assignment": "participant_id",
    "coworking.attendance": "event_id start stop adviser_id",
    "coworking.document": "participant_id type_id date_seen",
    "coworking.funding.agreement": "company_id program_ids eligible_kinds",
    "coworking.objective.action": "objective_id date_deadline",
    "coworking.participant": "partner_id program_id",
    "coworking.presence": "seat_id",
    "coworking.program": "company_id billed_from agreement_ids",
    "coworking.proof": "known_expiry",
    "coworking.review.line": "review_id axis_id note",
    "coworking.seat.funding": "seat_id date_from rate cap",
    "coworking.space": "company_id partner_id manager_ids substitute_ids resource_calendar_id",
    "coworking.space.absence": "space_id partner_id date_from date_to",
    "coworking.tariff": "first_price sequence",
    "coworking.tariff.price": "tariff_id",
    "res.partner": "coworking_no_mail",
}
CATALOGUE = "a list of Configuration, the same for all programs: it is there before the workbook"
ACCOUNTING = (
    "the accountant's: months, bills and what was decided of them stay where they are booked"
)
SIGNED = "what somebody signed is evidence where it was signed, and nowhere else"
FILE = "a file is no cell: the backup keeps it"
COLLEAGUES = "of colleagues or of the whole organisation, not of a program"
BY_ODOO = "written by Odoo while people work, and again where the workbook is read"
LEFT_OUT = {
    "coworking.amenity": CATALOGUE,
    "coworking.criterion": CATALOGUE,
    "coworking.document.type": CATALOGUE,
    "coworking.exit.reason": CATALOGUE,
    "coworking.objective.theme": CATALOGUE,
    "coworking.refusal.reason": CATALOGUE,
    "coworking.requirement": CATALOGUE,
    "coworking.review.axis": CATALOGUE,
    "coworking.sector": CATALOGUE,
    "coworking.stage": CATALOGUE,
    "coworking.hosting.template": CATALOGUE,
    "mail.activity.type": CATALOGUE,
    "coworking.charge": ACCOUNTING,
    "coworking.invoice.file": ACCOUNTING,
    "coworking.match": ACCOUNTING,
    "coworking.statement": ACCOUNTING,
    "coworking.tariff.proposal": ACCOUNTING,
    "coworking.program.copayment_product_id": ACCOUNTING,
    "coworking.program.analytic_account_id": ACCOUNTING,
    "res.company": COLLEAGUES,
    "coworking.cover": COLLEAGUES,
    "coworking.hosting": SIGNED,
    "coworking.hosting.signatory": SIGNED,
    "coworking.presence.scan": SIGNED,
    "coworking.presence.participant_state": SIGNED,
    "coworking.presence.participant_signed_at": SIGNED,
    "coworking.presence.participant_source": SIGNED,
    "coworking.presence.participant_by": SIGNED,
    "coworking.participant.prescriber_agreed": "an agreement is asked of the person again",
    "coworking.space.image_1920": FILE,
    "coworking.document.file": FILE,
    "coworking.document.filename": FILE,
    "coworking.proof.copy_file": FILE,
    "coworking.proof.copy_filename": FILE,
    "coworking.document.seen_by_id": "who saw it is whoever keeps the paper",
    "coworking.move": BY_ODOO,
    "coworking.registration.attempt": BY_ODOO,
    "coworking.presence.source": BY_ODOO,
    "coworking.presence.host_by": BY_ODOO,
    "coworking.presence.host_at": BY_ODOO,
    "coworking.review.line.reference": BY_ODOO,
    "coworking.attendance.lang": BY_ODOO,
    "coworking.seat.occupant_name": BY_ODOO,
    "mail.activity": BY_ODOO,
    "coworking.participant.color": "of a screen",
    "coworking.program.call_after_days": "the usual one until somebody says otherwise",
    "digest.digest": "mails of Odoo's, of no program",
    "res.users.coworking_told": BY_ODOO,
    "coworking.program.hosting_template_id": CATALOGUE,
    "coworking.attendance.date_next": "the next appointment is a row of its own",
    "coworking.participant.active": "what is archived was put aside",
    "coworking.seat.active": "what is archived was put aside",
    "coworking.program.active": "what is archived was put aside",
    "coworking.funding.agreement.active": "what is archived was put aside",
}
NOT_TYPED = {"id", *models.MAGIC_COLUMNS, "message_main_attachment_id", "message_partner_ids"}


@freeze_time("2015-06-20 09:00:00")
class TestWhole(ExportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coordinator.group_ids += cls.env.ref(SENSITIVE)

    def _find_typed(self):
        """What people may type of what is ours: (model, field)."""
        return [
            (name, field.name)
            for name, model in self.env.items()
            if model._auto and not model._abstract and not model._transient
            for field in model._fields.values()
            if self._is_ours(name, field)
            and field.name not in NOT_TYPED
            and field.type != "one2many"  # told by its rows
            and (field.store or field.inverse)
            and not field.readonly
            and not field.related
        ]

    @staticmethod
    def _is_ours(model, field):
        """A field that we define, or that one of our models takes from Odoo; not its messages."""
        ours = "coworking_incubation" in field._modules
        return ours or (model.startswith("coworking.") and field._modules != ("mail",))

    def test_all_that_is_typed_is_in_the_workbook_or_left_out_for_a_reason(self):
        held = {
            (column.model or sheet.model, column.field)
            for sheet in SHEETS.values()
            for column in (*sheet.columns, *filter(None, [sheet.each]))
        } | {(model, name) for model, names in TOLD_OTHERWISE.items() for name in names.split()}
        lost = [
            f"{model}.{name}"
            for model, name in self._find_typed()
            if (model, name) not in held and not {model, f"{model}.{name}"} & LEFT_OUT.keys()
        ]
        self.assertFalse(lost, "typed by people, in no column, and nobody says why")
        self.assertTrue(all(LEFT_OUT.values()))

    def test_what_is_left_out_exists_and_is_in_no_column(self):
        typed = {(model, name) for model, name in self._find_typed()}
        held = {
            (sheet.model, column.field) for sheet in SHEETS.values() for column in sheet.columns
        }
        for left in LEFT_OUT:
            model, __, name = (left, "", "") if left in self.env else left.rpartition(".")
            self.assertIn(model, self.env, left)
            if name:
                self.assertIn((model, name), typed, left)
                self.assertNotIn((model, name), held, left)

    def test_former_fees_and_those_to_come_come_back(self):
        space, other = self._new_space("Le Quai", "QUAI"), self._new_product("Other fee")
        for day, amount in (("1/1", 10.0), ("1/4", 0.0), ("1/9", 12.5)):
            space.membership_ids = [
                Command.create(
                    {
                        "date_start": d(day),
                        "fee": amount,
                        "tax_included": amount != 12.5,
                        "product_id": (other if amount == 12.5 else self.seat_product).id,
                    }
                )
            ]
        sheets, copy = self.assertComesBack(self.edition, self.coordinator)
        fees = self._rows("fees", sheets)
        self.assertEqual([row["fee"] for row in fees], ["10", "0", "12.5"])
        there = self.env["coworking.space.membership"].search(
            [("company_id", "=", copy.company_id.id)], order="date_start"
        )
        self.assertEqual(there.mapped("fee"), [10.0, 0.0, 12.5])
        self.assertEqual(there.mapped("tax_included"), [True, True, False])
        self.assertEqual([fee.product_id.name == other.name for fee in there], [False, False, True])

    def test_a_fee_of_the_sheet_of_spaces_and_a_later_one_are_read_twice_harmlessly(self):
        self._record(
            spaces=[{"name": "Quai", "seat_capacity": 4, "fee": "10,00"}],
            fees=[{"space_id": "Quai", "date_start": "01/06/2015", "fee": "12,00"}],
        )
        fees = self.env["coworking.space.membership"].search([("space_id.name", "=", "Quai")])
        self.assertEqual(sorted(fees.mapped("fee")), [10.0, 12.0])
        row = {"space_id": "Quai", "date_start": "01/06/2015", "fee": "13,00"}
        problems = self._problems(self._read(fees=[row, {**row, "space_id": "Nulle part"}]))
        self.assertEqual(problems["fees", 2][0], "fee")
        self.assertEqual(problems["fees", 3][0], "space_id")

    def test_who_accompanied_somebody_before_comes_back_though_they_left(self):
        former = new_test_user(self.env, login="t_former", groups=ACCOMPANIST)
        file = self._new_participant("Camille Roy", self.edition)
        periods = file.assignment_ids
        periods.sudo().date_from = d("1/4")
        periods.sudo().create(
            {
                "participant_id": file.id,
                "user_id": former.id,
                "date_from": d("2/2"),
                "date_to": d("1/4"),
            }
        )
        former.active = False
        __, copy = self.assertComesBack(self.edition, self.coordinator)
        self.assertEqual(
            [
                (row.user_id, row.date_from, row.date_to)
                for row in copy.participant_ids.assignment_ids.sorted("date_from")
            ],
            [(former, d("2/2"), d("1/4")), (self.accompanist, d("1/4"), False)],
        )

    def test_periods_of_counsellors_that_cannot_be_are_named(self):
        self._record(people=[{**PERSON, "user_id": self.accompanist.login}])
        row = {"participant_id": "Camille Roy", "date_from": "02/03/2015"}
        rows = [
            {**row, "counsellor_id": self.coordinator.login},
            {**row, "counsellor_id": self.coordinator.login, "date_to": "01/09/2015"},
            {**row, "counsellor_id": self.accompanist.login},
            {**row, "counsellor_id": self.coordinator.login, "date_to": "03/04/2015"},
        ]
        problems = self._problems(self._read(counsellors=rows))
        self.assertEqual(
            {number: problem[0] for (__, number), problem in problems.items()},
            {2: "date_to", 3: "date_to", 5: "date_from"},
        )
        self._record(counsellors=[rows[2]])
        (period,) = self.edition.participant_ids.assignment_ids
        self.assertEqual((period.date_from, period.date_to), (d("2/3"), False))

    def _new_meeting(self, name, day, **values):
        return self.env["calendar.event"].create(
            {
                "name": name,
                "coworking_kind": "collective",
                "coworking_program_id": self.edition.id,
                "start": f"2015-{day} 12:00:00",
                "stop": f"2015-{day} 14:00:00",
                **values,
            }
        )

    def test_meetings_their_places_their_waiting_list_and_candidates_come_back(self):
        self._new_meeting("Comptabilité", "07-15", location="Salle 2")  # nobody is on its list
        full = self._new_meeting("Atelier", "07-10", coworking_capacity=2)
        names = ("Zoé", "Yann", "Alix", "Bob")
        files = [self._new_participant(f"{name} Petit", self.edition) for name in names]
        for file, state in zip(files, ("expected", "expected", "waiting", "waiting"), strict=True):
            full.coworking_attendance_ids.create(
                {"event_id": full.id, "participant_id": file.id, "state": state}
            )
        first, last = full.coworking_attendance_ids.filtered(lambda row: row.state == "waiting")
        last.registered_at = "2015-06-01 08:00:00"  # Bob asked before Alix
        meeting = self._new_meeting(
            "Réunion", "07-20", coworking_kind="info_session", coworking_public=True
        )
        meeting.coworking_attendance_ids.create(
            {
                "event_id": meeting.id,
                "name": "Andrea Blanc",
                "email": "andrea@example.org",
                "question": "Et le soir ?",
                "reminder_stopped": True,
            }
        )
        __, copy = self.assertComesBack(self.edition, self.coordinator)
        events = self.env["calendar.event"].search(
            [("coworking_program_id", "=", copy.id)], order="start"
        )
        self.assertEqual(events.mapped("name"), ["Atelier", "Comptabilité", "Réunion"])
        self.assertEqual(events.mapped("coworking_capacity"), [2, 0, 0])
        self.assertEqual(events.mapped("coworking_public"), [False, False, True])
        waiting = events[0].coworking_attendance_ids.filtered("waiting_rank").sorted("waiting_rank")
        self.assertEqual(waiting.participant_id.mapped("partner_name"), ["Bob Petit", "Alix Petit"])
        candidate = events[2].coworking_attendance_ids
        self.assertEqual((candidate.name, candidate.question), ("Andrea Blanc", "Et le soir ?"))
        self.assertTrue(candidate.reminder_stopped)

    def test_a_space_that_closed_and_what_is_not_offered_any_more_come_back_so(self):
        gone = self._new_space("Le Quai", "QUAI")
        tariff = self._new_tariff("Bureau", 100.0, space=gone)
        self._new_tariff("Oublié", 80.0, space=gone).active = False
        file = self._new_participant("Camille Roy", self.edition)
        self._new_seat("2/2", "30/4", who=file, tariff=tariff, state="ended")
        gone.write({"state": "closed", "date_closed": d("31/5"), "description": "<p>Au bord</p>"})
        self._new_space("Le Pont", "PONT", state="prospect", date_partner=False)
        __, copy = self.assertComesBack(self.edition, self.coordinator)
        spaces = self.env["coworking.space"].search([("company_id", "=", copy.company_id.id)])
        states = {space.code: (space.state, space.date_closed) for space in spaces}
        self.assertEqual(states["QUAI"], ("closed", d("31/5")))
        self.assertEqual(states["PONT"], ("prospect", False))
        tariffs = spaces.with_context(active_test=False).tariff_ids
        self.assertEqual(
            {row.name: row.active for row in tariffs if row.space_id.code == "QUAI"},
            {"Bureau": True, "Oublié": False},
        )

    def test_a_space_cannot_have_closed_while_somebody_sits_there(self):
        space = {"name": "Quai", "seat_capacity": 4, "state": "Closed Down"}
        rows = {
            "spaces": [{**space, "date_closed": "31/05/2015"}, {**space, "name": "Pont"}],
            "tariffs": [{"space_id": "Quai", "name": "Nomad", "unit": "Month", "price": "140,00"}],
            "people": [PERSON],
            "seats": [{**SEAT, "space_id": "Quai"}],
        }
        problems = self._problems(self._read(**rows))
        self.assertEqual(problems["spaces", 2][0], "state")
        self.assertIn("cannot close", problems["spaces", 2][1])
        self.assertEqual(problems["spaces", 3][0], "date_closed")

    def test_what_was_worked_on_and_wishes_come_back(self):
        file = self._new_participant("Camille Roy", self.edition, email="c@example.org")
        file.is_opposed = True
        objective = file.objective_ids.create(
            {"participant_id": file.id, "name": "Louer ; puis ouvrir"}
        )
        event = self._new_meeting("Suivi", "06-10", coworking_kind="appointment")
        event.coworking_attendance_ids.create(
            {
                "event_id": event.id,
                "participant_id": file.id,
                "state": "present",
                "objective_ids": objective.ids,
            }
        )
        __, copy = self.assertComesBack(self.edition, self.coordinator)
        back = copy.participant_ids
        self.assertTrue(back.is_opposed)
        self.assertEqual(back.attendance_ids.objective_ids, back.objective_ids)

    def test_the_terms_of_a_program_are_taken_while_nobody_is_in_it(self):
        row = {
            "name": "Reprise",
            "code": "REP",
            "date_start": "01/01/2015",
            "funding_rate": "60",
            "target_places": "12",
        }
        self._record(program=[row])
        self.assertEqual((self.edition.funding_rate, self.edition.target_places), (60.0, 12))
        self._record(people=[PERSON])
        self.assertKnown(program=[row])
        problems = self._problems(self._read(program=[{**row, "funding_rate": "70"}]))
        self.assertEqual(problems["program", 2][0], "funding_rate")

    def test_nobody_comes_into_a_program_whose_terms_are_to_be_mended(self):
        row = {"name": "Reprise", "code": "REP", "date_start": "01/01/2015"}
        take_over = self._read(
            program=[{**row, "funding_rate": "beaucoup", "target_places": "12"}],
            spaces=[{"name": "Quai", "seat_capacity": 4}],
            people=[PERSON],
        )
        self.assertProblem(take_over, ("program", 2), "funding_rate")
        self.assertProblem(take_over, ("people", 2), False, "line 2", "Program")
        take_over.action_record()  # the space alone
        self.assertFalse(self.edition.participant_ids)
        take_over.line_ids.filtered(lambda line: line.sheet == "program").value = "60"
        take_over.action_record()
        self.assertFalse(take_over.line_ids)
        self.assertEqual((self.edition.funding_rate, self.edition.target_places), (60.0, 12))
        self.assertEqual(self.edition.participant_ids.partner_name, "Camille Roy")
