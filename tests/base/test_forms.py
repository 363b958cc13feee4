"""What people type, through the views: defaults, what follows from what, what is closed."""

import re

from lxml import etree

from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time

from ..common import JUNE, CoworkingCase, d

QUICK = "coworking_incubation.coworking_participant_view_form_quick_create"


class TestNewForms(CoworkingCase):
    def test_what_is_not_filled_in_yet_has_no_name_made_of_it(self):
        """A new record is headed “New”, not “False”."""
        actions = self.env["ir.actions.act_window"].search([("path", "=like", "incubation-%")])
        models = set(actions.filtered(lambda row: "form" in row.view_mode).mapped("res_model"))
        self.assertGreater(len(models), 15)
        for name in sorted(name for name in models if name.startswith("coworking.")):
            model = self.env[name].with_user(self.coordinator)
            if model.has_access("create"):
                with self.subTest(model=name):
                    self.assertNotIn("False", str(model.new({}).display_name or ""))


class TestEmptyLists(CoworkingCase):
    """What a list says while nothing is in it."""

    # Who sees it may do so elsewhere.
    ELSEWHERE = {"coworking.evidence", "coworking.month.line", "coworking.month.run"}
    # With which sentences begin that tell somebody to do something.
    VERBS = re.compile(
        r"(?:^|[.:>] *)(?:Add|Choose|Confirm|Create|Drag|Fill|Generate|Give|Make|Note|Open|Plan|"
        r"Press|Put|Request|Say|Set|Type|Write)\b"
    )

    def _read_helps(self, user):
        """(action, what it says while empty) of all lists of ours that somebody may read."""
        data = self.env["ir.model.data"].search(
            [("module", "like", "coworking_incubation"), ("model", "=", "ir.actions.act_window")]
        )
        actions = self.env["ir.actions.act_window"].browse(data.mapped("res_id"))
        for action in actions.with_user(user).sudo():
            model = self.env[action.res_model].with_user(user)
            if action.view_mode != "form" and model.has_access("read"):
                (values,) = action.read(["help", "res_model", "context"])  # as the screen gets it
                yield action, str(values["help"])

    def test_nobody_is_told_to_make_what_they_may_not(self):
        for user in (self.accompanist, self.coordinator, self.accountant):
            for action, said in self._read_helps(user):
                model = self.env[action.res_model].with_user(user)
                if action.res_model not in self.ELSEWHERE and not model.has_access("create"):
                    with self.subTest(action=action.name, user=user.login):
                        self.assertNotRegex(said, self.VERBS)

    def test_who_may_not_make_the_first_one_reads_who_does(self):
        helps = {action.xml_id: said for action, said in self._read_helps(self.accountant)}
        said = helps["coworking_incubation.coworking_space_action"]
        self.assertIn("Who adds to it: Coordinator", said)
        helps = {action.xml_id: said for action, said in self._read_helps(self.coordinator)}
        said = helps["coworking_incubation.coworking_space_action"]
        self.assertIn("Add the first coworking space", said)


@freeze_time("2015-06-10 10:00:00")
class TestParticipantForms(CoworkingCase):
    def test_quick_create_asks_for_a_name_and_a_phone(self):
        env = self.env(user=self.accompanist)
        form = Form(env["coworking.participant"], view=QUICK)
        self.assertEqual(form.program_id, self.program)
        form.partner_name = "Sacha"
        form.phone = "03 20 00 00 00"
        participant = form.save()
        self.assertRecordValues(
            participant,
            [
                {
                    "display_name": "Sacha",
                    "phone": "03 20 00 00 00",
                    "program_id": self.program.id,
                    "user_id": self.accompanist.id,
                    "date_application": d("10/6"),
                    "date_support": False,
                    "date_entry": False,
                }
            ],
        )
        self.assertEqual(participant.phase, "recruitment")

    def test_the_prescriber_is_kept(self):
        prescriber = self.env["res.partner"].create({"name": "Mission", "is_company": True})
        with Form(self.env(user=self.accompanist)["coworking.participant"], view=QUICK) as form:
            form.partner_name = "Sacha"
            form.prescriber_id = prescriber
        self.assertEqual(form.record.prescriber_id, prescriber)

    def test_the_whole_form_follows_the_entry(self):
        participant = self._new_participant("Camille").with_user(self.accompanist)
        with Form(participant) as form:
            form.date_entry = d("15/6")
            self.assertEqual(form.date_exit_planned, d("14/12"))
            form.phone = "03 20 00 00 00"
        self.assertEqual(participant.partner_id.phone, "03 20 00 00 00")

    def test_the_form_opens_for_everybody_who_may_read_the_file(self):
        participant = self._new_participant("Camille")
        for user in (self.accompanist, self.coordinator, self.sensitive, self.accountant):
            with self.subTest(user=user.login):
                form = Form(participant.with_user(user))
                self.assertEqual(form.partner_id, participant.partner_id)

    def test_the_personal_situation_is_on_the_form_of_the_few_only(self):
        participant = self._new_participant("Camille", user_id=self.sensitive.id)
        with Form(participant.with_user(self.sensitive)) as form:
            form.disability = "yes"
        self.assertEqual(participant.disability, "yes")
        for user in (self.accompanist, self.coordinator):
            form = Form(participant.with_user(user))
            with self.subTest(user=user.login), self.assertRaises(AssertionError):
                form.disability  # noqa: B018


@freeze_time("2015-06-10 10:00:00")
class TestSeatForm(CoworkingCase):
    def test_rate_and_cap_follow_the_person(self):
        self.program.write({"funding_rate": 80.0, "funding_cap": 120.0})
        participant = self._new_participant("Camille")
        form = Form(self.env(user=self.accompanist)["coworking.seat"])
        form.participant_id = participant
        self.assertEqual((form.funding_rate, form.funding_cap), (80.0, 120.0))
        form.space_id = self.space
        form.tariff_id = self.tariff
        form.date_start = d("15/6")
        for fragment in ("180", "120", "60"):
            self.assertIn(fragment, form.offer_summary)
        seat = form.save()
        self.assertRecordValues(
            seat, [{"state": "draft", "occupant_name": "Camille", "date_end": d("14/12")}]
        )
        seat.action_request()

    def test_a_new_seat_shows_what_to_press_when_it_is_filled_in(self):
        buttons = ((self.accompanist, "action_request"), (self.coordinator, "action_confirm"))
        for user, name in buttons:
            arch = self.env["coworking.seat"].with_user(user).get_view(view_type="form")["arch"]
            button = etree.fromstring(arch).find(f".//header/button[@name='{name}']")
            with self.subTest(name):
                self.assertNotIn("id", re.findall(r"\w+", button.get("invisible")))

    def test_wrong_days_are_told_when_it_is_saved(self):
        form = Form(self.env(user=self.coordinator)["coworking.seat"])
        form.participant_id = self._new_participant("Camille")
        form.space_id = self.space
        form.tariff_id = self.tariff
        form.date_start = d("31/12/14")
        with self.assertRaises(ValidationError):
            form.save()

    def test_an_active_seat_keeps_its_place(self):
        seat = self._new_seat("1/6", state="active").with_user(self.coordinator)
        form = Form(seat)
        for name in ("participant_id", "space_id", "tariff_id"):
            with self.subTest(field=name), self.assertRaises(AssertionError):
                setattr(form, name, form[name])

    def test_it_opens_for_everybody_who_may_read_it(self):
        seat = self._new_seat("1/6")
        for user in (self.accompanist, self.coordinator, self.accountant):
            with self.subTest(user=user.login):
                self.assertEqual(Form(seat.with_user(user)).name, seat.name)


class TestTariffForm(CoworkingCase):
    def test_a_tariff_with_two_prices(self):
        env = self.env(user=self.coordinator)
        form = Form(env["coworking.tariff"])
        form.name = "Nomad"
        form.space_id = self.space_b
        form.product_id = self.seat_product
        self.assertRecordValues(
            form._env["coworking.tariff"].new({"unit": form.unit}), [{"unit": "month"}]
        )
        for day, price in (("1/1", 180.0), ("10/6", 200.0)):
            with form.price_ids.new() as row:
                row.date_start = d(day)
                row.price = price
        tariff = form.save()
        self.assertEqual(sorted(tariff.price_ids.mapped("price")), [180.0, 200.0])
        self.assertRecordValues(
            tariff,
            [
                {
                    "unit": "month",
                    "period": "calendar",
                    "proration": "daily",
                    "tax_included": True,
                    "billing_timing": "arrears",
                    "uses_place": True,
                }
            ],
        )
        self.assertEqual(tariff._price_on(d("9/6")).price, 180.0)

    def test_the_unit_says_whether_it_holds_a_place(self):
        form = Form(self.env(user=self.coordinator)["coworking.tariff"])
        form.unit = "day"
        self.assertFalse(form.uses_place)
        form.unit = "week"
        self.assertTrue(form.uses_place)

    def test_terms_of_settled_months_are_closed(self):
        self._new_seat("1/6", "30/6")
        self._settle()
        self.tariff.invalidate_recordset()
        form = Form(self.tariff.with_user(self.coordinator))
        self.assertTrue(form.terms_locked)
        for name in ("unit", "tax_included", "product_id", "proration"):
            with self.subTest(term=name), self.assertRaises(AssertionError):
                setattr(form, name, form[name])


class TestOtherForms(CoworkingCase):
    @freeze_time("2015-07-03 10:00:00")
    def test_the_month_to_generate(self):
        self._new_seat("1/6", "30/6")
        form = Form(self.env(user=self.coordinator)["coworking.statement.generate"])
        self.assertEqual(form.date_from, JUNE)
        action = form.save().action_generate()
        statement = self.env["coworking.statement"].search(action["domain"])
        self.assertEqual(statement.name, "TST-2015-06-ATELIER")

    def test_a_new_program_funds_everything_of_prices_with_tax(self):
        form = Form(self.env(user=self.coordinator)["coworking.program"])
        form.name = "New"
        form.code = "NEW"
        form.date_start = d("1/1")
        form.date_end = d("31/12")
        self.assertRecordValues(
            form.save(),
            [
                {
                    "funding_rate": 100.0,
                    "funding_cap": 0.0,
                    "funding_base": "total",
                    "copayment_collector": "program",
                    "target_places": 30,
                    "duration_months": 6,
                    "min_criteria": 1,
                    "user_id": self.coordinator.id,
                    "company_id": self.company.id,
                }
            ],
        )

    def test_a_new_space_takes_its_name_and_operator_from_the_site(self):
        site = self.env["res.partner"].create({"name": "Le Nid", "is_company": True})
        form = Form(self.env(user=self.coordinator)["coworking.space"])
        form.partner_id = site
        self.assertEqual(form.name, "Le Nid")
        self.assertEqual(form.operator_id, site)
        form.code = "NID"
        self.assertRecordValues(form.save(), [{"state": "prospect", "seat_capacity": 0}])

    def test_a_statement_is_read_and_a_line_is_disputed(self):
        self._new_seat("1/6", "30/6")
        statement = self._generate()
        for user in (self.coordinator, self.accountant):
            with self.subTest(user=user.login):
                form = Form(statement.with_user(user))
                self.assertEqual(form.name, "TST-2015-06-ATELIER")
                with Form(statement.charge_ids.with_user(user)) as line:
                    line.review = "disputed"
                    line.dispute_reason = "Left on the 20th"
                self.assertEqual(statement.charge_ids.review, "disputed")
                statement.charge_ids.review = "pending"

    def test_a_contact_opens_for_everybody(self):
        for user in (self.accompanist, self.coordinator, self.accountant, self.employee):
            with self.subTest(user=user.login):
                self.assertTrue(Form(self.space.operator_id.with_user(user)).name)


class TestPickers(CoworkingCase):
    """A new record has no company yet where it is what one picks that gives it."""

    def test_what_gives_the_company_can_be_picked_on_a_new_record(self):
        for model, name in (
            ("participant", "program_id"),
            ("extension", "participant_id"),
            ("objective", "participant_id"),
            ("review", "participant_id"),
            ("proof", "participant_id"),
            ("document", "participant_id"),
            ("followup", "participant_id"),
            ("assignment", "participant_id"),
            ("suspension", "participant_id"),
            ("seat", "participant_id"),
            ("presence", "seat_id"),
            ("seat.funding", "seat_id"),
            ("charge", "seat_id"),
            ("tariff", "space_id"),
            ("tariff.price", "tariff_id"),
            ("space.membership", "space_id"),
        ):
            records = self.env[f"coworking.{model}"]
            with self.subTest(model=model):
                self.assertFalse(records._fields[name].check_company)
                domain = records.fields_get([name], ["domain"])[name].get("domain", [])
                self.assertNotIn("company_id", str(domain))
                self.assertEqual(records._fields["company_id"].related.split(".")[0], name)
