"""Beside the funders' half too, what is not ours asks our tables nothing."""

from ..base import test_unrelated_work


class TestUnrelatedWorkBesideFunders(test_unrelated_work.TestUnrelatedWork):
    """The same bills, contacts, meetings and files."""

    # And whether a cost is made of it, and that there is one to share.
    asked_as_a_bill_is_posted = 4
