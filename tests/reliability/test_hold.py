"""What one process at a time works on, beyond what it commits meanwhile."""

from psycopg2.errors import DivisionByZero

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.coworking_incubation.tools import hold


@tagged("post_install", "-at_install")
class TestHold(TransactionCase):
    def setUp(self):
        super().setUp()
        self.one = self.enterContext(self.registry.cursor())
        self.other = self.enterContext(self.registry.cursor())

    def assertFree(self, is_free, name="work", number=1):
        with hold(self.other, name, number) as is_held:
            self.assertEqual(is_held, is_free)

    def test_it_holds_beyond_a_commit_until_it_is_over(self):
        with hold(self.one, "work", 1) as is_held:
            self.assertTrue(is_held)
            self.one.commit()
            self.assertFree(False)
            self.assertFree(False)  # who asked in vain lets nothing go
            self.assertFree(True, number=2)
            self.assertFree(True, name="other")
        self.assertFree(True)

    @mute_logger("odoo.sql_db")
    def test_what_fails_lets_go(self):
        with self.assertRaises(DivisionByZero), hold(self.one, "work", 1):
            self.one.execute("SELECT 1 / 0")
        self.assertFree(True)

    @mute_logger("odoo.sql_db")
    def test_who_is_stopped_after_a_query_failed_lets_go(self):
        with self.assertRaises(SystemExit), hold(self.one, "work", 1):
            try:
                self.one.execute("SELECT 1 / 0")
            except DivisionByZero as error:
                raise SystemExit from error
        self.assertFree(True)


@tagged("post_install", "-at_install")
class TestSettings(TransactionCase):
    """What PostgreSQL is told of how to work ends with a transaction, and is told in the next."""

    def assertTold(self, cr, is_told):
        cr.execute("SHOW jit")
        self.assertEqual(cr.fetchone()[0], "off" if is_told else "on")

    def test_each_transaction_is_told(self):
        cr = self.enterContext(self.registry.cursor())
        cr.execute("SET jit = on")
        cr.commit()
        self.addCleanup(cr.execute, "RESET jit")
        for model in ("coworking.copayment", "coworking.month.line"):
            records = api.Environment(cr, SUPERUSER_ID, {})[model]
            for end in (cr.commit, cr.rollback, cr.commit):
                with self.subTest(model=model, end=end.__name__):
                    records.search([], limit=1)
                    self.assertTold(cr, True)
                    end()
                    self.assertTold(cr, False)
