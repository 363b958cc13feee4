"""What classes share leaves everything else as it was."""

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged

from .. import shared
from ..common import CoworkingCase


@tagged("post_install", "-at_install")
class TestBegin(TransactionCase):
    def test_who_fails_before_asking_for_a_cursor_leaves_the_registry_as_it_was(self):
        class Failing(CoworkingCase):
            pass

        self.addCleanup(shared.drop)
        before = self.registry.cursor
        with self.assertRaises(ZeroDivisionError), shared.begin(Failing, CoworkingCase):
            raise ZeroDivisionError
        self.assertEqual(self.registry.cursor, before)

    def test_what_sets_a_class_up_before_its_world_knows_what_the_one_before_it_learnt(self):
        class Sharing(CoworkingCase):
            pass

        self.addCleanup(shared.drop)
        self.addCleanup(self.registry.clear_all_caches)
        templates = self.registry._Registry__caches["templates"]
        with shared.begin(Sharing, CoworkingCase):
            api.Environment(self.registry.cursor(), SUPERUSER_ID, {})
        templates["made"] = True
        shared.held.keep({})
        self.registry.clear_all_caches()  # as Odoo does where a class ends
        with shared.begin(Sharing, CoworkingCase):
            self.registry.cursor()
            self.assertIn("made", templates)

    def test_files_that_begin_alike_begin_with_the_same(self):
        class OfOneFile(CoworkingCase):
            __module__ = "tests.one"

        class OfAnother(CoworkingCase):
            __module__ = "tests.another"

        class WithOtherUsers(CoworkingCase):
            @classmethod
            def _setup_users(cls):
                pass

        one, another, other_users = (
            shared.get_key(cls, CoworkingCase) for cls in (OfOneFile, OfAnother, WithOtherUsers)
        )
        self.assertEqual(one, another)
        self.assertNotEqual(one, other_users)


@tagged("post_install", "-at_install")
class TestKept(TransactionCase):
    def setUp(self):
        super().setUp()
        caches = self.registry._Registry__caches
        self.templates, self.records = caches["templates"], caches["default"]
        self.kept = shared.Kept(self.registry)
        self.addCleanup(self.registry.clear_all_caches)

    def _end(self):
        """As a test ends."""
        self.kept.keep()
        self.registry.clear_all_caches()
        self.kept.restore()

    def test_what_is_made_of_views_is_kept(self):
        self.templates["made"] = True
        self._end()
        self.assertIn("made", self.templates)

    def test_nothing_is_once_a_view_changed(self):
        self.env["ir.ui.view"].search([], limit=1).priority = 99
        self.templates["made"] = True
        self._end()
        self.assertNotIn("made", self.templates)

    def test_what_is_remembered_of_records_is_kept(self):
        self.records["remembered"] = True
        self._end()
        self.assertIn("remembered", self.records)

    def test_nothing_is_once_a_record_changed(self):
        self.env["ir.default"].set("res.partner", "comment", "Changed")
        self.records["remembered"] = True
        self._end()
        self.assertNotIn("remembered", self.records)

    def test_what_was_known_before_a_change_is_known_again(self):
        self.records["known"] = True
        self.kept.mark()
        self.env["ir.default"].set("res.partner", "comment", "Changed")
        self.assertNotIn("known", self.records)
        self._end()
        self.assertIn("known", self.records)

    def test_what_a_file_learnt_of_views_is_known_to_the_next(self):
        self.addCleanup(shared.drop)
        self.addCleanup(shared.known.clear)
        for expected in (False, True):
            shared.held = beginning = shared.Beginning(object(), self.registry)
            self.env(cr=beginning.cr)
            self.assertEqual("learnt" in self.templates, expected)
            beginning.keep({})
            self.templates["learnt"] = self.records["learnt"] = True
            beginning.cr.close()
            shared.drop()
            self.registry.clear_all_caches()
        self.assertEqual(shared.known["templates"], {"learnt": True})
        self.assertNotIn("default", shared.known)

    def test_what_a_file_learnt_of_records_is_not_known_to_the_next_that_begins_alike(self):
        beginning = shared.Beginning(object(), self.registry, "one")
        self.addCleanup(beginning.cr.rollback)
        self.env(cr=beginning.cr)
        self.records["of the beginning"] = True
        beginning.keep({})
        for file, learnt in (("one", True), ("another", False)):
            self.records["learnt"] = self.templates["compiled"] = True
            beginning.kept.keep()
            self.registry.clear_all_caches()
            beginning.go_on(file)
            self.assertIn("of the beginning", self.records)
            self.assertIn("compiled", self.templates)
            self.assertEqual("learnt" in self.records, learnt)

    def test_whom_a_rule_meant_and_who_spoke_which_language_is_not(self):
        """A contact that changes clears nothing, nor does a line of a calendar."""
        self.registry.clear_all_caches()
        self.kept.mark()
        self.env["ir.rule"]._compute_domain("res.partner")
        self.env["res.users"].context_get()
        self.env.company.resource_calendar_id._get_working_hours()
        known = [key for key in self.records.snapshot if key is not self.kept]
        names = {key[1].__name__ for key in known} & {*shared.FORGOTTEN}
        self.assertEqual(names, {*shared.FORGOTTEN})
        self._end()
        self.assertFalse([key for key in self.records.snapshot if shared.is_forgotten(key)])

    def test_what_an_external_identifier_meant_it_means_again(self):
        """One that is given to another record clears nothing either."""
        data, name = self.env["ir.model.data"], "base.main_partner"
        before = data._xmlid_lookup(name)
        self.kept.mark()
        data._update_xmlids([{"xml_id": name, "record": self.env.user.partner_id}])
        self.assertNotEqual(data._xmlid_lookup(name), before)
        self._end()
        self.assertIn((data._name, before), [(k[0], v) for k, v in self.records.snapshot.items()])


@tagged("post_install", "-at_install")
class TestTriggerTrees(TransactionCase):
    def _flatten(self, tree, path=()):
        """What a tree holds, in its order."""
        return [(path, list(tree.root))] + [
            row for label, subtree in tree.items() for row in self._flatten(subtree, (*path, label))
        ]

    def test_they_are_as_odoo_merges_them_whatever_is_asked_of_them(self):
        for model in ("account.move", "coworking.seat", "res.partner"):
            fields = list(self.env[model]._fields.values())
            sizes = []
            for select in (bool, lambda field: field.store, lambda field: field.relational):
                found = shared.get_trigger_tree(self.registry, fields, select)
                expected = shared.merge_trigger_trees(self.registry, fields, select)
                self.assertEqual(self._flatten(found), self._flatten(expected))
                sizes.append(len(self._flatten(expected)))
            self.assertGreater(sizes[0], sizes[1])
