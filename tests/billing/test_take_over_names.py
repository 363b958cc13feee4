"""Names that several have: a take-over asks which is meant, and never takes the first."""

from odoo.tests import freeze_time

from ..common import d
from .test_take_over import PERSON, SEAT, TakeOverCase


@freeze_time("2015-06-20 09:00:00")
class TestSpaces(TakeOverCase):
    ROW = {"name": "Le Quai", "seat_capacity": 4}

    def _quais(self):
        return self.env["coworking.space"].search([("name", "=", "Le Quai")], order="id")

    def test_a_space_of_this_name_is_there_already(self):
        self._new_space("Le Quai", "QUAI").partner_id.city = "Lille"
        for row in (self.ROW, {**self.ROW, "city": "LILLE"}, {**self.ROW, "code": "quai"}):
            with self.subTest(row):
                self.assertEqual(self._read(spaces=[row]).known_count, 1)

    def test_several_of_one_name_are_told_apart_by_their_code(self):
        for code, city in (("QUAI", "Lille"), ("QUAI2", "Roubaix")):
            self._new_space("Le Quai", code).partner_id.city = city
        take_over = self._read(spaces=[self.ROW])
        self.assertProblem(take_over, ("spaces", 2), "code", "QUAI, Lille", "QUAI2, Roubaix")
        take_over.line_ids.value = "QUAI2"
        take_over.action_check()
        self.assertEqual(take_over.known_count, 1)

    def test_one_of_the_same_name_elsewhere_needs_a_code_of_its_own(self):
        self._new_space("Le Quai", "QUAI").partner_id.city = "Lille"
        take_over = self._read(spaces=[{**self.ROW, "city": "Dunkerque"}])
        self.assertProblem(take_over, ("spaces", 2), "code", "QUAI, Lille")
        take_over.line_ids.value = "DK"
        take_over.action_check()
        take_over.action_record()
        self.assertEqual(self._quais().mapped("code"), ["QUAI", "DK"])
        self.assertEqual(self._quais()[1].partner_id.city, "Dunkerque")

    def test_another_code_alone_makes_no_second_space(self):
        self._new_space("Le Quai", "QUAI").partner_id.city = "Lille"
        take_over = self._read(spaces=[{**self.ROW, "code": "LEQUAI"}])
        self.assertProblem(take_over, ("spaces", 2), "code", "QUAI, Lille")

    def test_two_rows_of_one_name_are_two_spaces(self):
        rows = [{**self.ROW, "city": "Lille"}, {**self.ROW, "city": "Lille"}]
        take_over = self._read(spaces=rows)
        self.assertProblem(take_over, ("spaces", 2), "code", "Line 3 has the same name")
        for row, code in zip(rows, ("A", "B"), strict=True):
            row["code"] = code
        for known in (0, 2):
            take_over = self._read(spaces=rows)
            self.assertFalse(self._problems(take_over))
            self.assertEqual(take_over.known_count, known)
            if not known:
                take_over.action_record()
        self.assertEqual(self._quais().mapped("code"), ["A", "B"])

    def test_a_code_that_is_not_given_is_the_one_that_spaces_propose(self):
        self._read(spaces=[{**self.ROW, "name": "Grande Fabrique de Lille"}]).action_record()
        self.assertEqual(
            self.env["coworking.space"].search([], limit=1, order="id desc").code, "GRANDEFABRIQ"
        )

    def test_several_tariffs_of_one_name_at_a_space_are_asked(self):
        old = self._new_tariff("Nomad", 100.0)
        take_over = self._read(people=[PERSON], seats=[SEAT])
        self.assertProblem(take_over, ("seats", 2), "tariff_id", "several tariffs called Nomad")
        old.active = False
        take_over.action_check()
        self.assertFalse(self._problems(take_over))


@freeze_time("2015-06-20 09:00:00")
class TestOrganisations(TakeOverCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here, cls.there = cls.env["res.partner"].create(
            [
                {
                    "name": "Quai Ouest",
                    "is_company": True,
                    "city": "Lille",
                    "company_registry": "12345678900012",
                },
                {"name": "Quai Ouest", "is_company": True, "city": "Brest", "ref": "QO-29"},
            ]
        )

    def test_who_bills_is_asked_and_told_by_a_number(self):
        row = {"name": "Le Quai", "seat_capacity": 4, "operator_id": "quai ouest"}
        take_over = self._read(spaces=[row])
        self.assertProblem(
            take_over, ("spaces", 2), "operator_id", "12345678900012, Lille", "QO-29, Brest"
        )
        take_over.line_ids.value = "123 456 789 00012"
        take_over.action_check()
        take_over.action_record()
        space = self.env["coworking.space"].search([("name", "=", "Le Quai")])
        self.assertEqual(space.operator_id, self.here)

    def test_a_number_that_nobody_has_makes_no_organisation(self):
        row = {"name": "Le Quai", "seat_capacity": 4}
        for typed in ("987 654 321 00019", "FR12987654321", "nobody@example.org"):
            take_over = self._read(spaces=[{**row, "operator_id": typed}])
            self.assertProblem(take_over, ("spaces", 2), "operator_id", typed)

    def test_a_site_is_the_contact_of_its_city(self):
        row = {"name": "Quai Ouest", "seat_capacity": 4}
        take_over = self._read(spaces=[row])
        self.assertProblem(take_over, ("spaces", 2), "city", "Lille", "Brest")
        take_over.line_ids.value = "brest"
        take_over.action_check()
        take_over.action_record()
        space = self.env["coworking.space"].search([("name", "=", "Quai Ouest")])
        self.assertEqual(space.partner_id, self.there)

    def test_who_referred_and_who_funds_are_asked_too(self):
        grant = {"reference": "M-1", "partner_id": "Quai Ouest", "amount_used_before": 10}
        take_over = self._read(people=[{**PERSON, "prescriber_id": "Quai Ouest"}], grants=[grant])
        self.assertProblem(take_over, ("people", 2), "prescriber_id", "12345678900012", "QO-29")
        self.assertProblem(take_over, ("grants", 2), "partner_id", "12345678900012", "QO-29")


@freeze_time("2015-06-20 09:00:00")
class TestAgreements(TakeOverCase):
    def _agreement(self, reference, funder, **values):
        return self.env["coworking.funding.agreement"].create(
            {
                "reference": reference,
                "partner_id": self.env["res.partner"]
                .create({"name": funder, "is_company": True})
                .id,
                "program_ids": self.edition.ids,
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
                "rate": 20,
                **values,
            }
        )

    def test_what_stands_for_any_letter_elsewhere_is_a_letter_here(self):
        other = self._agreement("MEL-1", "Metropolis")
        row = {"reference": "MEL_1", "partner_id": "Metropolis", "amount_used_before": 9}
        row["rate"] = 10
        self._read(grants=[row, {**row, "reference": "%"}]).action_record()
        self.assertFalse(other.amount_used_before)
        self.assertEqual(
            sorted(self.edition.agreement_ids.mapped("reference")), ["%", "MEL-1", "MEL_1"]
        )

    def test_an_agreement_of_this_reference_is_this_funder_s(self):
        other = self._agreement("2015-113", "Metropolis")
        row = {"reference": "2015-113", "partner_id": "Region", "amount_used_before": 9}
        self._read(grants=[{**row, "rate": 10}]).action_record()
        self.assertFalse(other.amount_used_before)
        (made,) = self.edition.agreement_ids - other
        self.assertEqual((made.partner_id.name, made.amount_used_before), ("Region", 9.0))
        take_over = self._read(grants=[{**row, "partner_id": ""}])
        self.assertProblem(take_over, ("grants", 2), "partner_id", "Metropolis", "Region")
        self.assertEqual(self._read(grants=[row]).known_count, 1)


@freeze_time("2015-06-20 09:00:00")
class TestPeople(TakeOverCase):
    def test_a_birth_date_is_not_found_out_by_trying(self):
        """Who may not read it is not told whether the one that they type is right."""
        who = {"phone": "06 39 98 01 0{}", "birth_date": d("3/4").replace(year=1985)}
        for number in (1, 2):
            self._new_participant(
                "Camille Roy", self.edition, **{**who, "phone": who["phone"].format(number)}
            ).birth_date = d(f"{number}/4").replace(year=1985)
        told = {}
        for typed in ("1/4/1985", "5/4/1985"):
            take_over = self._read(seats=[{**SEAT, "tell_apart": typed}])
            told[typed] = take_over.line_ids.problem.replace(typed, "")
        self.assertEqual(*told.values())
        self.assertIn("Nobody called Camille Roy has this", *set(told.values()))
        self.coordinator.group_ids += self.env.ref("coworking_incubation.group_coworking_sensitive")
        take_over = self._read(seats=[{**SEAT, "tell_apart": "1/4/85"}])
        self.assertFalse(self._problems(take_over))


@freeze_time("2015-06-20 09:00:00")
class TestCost(TakeOverCase):
    def _cost(self, number):
        """Queries that ``number`` rows of presences take to be read and shown."""
        days = [d(f"{day}/6") for day in range(1, 20) if d(f"{day}/6").weekday() < 5]
        who = [f"Person {i}" for i in range(number)]
        rows = [{"participant_id": name, "state": "Present", "date": days[0]} for name in who]
        take_over = self._read(presences=rows)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        take_over.action_check()
        self.env.flush_all()
        self.assertFalse(self._problems(take_over))
        return self.env.cr.sql_log_count - before

    def test_presences_cost_the_same_number_of_queries_for_more_rows(self):
        self.space.seat_capacity = 50
        for number in range(30):
            file = self._new_participant(f"Person {number}", self.edition)
            self._new_seat("1/6", who=file)
        self._cost(5)  # warm
        self.assertEqual(self._cost(30), self._cost(5))
