"""The audit trail, the check of the books and the end of data, of what the funders' half adds."""

from unittest.mock import patch

from odoo.tools import SQL

from odoo.addons.coworking_incubation.models.trust.audited import AUDITED

from ...trust.common import AuditCase
from ...trust.purge_case import PurgeCase
from ..common import FundingCase

ADDON = "coworking_incubation_funding"


class TestTrail(FundingCase, AuditCase):
    def test_terms_of_an_agreement_say_who_changed_or_deleted_them(self):
        agreement = self._new_agreement("AAA", 50.0).with_user(self.coordinator)
        heading = agreement.heading_ids[0]
        instalment = agreement.env["coworking.funding.instalment"].create(
            {"agreement_id": agreement.id, "amount": 100.0}
        )
        self._from_here()
        agreement.write({"method": "priority", "base_kind": "gross"})
        heading.ceiling = 500.0
        instalment.amount = 200.0
        agreement.env.flush_all()
        terms = {"method": ["rate", "priority"], "base_kind": ["net", "gross"]}
        self.assertTrail(agreement, ("changed", self.coordinator, terms))
        self.assertTrail(heading, ("changed", self.coordinator, {"ceiling": [None, 500]}))
        self.assertTrail(instalment, ("changed", self.coordinator, {"amount": [100, 200]}))
        self._from_here()
        (heading | heading.copy()).unlink()
        instalment.unlink()
        for model in (heading._name, instalment._name):
            rows = self._rows(model, action="deleted")
            self.assertEqual(rows.user_id, self.coordinator)
            self.assertFalse(any(rows.mapped("is_outside")))

    def test_whom_a_funder_counts_changes_under_a_name_and_is_not_told(self):
        agreement = self._new_agreement("AAA", 50.0)
        self._from_here()
        agreement.with_user(self.sensitive).sudo().public_domain = "[('disability', '=', 'yes')]"
        row = self._rows(agreement, action="changed")
        self.assertEqual(
            (row.user_id, row.changes), (self.sensitive, {"fields": ["public_domain"]})
        )

    def test_what_is_claimed_and_rejected_is_written_down(self):
        self._new_agreement("AAA", 50.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self._refresh()
        share = self._costs(bill).allocation_ids.filtered("agreement_id")
        self.assertTrue(share)
        self._from_here()
        share = share.with_user(self.coordinator)
        share._freeze()
        share.env.flush_all()
        share._reject({share: 10.0})
        share.env.flush_all()
        rows = self._rows(share)
        self.assertEqual(rows.mapped("action"), ["settled", "changed"])
        self.assertEqual(rows.user_id, self.coordinator)
        self.assertEqual(rows[1].changes["amount_rejected"], [0, 10])
        self.assertIn(share._name, self.env["coworking.audit"]._get_money_models())

    def test_hours_of_staff_are_written_down(self):
        staff = self.env["res.partner"].create({"name": "Sacha"})
        self._from_here()
        row = (
            self.env["coworking.staff.time"]
            .with_user(self.accountant)
            .create(
                {
                    "program_id": self.program.id,
                    "partner_id": staff.id,
                    "month": "2015-06-01",
                    "hours": 10.0,
                    "hourly_cost": 20.0,
                }
            )
        )
        row.hours = 12.0
        row.env.flush_all()
        self.assertTrail(
            row,
            ("made", self.accountant, {"hours": [None, 10]}),
            ("changed", self.accountant, {"hours": [10, 12]}),
        )

    def test_when_the_addon_goes_the_trail_follows_what_stays(self):
        """PostgreSQL would drop the triggers with the columns that they read."""
        audit = self.env["coworking.audit"]
        kept = audit._get_audited(without=ADDON)
        own = AUDITED.keys() - kept.keys()
        self.assertIn("coworking.allocation", own)
        self.assertTrue(all(self.env[model]._original_module == ADDON for model in own))
        agreement = "coworking.funding.agreement"
        gone = set(AUDITED[agreement].columns) - set(kept[agreement].columns)
        self.assertEqual(gone, {"method", "base_kind", "sequence", "date_claims_closed"})
        audit._install_triggers(without=ADDON)
        self.env.cr.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
            " WHERE starts_with(tgname, 'coworking_audit_')"
        )
        tables = {table for (table,) in self.env.cr.fetchall()}
        self.assertIn(self.env[agreement]._table, tables)
        self.assertFalse(tables & {self.env[model]._table for model in own})
        self.env.cr.execute("ALTER TABLE coworking_funding_agreement DROP COLUMN method")

    def _list_triggers(self):
        self.env.cr.execute(
            """SELECT tgrelid::regclass::text, pg_get_triggerdef(trg.oid), md5(prosrc)
                 FROM pg_trigger trg JOIN pg_proc ON pg_proc.oid = tgfoid
                WHERE starts_with(tgname, 'coworking_audit_')"""
        )
        return set(self.env.cr.fetchall())

    def test_an_update_that_is_cut_short_before_the_addon_leaves_what_it_follows_as_it_was(self):
        """The other one is updated first, when neither models nor columns of this one are there."""
        audit, before = self.env["coworking.audit"], self._list_triggers()
        loaded = self.registry._init_modules - {ADDON}
        followed = audit._get_audited(without=ADDON)
        self.env.cr.execute("DROP TRIGGER coworking_audit_u_trg ON coworking_seat")
        with (
            patch.object(self.registry, "_init_modules", loaded),
            patch.object(type(audit), "_get_audited", lambda self, without=None: followed),
        ):
            audit._install_triggers()
        self.assertEqual(self._list_triggers(), before)
        audit._install_triggers()
        self.assertEqual(self._list_triggers(), before)


class TestBooks(FundingCase):
    def _find(self):
        return self.env["coworking.books"]._check(self.company)

    def test_guards_of_costs_and_shares_are_watched(self):
        self.assertEqual(self._find(), [])
        for query, name in (
            (
                "DROP TRIGGER coworking_funding_frozen_trg ON coworking_allocation",
                "coworking_allocation.coworking_funding_frozen_trg",
            ),
            (
                "ALTER TABLE coworking_cost DISABLE TRIGGER coworking_funding_paid_trg",
                "coworking_cost.coworking_funding_paid_trg",
            ),
            ("DROP INDEX coworking_staff_time_once", "coworking_staff_time_once"),
        ):
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
                self.env.cr.execute(SQL(query))
                (finding,) = self._find()
                self.assertEqual(finding.rule, "guard")
                self.assertIn(name, finding.problem)
                savepoint.rollback()


class TestEndOfData(FundingCase, PurgeCase):
    def test_whether_a_funder_counts_somebody_goes_and_what_it_paid_stays(self):
        agreement = self._new_agreement(
            "PUB", 50.0, public_domain="[('gender', '=', 'female')]", date_to="2045-12-31"
        )
        bill = self._post_bill(self._bill(self._settle()))
        self._pay(bill)
        self.assertShares(bill, PUB=90.0, own=90.0)
        said = self.env["coworking.funding.person"].search(
            [("participant_id", "=", self.person.id), ("agreement_id", "=", agreement.id)]
        )
        self.assertTrue(said.belongs)
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'paid' WHERE id = %s", bill.ids
        )
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertFalse(said.belongs)
        agreement.rate = 40.0  # all is parted anew
        self.assertShares(bill, PUB=72.0, own=108.0)
        agreement.public_domain = "[('gender', '!=', 'male')]"
        self.assertShares(bill, PUB=72.0, own=108.0)
