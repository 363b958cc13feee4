"""What PostgreSQL really holds. Odoo installs without a constraint that it could not make."""

import inspect
import re
from contextlib import contextmanager

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from odoo.addons.coworking_incubation.models.trust.audited import AUDITED

MODULE = "coworking_incubation"


@tagged("post_install", "-at_install")
class TestDatabaseObjects(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.models = [
            model
            for model in cls.env.values()
            if model._auto and not model._abstract and model._table_objects
        ]

    def _objects(self, *kinds):
        """(model, object) of this module, by kind of table object."""
        return [
            (model, obj)
            for model in self.models
            for obj in model._table_objects.values()
            if obj._module == MODULE and type(obj).__name__ in kinds
        ]

    def _rows(self, query, *params):
        self.env.cr.execute(query, params)
        return self.env.cr.fetchall()

    def test_every_constraint_is_there_as_declared_and_valid(self):
        found = {
            (table, name): (definition, valid)
            for table, name, definition, valid in self._rows(
                """SELECT conrelid::regclass::text, conname, obj_description(oid, 'pg_constraint'),
                          convalidated
                     FROM pg_constraint"""
            )
        }
        declared = self._objects("Constraint")
        self.assertGreater(len(declared), 30)
        for model, obj in declared:
            with self.subTest(constraint=obj.full_name(model)):
                self.assertIn((model._table, obj.full_name(model)), found)
                definition, valid = found[model._table, obj.full_name(model)]
                self.assertEqual(definition, obj.get_definition(self.registry))
                self.assertTrue(valid)
                self.assertTrue(obj.message)

    def test_every_index_is_there_as_declared_and_valid(self):
        found = {
            (table, name): (comment, unique, valid)
            for table, name, comment, unique, valid in self._rows(
                """SELECT indrelid::regclass::text, indexrelid::regclass::text,
                          obj_description(indexrelid, 'pg_class'), indisunique, indisvalid
                     FROM pg_index"""
            )
        }
        declared = self._objects("Index", "UniqueIndex")
        self.assertGreater(len(declared), 8)
        for model, obj in declared:
            with self.subTest(index=obj.full_name(model)):
                self.assertIn((model._table, obj.full_name(model)), found)
                comment, unique, valid = found[model._table, obj.full_name(model)]
                self.assertEqual(comment, obj.get_definition(self.registry))
                self.assertEqual(unique, obj.unique)
                self.assertTrue(valid)
                if obj.unique:
                    self.assertTrue(obj.message)

    def test_an_index_of_what_is_true_is_one_that_searches_find(self):
        """Odoo asks for ``to_settle IS TRUE``: PostgreSQL does not see that an index WHERE
        to_settle has that, and reads the whole table.
        """
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        query = self.env["coworking.presence"]._search([("to_settle", "=", True)])
        plan = str(self.env.execute_query(SQL("EXPLAIN %s", query.select())))
        self.assertIn("coworking_presence_to_settle_idx", plan)
        query = self.env["coworking.exception"]._search([("kind", "=", "presence")])
        plan = str(self.env.execute_query(SQL("EXPLAIN %s", query.select())))
        self.assertIn("coworking_presence_to_settle_idx", plan)
        for model, obj in self._objects("Index"):
            for name in (name for name, field in model._fields.items() if field.type == "boolean"):
                definition = obj.get_definition(self.registry)
                self.assertNotRegex(definition, rf"(WHERE|AND|OR|NOT) {name}\b(?! IS)")

    def test_bills_that_are_due_are_looked_up_by_journal_whatever_is_expected_of_them(self):
        """PostgreSQL expects many more than there are, as it takes what is paid and what is a bill
        for independent of each other: left to it, it reads every bill that ever was.
        """
        self.env.cr.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_nestloop = off")
        query = self.env["coworking.exception"]._search([("kind", "=", "bank")])
        plan = str(self.env.execute_query(SQL("EXPLAIN %s", query.select())))
        self.assertRegex(plan, r"journal_id = journal\.id\) AND \(\(state\)::text = 'posted'")

    def test_what_is_called_for_many_rows_sets_none_of_them_beside_each(self):
        """PostgreSQL plans it once a session: of one row it would loop, and go on with thousands.
        Rows before and after are joined where it may not, or not at all.
        """
        found = self._rows(
            r"""SELECT proname, prosrc ~* '\mjoin\s+(before|after)_rows\M'
                       AND NOT COALESCE('enable_nestloop=off' = ANY (proconfig), false)
                  FROM pg_proc WHERE oid IN (
                       SELECT tgfoid FROM pg_trigger
                        WHERE tgname LIKE 'coworking%%' AND tgoldtable = 'before_rows'
                          AND tgnewtable = 'after_rows')"""
        )
        self.assertEqual(
            sorted(found),
            [("coworking_audit_all_coworking_charge", False), ("coworking_over_of_charges", False)],
        )

    def test_every_trigger_made_by_a_model_is_there_and_enabled(self):
        declared = set()
        for model in self.models:
            if model._name.startswith("coworking."):
                source = "".join(
                    inspect.getsource(inspect.getmodule(cls))
                    for cls in type(model).mro()
                    if cls.__module__.startswith("odoo.addons.coworking_incubation.")
                )
                declared |= {
                    (table, name)
                    for name, table in re.findall(
                        r"CREATE (?:CONSTRAINT )?TRIGGER (\w+)[^;]+? ON (\w+)", source
                    )
                }
        declared |= {
            ("coworking_audit", "coworking_audit_forge_trg"),
            ("coworking_audit", "coworking_audit_keep_trg"),
            ("coworking_audit", "coworking_audit_truncate_trg"),
            ("res_company_users_rel", "coworking_audit_rights_trg"),
            ("res_groups_implied_rel", "coworking_audit_rights_trg"),
            ("res_groups_users_rel", "coworking_audit_rights_trg"),
        }
        declared |= {
            (self.env[model]._table, f"coworking_audit_{event}_trg")
            for model, audited in AUDITED.items()
            for event in audited.on
        }
        declared |= {
            (table, "coworking_audit_empty_trg")
            for table in self.env["coworking.audit"]._get_followed_tables()
        }
        declared.add(("res_partner", "coworking_mark_company"))
        declared |= {
            (model._table, f"coworking_mark_{model._table}_{name}")
            for model in self.env.values()
            if model._auto and not model._abstract
            for name in getattr(model, "_marks", ())
        }
        found = {
            (table, name)
            for table, name in self._rows(
                """SELECT tgrelid::regclass::text, tgname FROM pg_trigger
                    WHERE NOT tgisinternal AND tgenabled = 'O' AND tgname LIKE 'coworking%%'"""
            )
        }
        self.assertEqual(found, declared)
        self.assertLessEqual(
            {
                ("coworking_seat", "coworking_seat_capacity_trg"),
                ("coworking_charge", "coworking_charge_frozen_trg"),
                ("coworking_match", "coworking_match_insert_trg"),
                ("coworking_match", "coworking_match_update_trg"),
                ("account_move_line", "coworking_match_line_trg"),
                ("coworking_charge", "coworking_match_charge_trg"),
            },
            found,
        )

    def test_whether_a_look_is_known_is_asked_of_an_index_of_looks(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        plan = self._rows(
            "EXPLAIN SELECT res_id FROM coworking_audit WHERE user_id = 2 AND action = 'looked'"
            " AND res_model = 'coworking.participant'"
            " AND date > (clock_timestamp() AT TIME ZONE 'UTC') - INTERVAL '1 hour'"
        )
        self.assertIn("coworking_audit_looked_idx", str(plan))

    def test_what_staff_did_is_asked_of_an_index_of_staff(self):
        """Without it each month is asked for what was done to it, by whomever."""
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        query = self.env["coworking.touch"]._search([])
        plan = str(self.env.execute_query(SQL("EXPLAIN %s", query.select())))
        self.assertIn("coworking_audit_staff_idx", plan)

    def test_views_of_many_years_are_looked_up_in_and_compiled_by_none(self):
        views = "month.line", "copayment", "exception", "touch"
        for model in (self.env[f"coworking.{name}"] for name in views):
            with self.subTest(model), self._expecting_lookups():
                model._search([])

    def test_the_board_looks_the_files_of_the_programs_that_run_up(self):
        files = self.env["coworking.participant"]
        with self._expecting_lookups():
            files.web_read_group([], ["stage_id"])
        with self._expecting_lookups():
            files.read_progress_bar([], "stage_id", {"field": "clock_state", "colors": {}})

    @contextmanager
    def _expecting_lookups(self):
        self.env.cr.cache.pop("coworking_lookups", None)
        self.env.cr.execute("SET LOCAL jit = on; SET LOCAL random_page_cost = 4")
        yield
        self.assertEqual(self._rows("SHOW jit"), [("off",)])
        self.assertEqual(self._rows("SHOW random_page_cost"), [("1.1",)])

    def test_the_rules_that_no_python_can_hold_are_among_them(self):
        """The names that the rest of the code and the messages count on."""
        names = {obj.full_name(model) for model, obj in self._objects("Constraint", "UniqueIndex")}
        self.assertLessEqual(
            {
                "coworking_seat_no_overlap",
                "coworking_seat_capacity",
                "coworking_statement_once",
                "coworking_charge_once",
                "coworking_charge_adjustment_once",
                "coworking_charge_settled_frozen",
                "coworking_participant_one_open_file",
                "coworking_presence_half_day_uniq",
                "account_move_coworking_once",
            },
            names,
        )
