"""People of a take-over, their suspensions, seats and presences."""

from odoo.tests import freeze_time

from ..common import JULY, JUNE, d
from .test_take_over import PERSON, SEAT, TakeOverCase


@freeze_time("2015-06-20 09:00:00")
class TestTakeOverPeople(TakeOverCase):
    def _files(self):
        return self.edition.participant_ids

    def test_people_of_one_name_are_told_apart_by_what_each_has(self):
        rows = [{**PERSON, "email": "roy@example.org"}, {**PERSON, "phone": "06 39 98 01 07"}]
        seats = [
            {**SEAT, "tell_apart": "ROY@example.org"},
            {
                **SEAT,
                "tell_apart": "+33 6 39 98 01 07",
                "space_id": "Fabrique Test",
                "tariff_id": "Desk",
            },
        ]
        for _again in range(2):
            take_over = self._read(people=rows, seats=seats)
            self.assertFalse(self._problems(take_over))
            if take_over.good_count:
                take_over.action_record()
        self.assertEqual(len(self._files()), 2)
        self.assertEqual(len(self._files().partner_id), 2)
        by_email = self._files().filtered("email")
        self.assertEqual(by_email.seat_ids.space_id, self.space)
        self.assertEqual((self._files() - by_email).seat_ids.space_id, self.space_b)

    def test_a_birth_date_tells_them_apart_for_who_may_see_it(self):
        self.coordinator.group_ids += self.env.ref("coworking_incubation.group_coworking_sensitive")
        rows = [{**PERSON, "birth_date": "01/02/1990"}, {**PERSON, "birth_date": "03/04/1985"}]
        take_over = self._read(people=rows, seats=[{**SEAT, "tell_apart": "3/4/1985"}])
        self.assertFalse(self._problems(take_over))
        take_over.action_record()
        seat = self._files().seat_ids
        self.assertEqual(seat.participant_id.birth_date, d("3/4").replace(year=1985))

    def test_a_birth_date_is_refused_from_who_may_not_see_it(self):
        take_over = self._read(people=[{**PERSON, "birth_date": "01/02/1990"}])
        self.assertProblem(take_over, ("people", 2), "birth_date", "Sensitive Data")

    def test_one_name_twice_with_nothing_else_is_refused(self):
        take_over = self._read(people=[PERSON, PERSON], seats=[SEAT])
        self.assertProblem(take_over, ("people", 2), "email", "Line 3 has the same name")
        self.assertProblem(take_over, ("people", 3), "email", "Line 2 has the same name")

    def test_one_person_in_two_rows_is_refused_once(self):
        row = {**PERSON, "email": "roy@example.org"}
        take_over = self._read(people=[row, row])
        self.assertEqual(self._problems(take_over).keys(), {("people", 3)})
        self.assertProblem(take_over, ("people", 3), "partner_name", "in line 2 already")

    def test_a_seat_of_two_people_of_one_name_asks_which(self):
        rows = [{**PERSON, "email": "roy@example.org"}, {**PERSON, "phone": "06 39 98 01 07"}]
        take_over = self._read(people=rows, seats=[SEAT])
        self.assertProblem(take_over, ("seats", 2), "tell_apart", "Several people are called")

    def test_somebody_known_by_name_alone_is_taken_for_no_one_else(self):
        self._new_participant("Camille Roy", self.edition)
        take_over = self._read(people=[{**PERSON, "email": "roy@example.org"}])
        self.assertProblem(take_over, ("people", 2), "email", "in this program already")
        take_over = self._read(people=[PERSON])
        self.assertEqual((take_over.known_count, take_over.good_count), (1, 0))

    def test_the_contact_with_this_e_mail_is_taken_up(self):
        partner = self.env["res.partner"].create(
            {"name": "ROY Camille", "email": "roy@example.org"}
        )
        self._read(people=[{**PERSON, "email": "Roy@example.org"}]).action_record()
        self.assertEqual(self._files().partner_id, partner)

    def test_stages_beyond_recruitment_need_no_other_column_and_start_nothing(self):
        self._read(people=[PERSON]).action_record()
        file = self._files()
        self.assertEqual((file.stage_id, file.date_entry), (self.incubation, d("2/2")))
        self.assertEqual(file.move_ids.mapped("reason"), ["Taken over"])
        self.assertFalse(file.activity_ids)
        self.assertFalse(file.user_id, "who follows them is not who imports them")


@freeze_time("2015-06-20 09:00:00")
class TestTakeOverSeats(TakeOverCase):
    def test_the_program_says_once_from_which_month_it_is_billed_here(self):
        self.edition.billed_from = False
        take_over = self._take_over(
            self._make_file(people=[PERSON], seats=[SEAT]), billed_from="2015-07-15"
        )
        take_over.action_record()
        self.assertEqual(self.edition.billed_from, JULY)
        seat = self.edition.participant_ids.seat_ids
        self.assertEqual(seat.billed_from, JULY)
        later = self._new_seat("1/8", who=self._new_participant("Zoé", self.edition))
        self.assertFalse(later.billed_from, "it begins here")
        later.date_start = d("15/5")
        self.assertEqual(later.billed_from, JULY, "it was here before, after all")
        later.billed_from = d("1/8")
        later.date_start = d("14/5")
        self.assertEqual(later.billed_from, d("1/8"), "what was typed stays")
        self.assertFalse(self._generate(JUNE, self.edition))
        self.assertEqual(self._charges(seat).ids, [])

    def test_a_first_month_that_is_emptied_is_emptied(self):
        """As the dialog says of it: all months of the seats are billed here."""
        self.assertEqual(self.edition.billed_from, JUNE)
        take_over = self._take_over(
            self._make_file(people=[PERSON], seats=[SEAT]), billed_from=False
        )
        take_over.action_record()
        self.assertFalse(self.edition.billed_from)
        self.assertFalse(self.edition.participant_ids.seat_ids.billed_from)
        self.assertTrue(self._generate(d("1/3"), self.edition))

    def test_a_rate_is_in_percent(self):
        take_over = self._read(people=[PERSON], seats=[{**SEAT, "funding_rate": 0.8}])
        self.assertProblem(take_over, ("seats", 2), "funding_rate", "write 80 for 80 %")
        take_over.line_ids.filtered("problem").value = "80 %"
        take_over.action_record()
        self.assertEqual(self.edition.participant_ids.seat_ids.funding_rate, 80.0)

    def test_where_a_seat_is_follows_from_its_dates(self):
        names = ["Ana", "Bob", "Cléo"]
        dates = [("02/02/2015", "31/03/2015"), ("02/02/2015", ""), ("01/07/2015", "")]
        self._read(
            people=[{**PERSON, "partner_name": name} for name in names],
            seats=[
                {**SEAT, "participant_id": name, "date_start": start, "date_end": end}
                for name, (start, end) in zip(names, dates, strict=True)
            ],
        ).action_record()
        seats = self.edition.participant_ids.seat_ids.sorted("occupant_name")
        self.assertEqual(seats.mapped("state"), ["ended", "active", "confirmed"])

    def test_presences_follow_the_seat_of_their_day(self):
        daily = self._new_tariff("Journée", 20.0, unit="day")
        seat = {**SEAT, "tariff_id": daily.name}
        who = {"participant_id": "Camille Roy", "state": "Present"}
        rows = [
            {**who, "date": "02/06/2015", "slot": "Morning"},
            {**who, "date": "03/06/2015"},
            {**who, "date": "04/06/2015", "slot": "soir"},
            {**who, "date": "25/06/2015"},
            {**who, "date": "03/06/2015", "slot": "am"},
        ]
        take_over = self._read(people=[PERSON], seats=[seat], presences=rows)
        self.assertProblem(take_over, ("presences", 4), "slot", "Morning, afternoon or day?")
        self.assertProblem(take_over, ("presences", 5), "date", "has not come yet")
        self.assertProblem(take_over, ("presences", 6), "date", "given twice")
        take_over.action_record()
        seat = self.edition.participant_ids.seat_ids
        self.assertEqual(
            sorted((row.date.day, row.slot) for row in seat.presence_ids),
            [(2, "am"), (3, "am"), (3, "pm")],
        )
        again = self._read(presences=[rows[0], {**rows[0], "state": "Absent"}])
        self.assertEqual(again.known_count, 1)
        self.assertProblem(again, ("presences", 3), "date", "given twice")
        other = self._read(presences=[{**rows[0], "state": "Absent"}])
        self.assertProblem(other, ("presences", 2), "state", "said otherwise")

    def test_a_presence_is_never_taken_for_granted(self):
        """Without the column, or under a heading that is not ours, the absent would be billed."""
        row = {"participant_id": "Camille Roy", "date": "02/06/2015"}
        take_over = self._read(
            people=[PERSON], seats=[SEAT], presences=[{**row, "state": "Present"}, row]
        )
        self.assertProblem(take_over, ("presences", 3), "state")
        with self.assertRefused("headings"):
            self._take_over(b"Participant;Date;Dit par lui\nCamille Roy;02/06/2015;Absent")

    def test_presences_that_are_there_are_known_once_their_month_is_confirmed(self):
        daily = self._new_tariff("Journée", 20.0, unit="day")
        rows = [
            {"participant_id": "Camille Roy", "state": "Present", "date": f"0{day}/06/2015"}
            for day in (2, 3)
        ]
        with freeze_time("2015-07-02 09:00:00"):
            self._record(
                people=[PERSON], seats=[{**SEAT, "tariff_id": daily.name}], presences=rows[:1]
            )
            self._settle(JUNE, self.edition)
            again = self._read(presences=[*rows, rows[0]])
            self.assertEqual(again.known_count, 1)
            self.assertProblem(again, ("presences", 3), "date", "month is closed")
            self.assertProblem(again, ("presences", 4), "date", "given twice")


@freeze_time("2015-06-20 09:00:00")
class TestDatedRates(TakeOverCase):
    DATED = {**SEAT, "funding_from": "05/2015", "funding_rate": 50, "funding_cap": "60,00"}

    def _fundings(self):
        fundings = self.edition.participant_ids.seat_ids.funding_ids
        return [(row.date_from, row.rate, row.cap) for row in fundings.sorted("date_from")]

    def test_a_rate_that_changes_is_one_more_row_of_its_seat(self):
        """In whatever order, and with days as they are typed."""
        later = {**SEAT, "funding_from": "juillet 2015", "funding_rate": 0}
        first = {
            **SEAT,
            "date_start": "2 février 2015",
            "funding_rate": 70,
            "date_end": "31/08/2015",
        }
        self._record(people=[PERSON], seats=[later, self.DATED, first])
        self.assertEqual(self._fundings(), [(d("1/5"), 50.0, 60.0), (JULY, 0.0, 0.0)])
        seat = self.edition.participant_ids.seat_ids
        self.assertEqual((seat.funding_rate, seat.date_end), (70.0, d("31/8")))

    def test_a_seat_that_is_there_gets_the_rate_it_lacks(self):
        """Of a person whom the workbook does not name."""
        self._record(people=[PERSON], seats=[SEAT])
        take_over = self._read(seats=[SEAT, self.DATED])
        self.assertEqual((take_over.known_count, take_over.good_count), (1, 1))
        self._record(seats=[self.DATED])
        self.assertEqual(self._fundings(), [(d("1/5"), 50.0, 60.0)])

    def test_another_rate_of_that_month_is_said(self):
        self._record(people=[PERSON], seats=[SEAT, self.DATED])
        for key, text in (("funding_rate", 40), ("funding_cap", "0")):
            take_over = self._read(seats=[{**self.DATED, key: text}])
            self.assertProblem(take_over, ("seats", 2), key, "change it there")
        two = self._read(seats=[SEAT, {**self.DATED, "funding_rate": 40}])
        self.assertProblem(two, ("seats", 3), "funding_rate")
        self.assertProblem(two, ("seats", 2), False, "Waits for line 3")
        self.assertFalse(self._read(seats=[{**self.DATED, "funding_cap": ""}]).problem_count)

    def test_a_month_needs_its_rate_and_its_seat(self):
        take_over = self._read(people=[PERSON], seats=[SEAT, {**self.DATED, "funding_rate": ""}])
        self.assertProblem(take_over, ("seats", 3), "funding_rate", "is empty")
        self.assertEqual(take_over.good_count, 1, "the person")
        alone = self._read(people=[PERSON], seats=[self.DATED])
        self.assertProblem(alone, ("seats", 2), "funding_from", "a row without a month")
        nobody = self._read(seats=[SEAT, self.DATED])
        self.assertProblem(nobody, ("seats", 2), "participant_id", "Nobody is called Camille Roy")

    def test_rows_of_a_seat_that_do_not_agree_keep_it_back(self):
        rows = [{**SEAT, "date_end": "31/07/2015"}, {**self.DATED, "date_end": "31/08/2015"}]
        take_over = self._read(people=[PERSON], seats=rows)
        self.assertProblem(take_over, ("seats", 3), "date_end", "do not agree")

    def test_a_settled_month_takes_no_other_rate(self):
        with freeze_time("2015-07-02 09:00:00"):
            self._record(people=[PERSON], seats=[SEAT])
            self._settle(JUNE, self.edition)
            take_over = self._read(seats=[SEAT, self.DATED])
            self.assertProblem(take_over, ("seats", 3), "funding_from", "is settled up to")

    def test_what_a_row_says_otherwise_of_a_seat_is_said(self):
        row = {**SEAT, "date_end": "31/07/2015", "funding_rate": 70, "state": "Under Way"}
        self._record(people=[PERSON], seats=[row])
        self.assertFalse(self._read(seats=[SEAT]).problem_count, "an empty cell says nothing")
        for key, text in (("date_end", "30/07/2015"), ("funding_rate", 60)):
            take_over = self._read(seats=[{**row, key: text}])
            self.assertProblem(take_over, ("seats", 2), key, "change it there")
        with freeze_time("2015-08-02 09:00:00"):
            self.edition.participant_ids.seat_ids.state = "ended"
            self.assertFalse(self._read(seats=[row]).problem_count, "its days say so")


@freeze_time("2015-06-20 09:00:00")
class TestSuspensions(TakeOverCase):
    WHO = {"participant_id": "Camille Roy"}
    ROW = {**WHO, "date_from": "10/06/2015", "date_to": "24/06/2015", "reason": "Illness"}

    def _days(self):
        rows = self.edition.participant_ids.suspension_ids.sorted("date_from")
        return [(row.date_from, row.date_to, row.kind, row.extends) for row in rows]

    def test_a_suspension_is_recorded_once(self):
        open_end = {**self.WHO, "date_from": "01/07/2015", "reason": "Contract"}
        rows = [self.ROW, {**open_end, "kind": "Short contract", "extends": "no"}]
        self._record(people=[PERSON], suspensions=rows)
        self.assertEqual(
            self._days(),
            [(d("10/6"), d("24/6"), "absence", True), (d("1/7"), False, "work", False)],
        )
        self._record(suspensions=[self.ROW], seats=[SEAT])

    def test_what_is_there_otherwise_is_said(self):
        self._record(people=[PERSON], suspensions=[self.ROW])
        for key, text in (("date_to", "23/06/2015"), ("extends", "no"), ("reason", "Training")):
            take_over = self._read(suspensions=[{**self.ROW, key: text}])
            self.assertProblem(take_over, ("suspensions", 2), key, "change it there")
        known = self._read(suspensions=[{**self.ROW, "date_to": ""}])
        self.assertEqual(known.known_count, 1)

    def test_days_that_are_suspended_already_are_said(self):
        self._record(people=[PERSON], suspensions=[self.ROW])
        rows = [
            {**self.ROW, "date_from": "24/06/2015", "date_to": ""},
            {**self.ROW, "date_from": "01/06/2015", "date_to": ""},
            {**self.ROW, "date_from": "01/06/2015", "date_to": "10/06/2015"},
        ]
        for row in rows:
            take_over = self._read(suspensions=[row])
            self.assertProblem(take_over, ("suspensions", 2), "date_from", "suspended from")
        two = [
            {**self.ROW, "date_from": "01/06/2015", "date_to": "09/06/2015"},
            {**self.ROW, "date_from": "08/06/2015", "date_to": "09/06/2015"},
        ]
        take_over = self._read(suspensions=two)
        self.assertProblem(take_over, ("suspensions", 3), "date_from", "suspended from")
        self.assertEqual(take_over.good_count, 1)

    def test_a_suspension_in_the_time_that_another_gives_may_stand_before_it(self):
        """The stay ends on 1 August; it goes on as long as the first suspension lasts."""
        rows = [
            {**self.ROW, "date_from": "10/08/2015", "date_to": "12/08/2015"},
            {**self.ROW, "date_from": "01/07/2015", "date_to": "20/07/2015"},
        ]
        take_over = self._read(people=[PERSON], suspensions=rows[:1])
        self.assertProblem(take_over, ("suspensions", 2), "date_from", "outside the incubation")
        self._record(people=[PERSON], suspensions=rows)

    def test_a_wrong_suspension_names_its_cell(self):
        for key, text, column, words in (
            ("participant_id", "Zoé", "participant_id", "Nobody is called Zoé"),
            ("date_to", "01/06/2015", "date_from", "cannot end before"),
            ("reason", "", "reason", "is empty"),
            ("kind", "Holidays", "kind", "none of: Absence"),
            ("date_from", "01/01/2015", "date_from", "outside the incubation"),
        ):
            with self.subTest(key):
                take_over = self._read(people=[PERSON], suspensions=[{**self.ROW, key: text}])
                self.assertProblem(take_over, ("suspensions", 2), column, words)
                self.assertEqual(take_over.good_count, 1)

    def test_a_suspension_of_a_settled_month_is_corrected_by_the_next(self):
        self.tariff.absence_rule = "credited"
        with freeze_time("2015-08-02 09:00:00"):
            self._record(people=[PERSON], seats=[SEAT])
            self._settle(JUNE, self.edition)
            self._record(suspensions=[self.ROW])
            charges = self._generate(JULY, self.edition).charge_ids
        # 15 of 30 days of 180.00
        self.assertAmounts(charges, ("adjustment", -90.0), ("regular", 180.0))
