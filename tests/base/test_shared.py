"""What classes share leaves everything else as it was."""

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
