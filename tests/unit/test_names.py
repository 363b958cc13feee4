"""Names that are said otherwise in another language are kept for each language by itself: who reads
one in a mail does not get that of who sends it.
"""

import ast

import pytest
from rooms import ADDONS, parse

SPOKEN = {"format_date", "format_datetime", "_", "_description_selection"}


def spoken_names(tree):
    """What computes a name in the language of its reader, and whether it says so."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "_compute_display_name":
            called = {
                getattr(call.func, "id", getattr(call.func, "attr", None))
                for call in ast.walk(node)
                if isinstance(call, ast.Call)
            }
            if called & SPOKEN:
                said = map(ast.unparse, node.decorator_list)
                yield any("depends_context" in row and "'lang'" in row for row in said)


@pytest.mark.parametrize("addon", sorted(ADDONS.glob("coworking_*")), ids=lambda path: path.name)
def test_a_name_in_the_language_of_its_reader_says_so(addon):
    for path in addon.rglob("*.py"):
        if "migrations" not in path.parts:
            said = list(spoken_names(parse(path.read_text())))
            assert all(said), path.relative_to(addon)


def test_one_that_does_not_say_so_is_found():
    name = "def _compute_display_name(self):\n    format_date(self.env, self.date)\n"
    assert list(spoken_names(parse(name))) == [False]
    assert list(spoken_names(parse("@api.depends_context('lang')\n" + name))) == [True]
