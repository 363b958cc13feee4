"""What is said goes through the catalogue of terms a sentence at a time: nothing is put together of
terms, and no refusal is written by hand.

What a screen shows of it is in ``tests/base/test_pseudo_language.py``.
"""

import ast
import re

import pytest
from rooms import ADDONS, parse

REFUSALS = {"UserError", "ValidationError", "AccessError", "RedirectWarning", "MissingError"}
GLUED_IN_SCRIPT = re.compile(r"_t\([^()]*\) \+|\+ _t\(|\$\{_t\(")


def is_term(node):
    name = node.func if isinstance(node, ast.Call) else None
    return name is not None and getattr(name, "attr", getattr(name, "id", "")) == "_"


def is_glued(node):
    """What was translated with something before or behind; a line of its own may be."""
    if isinstance(node, ast.JoinedStr):
        return any(is_term(getattr(part, "value", None)) for part in node.values)
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return False
    line = isinstance(node.left, ast.Constant) and node.left.value == "\n"
    return not line and any(map(is_term, (node.left, node.right)))


def is_raw_refusal(node):
    if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
        return False
    refuses = getattr(node.exc.func, "id", "") in REFUSALS
    return refuses and any(isinstance(part, ast.Constant | ast.JoinedStr) for part in node.exc.args)


def find_wrong(text):
    return [
        f"{node.lineno} {ast.unparse(node)[:90]}"
        for node in ast.walk(parse(text))
        if is_glued(node) or is_raw_refusal(node)
    ]


@pytest.mark.parametrize("addon", sorted(ADDONS.glob("coworking_*")), ids=lambda path: path.name)
def test_code_says_whole_sentences_of_the_catalogue(addon):
    found = {path.name: find_wrong(path.read_text()) for path in addon.rglob("*.py")}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    scripts = addon.glob("static/src/**/*.js")
    assert [path.name for path in scripts if GLUED_IN_SCRIPT.search(path.read_text())] == []


@pytest.mark.parametrize(
    "said",
    ['_("Due: ") + day', "f\"{_('Due')}: {day}\"", 'raise UserError("Due")', 'env._("a") + "b"'],
)
def test_what_is_put_together_or_written_by_hand_is_found(said):
    assert find_wrong(said)
    assert not find_wrong('raise UserError(_("Due: %s", day))\n"\\n" + _("Due")')


def test_what_a_script_puts_together_is_found():
    assert GLUED_IN_SCRIPT.search('say(_t("Due") + day)')
    assert not GLUED_IN_SCRIPT.search('say(_t("Due: %s", day))')
