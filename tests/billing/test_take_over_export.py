"""What a program holds leaves in the workbook that it could have come from, and comes back."""

import base64
import io

import openpyxl

from odoo import Command, models
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, new_test_user

from odoo.addons.coworking_incubation.spreadsheet import as_text
from odoo.addons.coworking_incubation.wizard.take_over_export import ExportedRows
from odoo.addons.coworking_incubation.wizard.take_over_sheets import FUNDING, SHEETS

from ..common import COORDINATOR, SENSITIVE, d
from . import test_take_over_month
from .test_take_over import PERSON, SEAT, TakeOverCase

EXPORT = "coworking_incubation.group_coworking_export"
SCALARS = ("boolean", "char", "date", "float", "integer", "monetary", "selection")


class ExportCase(TakeOverCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coordinator.group_ids += cls.env.ref(EXPORT)
        cls.coordinator.lang = "en_US"

    def _export(self, program=None, user=None):
        """(the file, dict title of a sheet -> its rows as texts)"""
        program, user = program or self.edition, user or self.coordinator
        take_over = (
            self.env["coworking.take.over"]
            .with_user(user)
            .with_context(allowed_company_ids=program.company_id.ids, lang=user.lang)
        )
        content = take_over.create({"program_id": program.id})._make_export()
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheets = {
            sheet.title: [[as_text(cell) for cell in row] for row in sheet.values]
            for sheet in book.worksheets[1:-1]
        }
        return content, sheets

    def _rows(self, key, sheets):
        """The rows of a sheet: dicts of what is written, by column."""
        take_over = self._take_over()
        columns = {heading: key for key, heading in take_over._get_headings(SHEETS[key]).items()}
        headings, *rows = sheets[take_over._get_title(SHEETS[key])]
        keys = [columns[heading] for heading in headings]
        return [{name: text for name, text in zip(keys, row, strict=True) if text} for row in rows]

    def _make_elsewhere(self, program):
        """An empty program of other terms, in a company where nothing is; nobody of before is found
        again among the contacts.

        :return: (the program, a coordinator who sees all of it)
        """
        spaces = self.env["coworking.space"].search([("company_id", "=", program.company_id.id)])
        files = program.participant_ids
        for partner in (
            (spaces.partner_id | spaces.operator_id)
            | (spaces.manager_ids | spaces.substitute_ids)
            | (files.partner_id | files.prescriber_id | files.prescriber_contact_id)
            | program.agreement_ids.partner_id
        ):
            partner.name = f"{partner.name} (before)"
        company = self._new_company("Elsewhere")
        colleagues = files.assignment_ids.user_id | program.accompanist_ids | program.user_id
        colleagues |= files.proof_ids.seen_by_id | files.review_ids.user_id
        colleagues |= files.extension_ids.decided_by_id
        (colleagues | files.attendance_ids.user_id).company_ids |= company
        account = self._setup_accounts(company)["expense"]
        company._coworking_make_exempt_position()
        there = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
        proposed = program.company_id._coworking_get_product("seat")
        products = spaces.tariff_ids.product_id | spaces.membership_ids.product_id
        for product in products | proposed:
            copy = there["product.product"].create(
                {
                    "name": product.name,
                    "type": "service",
                    "company_id": company.id,
                    "supplier_taxes_id": [Command.clear()],
                    "property_account_expense_id": account.id,
                }
            )
            if product == proposed:
                company.coworking_seat_product_id = copy
                company.coworking_membership_product_id = copy
        values = {"name": "Elsewhere", "billed_from": program.billed_from}
        user = new_test_user(
            self.env,
            login="t_elsewhere",
            groups=f"{COORDINATOR},{EXPORT},{SENSITIVE}",
            company_id=company.id,
            lang=self.coordinator.lang,
        )
        return there["coworking.program"].create({**values, "user_id": user.id}), user

    def _list_values(self, take_over):
        """What is there of all that has a column, as the records hold it and not as it leaves: what
        does not leave at all is the same in both workbooks. Names of what is numbered are left out.
        """
        exported, values = ExportedRows(take_over), {}
        for key, sheet in SHEETS.items():
            names = {
                (column.model or sheet.model, column.field)
                for column in sheet.columns
                if column.field != "name"
            } | {(FUNDING, name) for name in ("date_from", "rate", "cap")}
            values[key] = [
                {
                    (model, name): records[model][:1][name] or False
                    for model, name in sorted(names & self._list_scalars(records))
                }
                for records in getattr(exported, f"_find_{key}_records")()
            ]
        return values

    @staticmethod
    def _list_scalars(records):
        return {
            (model, name)
            for model, record in records.items()
            if isinstance(record, models.BaseModel)
            for name, field in record._fields.items()
            if field.type in SCALARS
        }

    @staticmethod
    def _in_cells(value):
        """As a cell holds it: twenty minutes are not a finite number of hours."""
        return round(value, 4) if isinstance(value, float) else value

    def assertComesBack(self, program, user):
        """Out, into an empty program, and out again: the same sheets, and the same values.

        :return: (dict title of a sheet -> its rows, the other program)
        """
        content, before = self._export(program, user)
        here = self.env["coworking.take.over"].with_user(user)
        here = here.with_context(allowed_company_ids=program.company_id.ids, lang=user.lang)
        values = self._list_values(here.create({"program_id": program.id}))
        copy, reader = self._make_elsewhere(program)
        take_over = (
            self.env["coworking.take.over"]
            .with_user(reader)
            .with_context(allowed_company_ids=copy.company_id.ids, lang=reader.lang)
            .create({"program_id": copy.id, "file": base64.b64encode(content)})
        )
        take_over.action_read()
        self.assertFalse(self._problems(take_over))
        self.assertFalse(take_over.not_read)
        self.assertFalse(take_over.line_ids.filtered("known").mapped("cells"))
        take_over.action_record()
        self.assertFalse(take_over.line_ids)
        __, after = self._export(copy, reader)
        for key, rows in self._list_values(take_over).items():
            for one, other in zip(values[key], rows, strict=True):
                differ = {
                    name: (one[name], other[name])
                    for name in one
                    if self._in_cells(one[name]) != self._in_cells(other[name])
                }
                self.assertFalse(differ, key)
        self.assertEqual(before.keys(), after.keys())
        for title, rows in before.items():
            self.assertEqual(rows, after[title], title)
        return before, copy


@freeze_time("2015-07-02 09:00:00")
class TestComesBack(ExportCase):
    def test_twenty_five_people_taken_over_come_back(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.coordinator.group_ids += self.env.ref(SENSITIVE)
        self.edition.funding_cap = 120.0
        files = test_take_over_month.TestTwentyFivePeople
        for name in files.FILES:
            content = (files.FOLDER / f"{name}.csv").read_bytes()
            self._take_over(content).action_record()
        sheets, __ = self.assertComesBack(self.edition, self.coordinator)
        counts = {title: len(rows) - 1 for title, rows in sheets.items()}
        self.assertEqual((counts["Participants"], counts["Funded Seats"]), (25, 24))


class TestDemonstration(ExportCase):
    def test_the_running_program_comes_back(self):
        program = self.env.ref(
            "coworking_incubation.coworking_program_current", raise_if_not_found=False
        )
        if not program:
            self.skipTest("without the demonstration")
        user = self.env.ref("coworking_incubation.res_users_coordination")
        user.group_ids += self.env.ref(SENSITIVE) | self.env.ref(EXPORT)
        self.coordinator.lang = user.lang
        self.assertComesBack(program, user)


@freeze_time("2015-06-20 09:00:00")
class TestWhatLeaves(ExportCase):
    def _take(self, *people, **sheets):
        self._read(people=[{**PERSON, **values} for values in people], **sheets).action_record()

    def test_each_export_is_noted_on_the_program(self):
        self._take({}, {"partner_name": "Zoé Petit"}, seats=[SEAT])
        self._export()
        note = self.edition.message_ids[:1]
        self.assertEqual(note.author_id, self.coordinator.partner_id)
        self.assertTrue(note.subtype_id.internal)
        for words in ("2 people (Name, Email", "0 suspensions", "1 seats", "0 rows of presences"):
            self.assertIn(words, note.body)
        self.assertNotIn("Birth Date", note.body)
        self.coordinator.group_ids += self.env.ref(SENSITIVE)
        self._export()
        self.assertIn("Birth Date", self.edition.message_ids[:1].body)

    def test_each_export_is_in_the_audit_trail_of_whom_it_is_about(self):
        self._take({}, {"partner_name": "Zoé Petit"})
        files = self.edition.participant_ids
        trail = self.env["coworking.audit"]
        for sensitive in (False, True):
            if sensitive:
                self.coordinator.group_ids += self.env.ref(SENSITIVE)
            last = trail.search([], limit=1).id
            self._export()
            (line,) = trail.search([("id", ">", last), ("action", "=", "exported")])
            self.assertEqual((line.user_id, line.res_model), (self.coordinator, files._name))
            self.assertEqual(line.program_id, self.edition)
            self.assertEqual((line.changes["format"], line.changes["count"]), ("xlsx", 2))
            self.assertEqual(set(line.changes["ids"]), set(files.ids))
            self.assertIn("partner_name", line.changes["fields"])
            for name in ("birth_date", "situation_note", "restricted_note"):
                self.assertEqual(name in line.changes["fields"], sensitive, name)
            self.assertNotIn("Camille", str(line.changes))

    def test_birth_dates_leave_with_who_may_see_them(self):
        self._take({})
        self.edition.participant_ids.birth_date = "1985-04-03"
        (row,) = self._rows("people", self._export()[1])
        self.assertNotIn("birth_date", row)
        self.coordinator.group_ids += self.env.ref(SENSITIVE)
        (row,) = self._rows("people", self._export()[1])
        self.assertEqual(row["birth_date"], "1985-04-03")

    def test_no_text_is_a_formula(self):
        self._new_participant("=1+1", self.edition, project="@SUM(A1)")
        content, sheets = self._export()
        (row,) = self._rows("people", sheets)
        self.assertEqual((row["partner_name"], row["project"]), ("=1+1", "@SUM(A1)"))
        book = openpyxl.load_workbook(io.BytesIO(content))
        kinds = {cell.data_type for row in book["Participants"].iter_rows() for cell in row}
        self.assertNotIn("f", kinds)

    def test_a_day_whose_halves_say_the_same_is_a_row(self):
        daily = self._new_tariff("Journée", 20.0, unit="day")
        self._take({}, seats=[{**SEAT, "tariff_id": daily.name}])
        seat = self.edition.participant_ids.seat_ids
        self._new_presences(seat, "2/6", "3/6am", hours=3.5)
        self._new_presences(seat, "4/6")
        seat.presence_ids.filtered(
            lambda row: (row.date, row.slot) == (d("4/6"), "pm")
        ).state = "absent"
        rows = self._rows("presences", self._export()[1])
        self.assertEqual(
            [(row["date"], row["slot"], row["state"], row.get("hours")) for row in rows],
            [
                ("2015-06-02", "Day", "Present", "7"),
                ("2015-06-03", "Morning", "Present", "3.5"),
                ("2015-06-04", "Morning", "Present", None),
                ("2015-06-04", "Afternoon", "Absent", None),
            ],
        )

    def test_spaces_and_organisations_of_one_name_are_told_apart(self):
        for code, ref in (("QUAI", "QO-1"), ("QUAI2", "QO-2")):
            operator = self.env["res.partner"].create(
                {"name": "Quai Ouest", "is_company": True, "ref": ref}
            )
            space = self._new_space("Le Quai", code, operator_id=operator.id)
            tariff = self._new_tariff("Bureau", 100.0, space=space)
        file = self._new_participant("Camille Roy", self.edition)
        self._new_seat("1/6", who=file, tariff=tariff)
        sheets = self._export()[1]
        operators = {row["code"]: row.get("operator_id") for row in self._rows("spaces", sheets)}
        self.assertEqual((operators["QUAI"], operators["QUAI2"]), ("QO-1", "QO-2"))
        (seat,) = self._rows("seats", sheets)
        self.assertEqual(seat["space_id"], "QUAI2")
        take_over = self._take_over(self._export()[0])
        self.assertFalse(self._problems(take_over))
        self.assertEqual(take_over.known_count, len(take_over.line_ids))

    def test_the_first_month_that_the_program_says_is_said_by_the_one_that_reads(self):
        self._take({}, {"partner_name": "Zoé Petit"}, seats=[SEAT])
        seat = self.edition.participant_ids.seat_ids
        self.assertEqual(seat.billed_from, self.edition.billed_from)
        (row,) = self._rows("seats", self._export()[1])
        self.assertNotIn("billed_from", row)
        seat.billed_from = "2015-08-01"
        (row,) = self._rows("seats", self._export()[1])
        self.assertIn("billed_from", row)

    def test_a_tariff_that_took_the_name_of_a_former_one_keeps_its_own_terms(self):
        space = self._new_space("Le Quai", "QUAI")
        former = self._new_tariff("Résident", 150.0, space=space)
        people = [self._new_participant(name, self.edition) for name in ("Camille", "Zoé")]
        self._new_seat("1/6", who=people[0], tariff=former)
        former.active = False
        tariff = self._new_tariff("Résident", 180.0, space=space, min_commitment_months=3)
        self._new_seat("1/6", who=people[1], tariff=tariff)
        sheets = self._export()[1]
        rows = {row["name"]: row for row in self._rows("tariffs", sheets)}
        self.assertEqual(rows["Résident"]["min_commitment_months"], "3")
        self.assertNotIn("active", rows["Résident"])
        self.assertNotIn("min_commitment_months", rows["Résident (2)"])
        self.assertEqual(rows["Résident (2)"]["active"], "No")
        names = [row["tariff_id"] for row in self._rows("seats", sheets)]
        self.assertEqual(names, ["Résident (2)", "Résident"])

    def test_what_is_said_of_spaces_projects_and_agreements_comes_back(self):
        self.coordinator.group_ids += self.env.ref(SENSITIVE)
        space = self._new_space("Le Quai", "QUAI", state="partner", date_partner=d("1/1"))
        names = [{"name": "Zinc"}, {"name": "Four, à pain"}]
        space.amenity_ids = self.env["coworking.amenity"].create(names)
        sectors = self.env["coworking.sector"].create(names)
        sectors[0].active = False
        self._new_participant(
            "Camille Roy",
            self.edition,
            project_description="<p>Une reliure</p><p>à Lille</p>",
            sector_ids=sectors.ids,
        )
        said = {
            "commitment_number": "EJ-7",
            "eligible_kinds": "regular,deposit",
            "eligible_without_presence": True,
            "date_paid_limit": d("31/3").replace(year=2016),
            "evidence_until": d("31/12").replace(year=2025),
            "instalments": "Avance : 50 %\nSolde",
            "targets": "Dix personnes",
        }
        funder = self.env["res.partner"].create({"name": "Metropolis", "is_company": True})
        self.env["coworking.funding.agreement"].create(
            {
                **said,
                "reference": "MEL-1",
                "partner_id": funder.id,
                "program_ids": self.edition.ids,
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
            }
        )
        content, __ = self._export()
        take_over = self._take_over(content)
        self.assertFalse(self._problems(take_over))
        self.assertEqual(take_over.known_count, len(take_over.line_ids))
        __, copy = self.assertComesBack(self.edition, self.coordinator)
        agreement = copy.agreement_ids
        self.assertEqual({name: agreement[name] for name in said}, said)
        back = copy.participant_ids
        self.assertEqual(back.with_context(active_test=False).sector_ids, sectors)
        self.assertIn("Une reliure", back.project_description)
        there = self.env["coworking.space"].search([("company_id", "=", copy.company_id.id)])
        self.assertEqual(set(there.amenity_ids.mapped("name")), {"Zinc", "Four, à pain"})

    def test_terms_that_decide_a_price_leave_though_they_are_no_or_zero(self):
        tariff = self._new_tariff(
            "Heures", 5.0, unit="hour", tax_included=False, counts="hour", uses_place=True
        )
        self.edition.funding_rate = 80.0
        file = self._new_participant("Camille Roy", self.edition)
        self._new_seat("1/6", who=file, tariff=tariff, funding_rate=0.0)
        sheets = self._export()[1]
        rows = self._rows("tariffs", sheets)
        row = next(row for row in rows if row["name"] == "Heures")
        self.assertEqual(
            (row["tax_included"], row["counts"], row["uses_place"]), ("No", "Hours", "Yes")
        )
        self.assertEqual(self._rows("seats", sheets)[0]["funding_rate"], "0")


@freeze_time("2015-06-20 09:00:00")
class TestRights(ExportCase, HttpCase):
    def _url(self, user):
        take_over = self.env["coworking.take.over"].with_user(user)
        return take_over.create({"program_id": self.edition.id}).action_export()["url"]

    def test_who_coordinates_and_may_export_gets_the_workbook_in_one_click(self):
        action = self.env.ref("coworking_incubation.coworking_program_action_export")
        opened = (
            action.with_user(self.coordinator)
            .with_context(active_model="coworking.program", active_id=self.edition.id)
            .run()
        )
        self.coordinator.password = "t_coordinator1"
        self.authenticate(self.coordinator.login, "t_coordinator1")
        before = len(self.edition.message_ids)
        answer = self.url_open(opened["url"])
        self.assertEqual((answer.status_code, answer.content[:2]), (200, b"PK"))
        self.assertIn("-rep-2015-06-20.xlsx", answer.headers["Content-Disposition"])
        self.edition.invalidate_recordset()
        self.assertEqual(len(self.edition.message_ids), before + 1)

    def test_nobody_else_sees_the_button_or_may_call_it(self):
        take_over = self._take_over()
        url = self._url(self.coordinator)
        self.coordinator.group_ids -= self.env.ref(EXPORT)
        for act in (take_over.action_export, take_over._make_export):
            with self.assertRefused("Export of Personal Data", error=AccessError):
                act()
        arch = take_over.get_view()["arch"]
        self.assertIn("action_download_examples", arch)
        self.assertNotIn("action_export", arch)
        bindings = self.env["ir.actions.actions"].with_user(self.coordinator)
        bound = bindings.get_bindings("coworking.program").get("action", ())
        action = self.env.ref("coworking_incubation.coworking_program_action_export")
        self.assertNotIn(action.id, [each["id"] for each in bound])
        self.coordinator.password = "t_coordinator1"
        self.authenticate(self.coordinator.login, "t_coordinator1")
        self.assertEqual(self.url_open(url).status_code, 404)

    def test_the_group_alone_is_not_enough(self):
        self.accompanist.group_ids += self.env.ref(EXPORT)
        with self.assertRefused(error=AccessError):
            self._url(self.accompanist)

    def test_nobody_has_the_right_by_another_one(self):
        group = self.env.ref(EXPORT)
        self.assertFalse(group.implied_by_ids)
