"""What happens to money and decisions is written down, whoever does it and however."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from ..common import COORDINATOR, d
from .common import AuditCase, EndOfDataCase


class TestTheTrail(AuditCase):
    def test_a_seat_from_the_request_to_its_end(self):
        seat = self._new_seat("1/6", "30/6", state="requested").with_user(self.coordinator)
        self.assertTrail(
            seat,
            (
                "made",
                self.env.user,
                {"state": [None, "requested"], "space_id": [None, self.space.id]},
            ),
        )
        self._from_here()
        seat.action_confirm()
        self.assertTrail(
            seat, ("confirmed", self.coordinator, {"state": ["requested", "confirmed"]})
        )
        row = self._rows(seat)
        self.assertEqual((row.program_id, row.company_id), (self.program, self.company))
        self._from_here()
        seat.date_end = d("15/6")
        self.assertTrail(
            seat, ("changed", self.coordinator, {"date_end": ["2015-06-30", "2015-06-15"]})
        )

    def test_what_is_no_decision_leaves_no_trail(self):
        seat = self._new_seat("1/6", "30/6")
        self._from_here()
        seat.message_post(body="Hello")
        seat.user_id = self.accompanist
        self.assertFalse(self._rows(seat))

    def test_a_context_does_not_go_past_it(self):
        seat = self._new_seat("1/6", "30/6", state="requested")
        self._from_here()
        quiet = seat.with_context(tracking_disable=True, mail_notrack=True, mail_create_nolog=True)
        quiet.with_user(self.coordinator).sudo().write({"funding_rate": 50.0})
        self.assertTrail(seat, ("changed", self.coordinator, {"funding_rate": [100.0, 50.0]}))

    def test_raw_sql_does_not_either_and_is_told_apart(self):
        seat = self._new_seat("1/6", "30/6")
        self._from_here()
        # as if it had been written before this transaction
        self.env.cr.execute(
            "UPDATE coworking_seat SET write_date = '2015-01-01' WHERE id = %s", [seat.id]
        )
        self.env.cr.execute("UPDATE coworking_seat SET funding_rate = 1 WHERE id = %s", [seat.id])
        row = self._rows(seat)
        self.assertTrue(row.is_outside)
        self.assertEqual(row.changes["funding_rate"][1], 1)
        self._from_here()
        self.env.cr.execute(
            "DELETE FROM coworking_tariff_price WHERE tariff_id = %s", [self.tariff_b.id]
        )
        row = self._rows("coworking.tariff.price")
        self.assertEqual(
            (row.is_outside, row.user_id, row.user_number), (True, row.user_id.browse(), 0)
        )

    def test_who_merges_contacts_is_known_though_odoo_does_it_in_sql(self):
        operator = self.space.operator_id
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        self._new_seat("1/6", "30/6")
        charge = self._settle().charge_ids
        self.env.flush_all()
        self.env.cr.execute("UPDATE coworking_space SET write_date = '2015-01-01'")
        self.env.cr.execute("UPDATE coworking_charge SET write_date = '2015-01-01'")
        self._from_here()
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(
            self.env.ref("base.user_admin")
        )
        wizard.sudo()._merge((operator | other).ids, other)
        self.assertTrail(
            self.space,
            (
                "changed",
                self.env.ref("base.user_admin"),
                {"operator_id": [operator.id, other.id]},
            ),
        )
        row = self._rows(charge)
        self.assertEqual((row.action, row.user_id), ("changed", self.env.ref("base.user_admin")))
        self.assertEqual(row.changes["operator_id"], [operator.id, other.id])

    def test_who_deletes_is_known_though_the_row_is_gone(self):
        seat = self._new_seat("1/6", "30/6", state="draft")
        funding = self.env["coworking.seat.funding"].create(
            {"seat_id": seat.id, "date_from": "2015-06-01", "rate": 50.0}
        )
        self._from_here()
        seat.with_user(self.coordinator).unlink()
        rows = self._rows("coworking.seat", "coworking.seat.funding")
        self.assertEqual(set(rows.mapped("res_id")), {seat.id, funding.id})
        self.assertEqual(set(rows.mapped("action")), {"deleted"})
        self.assertEqual(rows.user_id, self.coordinator)
        self.assertFalse(any(rows.mapped("is_outside")))
        self.assertEqual(
            rows.filtered(lambda row: row.res_model == "coworking.seat").changes["date_start"],
            ["2015-06-01", None],
        )

    def test_prices_tariffs_and_what_programs_pay(self):
        self._from_here()
        self.tariff.price_ids.with_user(self.coordinator).price = 200.0
        self.tariff.with_user(self.coordinator).proration = "daily_30"
        self.program.with_user(self.coordinator).write({"funding_rate": 80.0, "duration_months": 5})
        self.assertTrail(
            self.tariff.price_ids,
            (
                "changed",
                self.coordinator,
                {"price": [180.0, 200.0], "tariff_id": [self.tariff.id] * 2},
            ),
        )
        self.assertEqual(len(self._rows(self.program)), 1)
        self.assertEqual(self._rows(self.program).changes, {"funding_rate": [100.0, 80.0]})

    def test_a_month_from_the_statement_to_the_bill(self):
        seat = self._new_seat("1/6", "30/6")
        self._from_here()
        statement = self._generate()
        self.assertEqual(self._rows(statement).mapped("action"), ["made"])
        self.assertFalse(self._rows("coworking.charge"), "nobody decided a charge that is open")
        self._generate()
        self.assertEqual(len(self._rows("coworking.statement", "coworking.charge")), 1)
        self._from_here()
        statement.with_user(self.coordinator).action_confirm()
        self.assertTrail(
            statement,
            (
                "confirmed",
                self.coordinator,
                {"state": ["draft", "confirmed"], "payable_total": [180.0, 180.0]},
            ),
        )
        charge = self._charges(seat)
        self.assertTrail(
            charge,
            (
                "settled",
                self.coordinator,
                {
                    "state": ["open", "settled"],
                    "operator_id": [None, self.space.operator_id.id],
                    "payable_total": [180.0, 180.0],
                },
            ),
        )
        self._from_here()
        bill = self._bill(statement.with_user(self.accountant))
        self.assertEqual(self._rows(bill).mapped("action"), ["made"])
        self.assertEqual(self._rows(statement).mapped("action"), ["billed"])

    def test_who_deletes_what_is_odoos_is_known_too(self):
        self._new_seat("1/6", "30/6")
        bill = self._bill(self._settle())
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "FR7630006000011234567890189", "partner_id": self.space.operator_id.id}
        )
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("coworking_incubation.suspension_backdate_days", "45")
        parameter = parameters.search([("key", "=like", "coworking_incubation.susp%")])
        self._from_here()
        bill.with_user(self.accountant).unlink()
        bank.with_user(self.env.ref("base.user_admin")).sudo().unlink()
        parameter.with_user(self.env.ref("base.user_admin")).sudo().unlink()
        rows = self._rows("account.move", "res.partner.bank", "ir.config_parameter")
        # an account that bills name is archived by Odoo
        self.assertEqual(rows.mapped("action"), ["deleted", "changed", "deleted"])
        self.assertFalse(any(rows.mapped("is_outside")))
        self.assertEqual(rows[0].user_id, self.accountant)

    def test_a_gate_that_somebody_let_pass(self):
        person = self._new_participant()
        stages = person.stage_id.search([], limit=2)
        values = {
            "participant_id": person.id,
            "from_stage_id": stages[0].id,
            "to_stage_id": stages[1].id,
            "user_id": self.coordinator.id,
        }
        self._from_here()
        moves = self.env["coworking.move"].create([values, {**values, "overridden": True}])
        self.assertEqual(self._rows("coworking.move").mapped("res_id"), moves[1].ids)
        self.assertEqual(self._rows("coworking.move").action, "overridden")

    def test_a_decision_on_a_gap(self):
        self._new_seat("1/6", "30/6")
        bill = self._bill(self._settle())
        match = self.env["coworking.match"].search([("move_id", "=", bill.id)])
        self.assertFalse(self._rows(match), "what is the same to the cent is no decision")
        match.with_user(self.accountant)._record_decision("disputed", "Too much.")
        self.assertEqual(self._rows(match).mapped("action"), ["disputed"])
        self.assertEqual(self._rows(match).user_id, self.accountant)
        self.assertNotIn("Too much", str(self._rows(match).changes))

    def test_a_hosting_agreement_that_is_cancelled(self):
        seat = self._new_seat("1/6", "30/6")
        self._from_here()
        seat.action_prepare_hosting()
        hosting = seat.hosting_ids
        hosting.with_user(self.coordinator).action_cancel()
        hosting.with_user(self.coordinator).env.flush_all()
        self.assertEqual(self._rows(hosting).mapped("action"), ["made", "cancelled"])

    def test_a_confirmation_that_is_withdrawn(self):
        seat = self._new_seat("1/6", "30/6")
        statement = self._settle()
        self._from_here()
        statement.with_user(self.coordinator).action_withdraw()
        self.assertEqual(self._rows(self._charges(seat)).mapped("action"), ["reopened"])
        self.assertEqual(self._rows(statement).user_id, self.coordinator)

    def test_a_presence_of_a_settled_month_alone(self):
        seat = self._new_seat("1/6", "31/7")
        self._new_presences(seat, "3/6")
        self.assertFalse(self._rows("coworking.presence"))
        self._settle()
        self._from_here()
        late, other = self._new_presences(seat, "4/6am", "3/7am")
        self.assertEqual(self._rows("coworking.presence").mapped("res_id"), late.ids)
        other.unlink()
        late.unlink()
        self.assertEqual(self._rows("coworking.presence").mapped("action"), ["made", "deleted"])

    def test_an_exit_an_extension_and_a_suspension(self):
        person = self._new_participant(date_entry="2015-01-05")
        extension = self.env["coworking.extension"].create(
            {"participant_id": person.id, "days": 30, "reason": "Training"}
        )
        self._from_here()
        extension.with_user(self.coordinator).action_grant()
        self.assertTrail(extension, ("accepted", self.coordinator, {"days": [30, 30]}))
        self.env["coworking.suspension"].with_user(self.coordinator).create(
            {
                "participant_id": person.id,
                "date_from": "2015-02-01",
                "date_to": "2015-02-10",
                "reason": "Sick",
            }
        )
        self.assertEqual(self._rows("coworking.suspension").mapped("action"), ["made"])
        reason = self.env["coworking.exit.reason"].search([], limit=1)
        person.with_user(self.coordinator).write(
            {"date_exit": "2015-03-01", "exit_reason_id": reason.id}
        )
        person.with_user(self.coordinator).env.flush_all()  # as at the end of a request
        self.assertTrail(person, ("left", self.coordinator, {"date_exit": [None, "2015-03-01"]}))

    def test_a_bank_account_of_an_operator_that_is_trusted(self):
        operator = self.space.operator_id
        ours, other = self.env["res.partner.bank"].create(
            [
                {"acc_number": "FR7630006000011234567890189", "partner_id": operator.id},
                {
                    "acc_number": "FR7630004000031234567890143",
                    "partner_id": self.employee.partner_id.id,
                },
            ]
        )
        self._from_here()
        (ours | other).allow_out_payment = True
        self.assertTrail(ours, ("trusted", self.env.user, {"allow_out_payment": [False, True]}))
        self.assertFalse(self._rows(other))

    def test_a_bank_account_of_the_company_of_a_branch_or_of_who_billed_a_month(self):
        self._new_seat("1/6", None)
        self._generate()
        former = self.space.operator_id
        company = self.env["res.partner"].create({"name": "Group", "is_company": True})
        self.space.operator_id = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": company.id}
        )
        billed = self._settle()
        self.assertEqual(billed.operator_id.commercial_partner_id, company)
        self.space.operator_id = self.env["res.partner"].create({"name": "Next"})
        accounts = self.env["res.partner.bank"].create(
            [
                {"acc_number": "FR7630006000011234567890189", "partner_id": company.id},
                {"acc_number": "FR7630004000031234567890143", "partner_id": former.id},
            ]
        )
        self._from_here()
        accounts.allow_out_payment = True
        ours, stranger = accounts
        self.assertTrail(ours, ("trusted", self.env.user, {"allow_out_payment": [False, True]}))
        self.assertFalse(self._rows(stranger), "who never billed nor runs a space")

    def test_a_bank_account_that_goes_with_the_contact_of_an_operator(self):
        contact, other = self.env["res.partner"].create(
            [
                {"name": "Their accounts", "parent_id": self.space.operator_id.id},
                {"name": "Somebody else"},
            ]
        )
        ours, __ = self.env["res.partner.bank"].create(
            [
                {"acc_number": "FR7630006000011234567890189", "partner_id": contact.id},
                {"acc_number": "FR7630004000031234567890143", "partner_id": other.id},
            ]
        )
        user = new_test_user(
            self.env,
            login="t_contacts",
            groups="base.group_user,base.group_partner_manager",
            company_id=self.company.id,
        )
        self._from_here()
        (contact | other).with_user(user).unlink()
        self.assertFalse(ours.exists())
        rows = self._rows("res.partner.bank")
        self.assertEqual(rows.mapped("res_id"), ours.ids)
        self.assertEqual(rows.changes["active"], [True, False])
        self.assertEqual(rows.user_id, user)

    def test_a_bill_that_is_not_ours_leaves_no_trail(self):
        self._from_here()
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.employee.partner_id.id,
                "invoice_date": "2015-06-01",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Ink",
                            "price_unit": 10.0,
                            "account_id": self.accounts["expense"].id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        bill.action_post()
        bill.button_draft()
        bill.unlink()
        self.assertFalse(self._rows())

    def test_rights_that_are_given_and_taken_back(self):
        group = self.env.ref(COORDINATOR)
        self._from_here()
        self.employee.group_ids += group
        group.user_ids -= self.employee
        self.assertEqual(self._rows(self.employee).mapped("action"), ["granted", "withdrawn"])
        self.assertFalse(any(self._rows().mapped("is_outside")))
        self.assertEqual(self._rows()[0].changes, {"group_id": group.id})
        self._from_here()
        self.employee.group_ids += self.env.ref("base.group_partner_manager")
        self.assertFalse(self._rows(), "a right that is not ours")

    def test_a_draft_bill_that_goes_and_leaves_its_file(self):
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.space.operator_id.id}
        )
        file = self.env["coworking.invoice.file"]._receive_file(
            "bill.pdf", b"%PDF-1.4", source="upload", company=self.company, move=bill
        )
        file.active = False
        self.env.flush_all()
        self.env.cr.execute("UPDATE coworking_invoice_file SET write_date = '2015-01-01'")
        self._from_here()
        bill.with_user(self.accountant).unlink()
        self.assertTrail(file, ("changed", self.accountant, {"move_id": [bill.id, None]}))

    def test_a_contact_that_goes_and_leaves_what_they_confirmed(self):
        self._new_seat("1/6", "30/6")
        statement = self._settle()
        contact = self.env["res.partner"].create({"name": "Who Confirmed"})
        statement.confirmed_by = contact
        self.env.flush_all()
        self.env.cr.execute("UPDATE coworking_statement SET write_date = '2015-01-01'")
        self._from_here()
        admin = self.env.ref("base.user_admin")
        contact.with_user(admin).sudo().unlink()
        self.assertTrail(statement, ("changed", admin, {"confirmed_by": [contact.id, None]}))

    def test_rights_that_another_group_gives_or_no_longer_does(self):
        ours, theirs = self.env.ref(COORDINATOR), self.env["res.groups"].create({"name": "Office"})
        self._from_here()
        theirs.implied_ids += ours
        theirs.implied_ids -= ours
        other = self.env["res.groups"].create({"name": "Desk", "implied_ids": ours.ids})
        other.unlink()
        rows = self._rows("res.groups")
        self.assertEqual(
            rows.mapped(lambda row: (row.res_id, row.action)),
            [
                (theirs.id, "granted"),
                (theirs.id, "withdrawn"),
                (other.id, "granted"),
                (other.id, "withdrawn"),
            ],
        )
        self.assertEqual(rows.user_id, self.env.user)
        self.assertFalse(any(rows.mapped("is_outside")))
        self.assertIn(ours.name, rows[0].changes_label)
        self._from_here()
        theirs.implied_ids += self.env.ref("base.group_partner_manager")
        self.assertFalse(self._rows(), "a right that is not ours")

    def test_somebody_is_put_into_a_group_that_gives_one_of_ours(self):
        """Whatever the number of groups between them; and then into an organisation."""
        office = self.env["res.groups"].create(
            {"name": "Office", "implied_ids": self.env.ref(COORDINATOR).ids}
        )
        house = self.env["res.groups"].create({"name": "House", "implied_ids": office.ids})
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self._from_here()
        self.employee.group_ids += house
        self.employee.company_ids += other
        house.user_ids -= self.employee
        self.employee.company_ids -= other
        rows = self._rows(self.employee)
        self.assertEqual(
            rows.mapped(lambda row: (row.action, row.changes)),
            [
                ("granted", {"group_id": house.id}),
                ("granted", {"company_id": other.id}),
                ("withdrawn", {"group_id": house.id}),
            ],
        )
        self.assertFalse(any(rows.mapped("is_outside")))
        self._from_here()
        house.implied_ids += self.env.ref("base.group_partner_manager")
        self.assertFalse(self._rows(), "a right that is not ours")
        self.env["res.groups"].create({"name": "All", "implied_ids": house.ids})
        self.assertEqual(self._rows("res.groups").mapped("action"), ["granted"])

    def test_organisations_that_somebody_may_work_in(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self._from_here()
        self.coordinator.company_ids += other
        other.user_ids -= self.coordinator
        rows = self._rows(self.coordinator)
        self.assertEqual(rows.mapped("action"), ["granted", "withdrawn"])
        self.assertEqual(rows[0].changes, {"company_id": other.id})
        self.assertEqual(rows[0].changes_label, "Elsewhere")
        self.assertFalse(any(rows.mapped("is_outside")))
        self._from_here()
        self.employee.company_ids += other
        self.assertFalse(self._rows(), "somebody who has none of our rights")

    def test_rights_go_with_the_user_and_it_is_known_who_deleted_them(self):
        leaver = new_test_user(self.env, login="t_leaver", groups=COORDINATOR)
        self._from_here()
        leaver.with_user(self.env.ref("base.user_admin")).sudo().unlink()
        rows = self._rows("res.users")
        self.assertIn("withdrawn", rows.mapped("action"))
        self.assertFalse(any(rows.mapped("is_outside")))
        self.assertEqual(rows.user_id, self.env.ref("base.user_admin"))

    def test_a_setting(self):
        self.env["ir.config_parameter"].set_param(
            "coworking_incubation.suspension_backdate_days", "45"
        )
        self.env["ir.config_parameter"].set_param("web.base.url", "https://example.com")
        self.assertEqual(self._rows("ir.config_parameter").mapped("action"), ["made"])
        self.assertEqual(self._rows()[-1].changes["value"], [None, "45"])


class TestRecorded(AuditCase):
    """What changes no row."""

    def _record(self, action, records, **details):
        self.env["coworking.audit"].with_user(self.accompanist)._record(action, records, **details)
        return self._rows()

    def test_an_export_by_somebody_without_rights_on_the_trail(self):
        people = self._new_participant("A") | self._new_participant("B")
        self._from_here()
        row = self._record("exported", people, count=2, fields=["birth_date", "gender"])
        self.assertEqual(row.user_id, self.accompanist)
        self.assertEqual((row.res_model, row.res_id), ("coworking.participant", 0))
        self.assertEqual(
            row.changes, {"count": 2, "fields": ["birth_date", "gender"], "ids": people.ids}
        )
        self.assertEqual((row.program_id, row.company_id), (self.program, self.company))

    def test_an_export_of_many_is_told_in_a_line_and_lists_them(self):
        people = self._new_participant("A")
        for number in range(11):
            people |= self._new_participant(f"B{number}")
        self._from_here()
        row = self._record("exported", people).with_user(self.coordinator)
        first = ", ".join(map(str, people.ids[:10]))
        self.assertEqual(row.changes_label, f"Records: {first} and 2 more")
        self.assertEqual(row.record_count, 12)
        (people[0] | people[11]).unlink()
        action = row.action_open_record()
        listed = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(listed, people[1:11])

    def test_a_choice_is_told_as_the_screens_say_it(self):
        seat = self._new_seat("1/6", "30/6", state="active")
        self._from_here()
        row = self._record("looked", seat, state="active").with_user(self.coordinator)
        field = seat._fields["state"]
        label = dict(field._description_selection(self.env))["active"]
        self.assertEqual(row.changes_label, f"{field._description_string(self.env)}: {label}")

    def test_a_look_at_one_file(self):
        person = self._new_participant()
        self._from_here()
        row = self._record("looked", person, what="sensitive")
        self.assertEqual((row.res_id, row.changes), (person.id, {"what": "sensitive"}))

    def test_one_that_is_gone_already_and_none_at_all(self):
        person = self._new_participant()
        person.unlink()
        self._from_here()
        self._record("purged", person)
        self._record("exported", self.env["coworking.charge"], found=0)
        self.assertEqual(self._rows().mapped("res_id"), [person.id, 0])

    def test_each_company_reads_of_its_own(self):
        other = self._new_company("Second Incubator")
        spaces = self.space | self.env["coworking.space"].with_company(other).create(
            {
                "name": "Elsewhere",
                "code": "ELSE",
                "partner_id": self.employee.partner_id.id,
                "company_id": other.id,
            }
        )
        self._from_here()
        rows = self._record("exported", spaces.sudo())
        self.assertEqual(rows.mapped("company_id"), self.company | other)
        self.assertEqual(rows.mapped("res_id"), spaces.ids)

    def test_texts_and_unknown_actions_are_refused(self):
        for action, details in (
            ("exported", {"who": "Camille Petit"}),
            ("exported", {"who": ["camille@example.com"]}),
            ("exported", {"who": {"name": "x"}}),
            ("burnt", {}),
        ):
            with self.assertRaises(ValueError):
                self._record(action, self.space, **details)


class TestOnlyAddedTo(AuditCase):
    def test_no_row_is_changed_or_removed_by_anything(self):
        row = self.env["coworking.audit"].search([], limit=1)
        for query in (
            "UPDATE coworking_audit SET user_id = 2 WHERE id = %s",
            "UPDATE coworking_audit SET position = 1, hash = 'x' WHERE id = %s",
            "DELETE FROM coworking_audit WHERE id = %s",
            "TRUNCATE coworking_audit",
            "INSERT INTO coworking_audit (action, res_model, position, hash)"
            " VALUES ('a', 'b', 1, 'c')",
        ):
            with (
                self.subTest(query=query),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(Exception, "only added to"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query, [row.id] if "%s" in query else None)

    def test_what_it_follows_is_not_emptied_past_it(self):
        """TRUNCATE calls no trigger of the rows, and takes along what refers to them."""
        for table in self.env["coworking.audit"]._get_followed_tables():
            with (
                self.subTest(table=table),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(Exception, "deleted one by one"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(f"TRUNCATE {table} CASCADE")

    def test_a_sealed_row_is_not_sealed_again(self):
        self.env["coworking.audit"]._seal(10_000)
        for query in (
            "UPDATE coworking_audit SET position = 999999 WHERE position = 1",
            "UPDATE coworking_audit SET position = NULL, hash = NULL WHERE position = 1",
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(Exception, "only added to"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query)

    def test_nobody_has_the_right_to_write_it(self):
        row = self.env["coworking.audit"].search([], limit=1)
        for user in (self.coordinator, self.accountant, self.env.ref("base.user_admin")):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(row.with_user(user).has_access(operation))


class TestReading(AuditCase):
    def test_a_coordinator_reads_all_and_an_accountant_what_is_money(self):
        person = self._new_participant(date_entry="2015-01-05")
        self._new_seat("1/6", "30/6", person)
        self.env["coworking.suspension"].create(
            {
                "participant_id": person.id,
                "date_from": "2015-02-01",
                "date_to": "2015-02-10",
                "reason": "Sick",
            }
        )
        rows = self._rows()
        seen = {
            user: set(rows.with_user(user)._filtered_access("read").mapped("res_model"))
            for user in (self.coordinator, self.accountant)
        }
        self.assertLessEqual({"coworking.seat", "coworking.suspension"}, seen[self.coordinator])
        self.assertEqual(seen[self.accountant], {"coworking.seat"})
        for user in (self.accompanist, self.manager, self.employee):
            with self.assertRaises(AccessError):
                rows.with_user(user).read(["action"])

    def test_changes_are_told_in_words(self):
        seat = self._new_seat("1/6", "30/6", state="requested")
        self._from_here()
        seat.write({"state": "confirmed", "tariff_id": self._new_tariff("Desk", 100.0).id})
        row = self._rows(seat).with_user(self.coordinator)
        self.assertIn(
            "Status: Requested → Confirmed", row.changes_label.replace("State:", "Status:")
        )
        self.assertIn("Nomad", row.changes_label)
        self.assertIn("→", row.changes_label)
        self.assertIn(seat.name, row.record_label)
        self.assertEqual(row.action_open_record()["res_id"], seat.id)

    def test_numbers_are_written_as_the_reader_writes_them(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self._from_here()
        self.program.write({"funding_cap": 1234.5, "funding_rate": 33.12})
        self.env.flush_all()
        row = self._rows(self.program).with_user(self.coordinator).with_context(lang="fr_FR")
        told = " ".join(row.changes_label.split())
        self.assertIn("1 234,50", told)
        self.assertIn("33,12", told)

    def test_what_left_is_told_by_the_names_that_screens_give(self):
        person = self._new_participant("Paul Martin")
        self._from_here()
        person._trace("exported", count=1, fields=["date_entry", "gone_since"], format="xlsx")
        row = self._rows(person).with_user(self.coordinator)
        label = person.fields_get(["date_entry"])["date_entry"]["string"]
        self.assertEqual(
            row.changes_label.split("\n"),
            ["How many: 1", f"Fields: {label}, gone_since", "Format: xlsx"],
        )

    def test_what_was_of_an_addon_that_is_gone_is_called_by_its_number(self):
        row = self.env["coworking.audit"].new(
            {"res_model": "coworking.gone", "res_id": 5, "action": "changed", "changes": {"a": [1]}}
        )
        self.assertEqual(row.record_label, "coworking.gone No. 5")
        self.assertTrue(row.changes_label)
        with self.assertRefused("coworking.gone No. 5", "is what is left of it"):
            row.action_open_record()

    def test_what_is_gone_is_called_by_its_number(self):
        user = self.employee.copy({"login": "t_gone"})
        seat = self._new_seat("1/6", "30/6", state="draft")
        self._from_here()
        seat.with_user(self.coordinator).unlink()
        self.env["coworking.audit"].with_user(user)._record("looked", self.space)
        row = self._rows("coworking.seat").with_user(self.coordinator)
        self.assertIn(f"No. {seat.id}", row.record_label)
        with self.assertRaises(UserError):
            row.action_open_record()
        user_id = user.id
        user.unlink()
        rows = self._rows(self.space).with_user(self.coordinator)
        self.env.invalidate_all()
        self.assertFalse(rows.web_read({"user_id": {"fields": {"display_name": {}}}})[0]["user_id"])
        rows.web_search_read(
            [("id", "in", rows.ids)], {"user_id": {"fields": {"display_name": {}}}}
        )
        rows.formatted_read_group([("id", "in", rows.ids)], ["user_id"], ["__count"])
        self.env.cr.execute("SELECT user_id FROM coworking_audit WHERE id = %s", [rows.id])
        self.assertEqual(self.env.cr.fetchone()[0], user_id)

    def test_a_statement_shows_its_trail_with_that_of_its_charges(self):
        self._new_seat("1/6", "30/6")
        statement = self._settle().with_user(self.accountant)
        statement.env.flush_all()
        action = statement.action_open_audit()
        rows = self.env["coworking.audit"].with_user(self.accountant).search(action["domain"])
        self.assertEqual(set(rows.mapped("res_model")), {"coworking.statement", "coworking.charge"})

    def test_a_list_of_many_rows_asks_as_much_as_one_of_few(self):
        for number in range(12):
            self._new_seat(
                "1/6",
                "30/6",
                f"P{number}",
                self._new_tariff(
                    f"T{number}", 10.0, space=self._new_space(f"S{number}", f"S{number}")
                ),
            )
            office = self.env["res.groups"].create(
                {"name": f"G{number}", "implied_ids": self.env.ref(COORDINATOR).ids}
            )
            self.employee.group_ids += office
            self.employee.company_ids += self.env["res.company"].create({"name": f"C{number}"})
        for model in ("coworking.seat", "res.users"):
            with self.subTest(model):
                rows = self._rows(model).with_user(self.coordinator)
                self.assertGreaterEqual(len(rows), 12)
                asked = []
                for some in (rows[:2], rows):
                    self.env.invalidate_all()
                    before = self.env.cr.sql_log_count
                    some.mapped("changes_label")
                    some.mapped("record_label")
                    asked.append(self.env.cr.sql_log_count - before)
                self.assertLessEqual(asked[1], asked[0] + 2)


class TestEndOfData(AuditCase, EndOfDataCase):
    def test_what_goes_with_a_file_is_not_told_as_written_outside(self):
        person = self._gone()
        seat = self._new_seat("1/6", "30/6", person)
        self.env["coworking.hosting"].create({"seat_id": seat.id})
        seat.state = "ended"
        self.env.flush_all()
        self._from_here()
        self._purge(person)
        rows = self._rows("coworking.hosting")
        self.assertEqual(rows.mapped("action"), ["deleted"])
        self.assertEqual(rows.user_id, self.env.ref("base.user_root"))
        self.assertFalse(any(self._rows().mapped("is_outside")))
