"""Configuration > Settings: the journal of books that are kept elsewhere."""

from odoo.tests import Form, new_test_user

from ..common import COORDINATOR
from .common import FundingCase


class TestSettings(FundingCase):
    def test_the_journal_of_books_kept_elsewhere_is_chosen(self):
        admin = new_test_user(
            self.env,
            login="t_admin",
            groups=f"base.group_system,account.group_account_manager,{COORDINATOR}",
            company_id=self.company.id,
        )
        form = Form(self.env(user=admin)["res.config.settings"])
        form.coworking_outside_journal_id = self.bank
        form.save().execute()
        self.assertEqual(self.company.coworking_outside_journal_id, self.bank)
        self.assertEqual(self.company._coworking_get_outside_journal(), self.bank)
