"""Beside the funders' half too, what is not ours asks our tables nothing."""

from unittest.mock import patch

from odoo.addons.coworking_incubation.models.base.coworking_record_mixin import (
    CoworkingRecordMixin,
)

from ..base import test_unrelated_work


class TestUnrelatedWorkBesideFunders(test_unrelated_work.TestUnrelatedWork):
    """The same bills, contacts, meetings and files."""

    # And whether a cost is made of it, and that there is one to share.
    asked_as_a_bill_is_posted = 4

    def test_payments_that_a_bill_has_not_take_no_receipt_back_as_odoo_deletes_them(self):
        """It does so of each line that is written."""
        with patch.object(CoworkingRecordMixin, "write") as written:
            self._make_bill()
        written.assert_not_called()
