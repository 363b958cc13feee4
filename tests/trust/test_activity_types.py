"""Types of activity that the addon plans by name."""

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestActivityTypes(TransactionCase):
    def test_what_is_planned_by_name_is_not_deleted(self):
        """Else Odoo would plan a To-Do in its place, which nothing would ever find again."""
        known = self.env["mail.activity.type"]._get_model_info_by_xmlid()
        ours = self.env["ir.model.data"].search(
            [("module", "=", "coworking_incubation"), ("model", "=", "mail.activity.type")]
        )
        for row in ours:
            kind = self.env["mail.activity.type"].browse(row.res_id)
            if kind.coworking_review_kind:
                continue  # found by what it plans
            with self.subTest(kind=row.name):
                with self.assertRaises(UserError):
                    kind.unlink()
                self.assertEqual(known[row.complete_name]["res_model"], kind.res_model)
