"""Beside the funders' half too, what is not ours asks our tables nothing."""

from ..base import test_unrelated_work


class TestUnrelatedWorkBesideFunders(test_unrelated_work.TestUnrelatedWork):
    """The same bills, contacts, meetings and files."""
