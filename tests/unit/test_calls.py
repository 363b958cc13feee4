"""What the source says of calls: of those from outside, and of those with all rights.

Which methods may be called at all, the models tell: ``tests/security/test_rpc_surface.py``.
"""

import ast
import re

import pytest
from rooms import FUNDING_MODELS, MODELS, parse

# Settings are for nobody to read but code.
WITH_ALL_RIGHTS = re.compile(r"\.sudo\((?!False\))(?!\)\s*\.get_param)")
REASON = re.compile(r"#.*sudo: |\bsudo\b(?!\()")
NOTHING = {"action_mass_archive", "action_mass_deletion"}  # as Odoo's own do
# Odoo's own, which ours extend.
ODOOS = {"execute_import", "mark_outgoing", "modify_moves", "session_info"}


def find_functions(text):
    """:return: (node, its lines, with what stands behind the last) of each function of a file"""
    lines = text.splitlines(keepends=True)
    for node in ast.walk(parse(text)):
        if isinstance(node, ast.FunctionDef):
            yield node, "".join(lines[node.lineno - 1 : node.end_lineno])


def ends(body):
    """Whether every way through these statements ends in a return or an error."""
    last = body[-1]
    if isinstance(last, ast.If):
        return bool(last.orelse) and ends(last.body) and ends(last.orelse)
    if isinstance(last, ast.With):
        return ends(last.body)
    return isinstance(last, ast.Return | ast.Raise)


def is_empty_return(node):
    return isinstance(node, ast.Return) and (
        node.value is None or getattr(node.value, "value", True) is None
    )


def find_silent(text):
    """Functions that use ``sudo`` and say why neither in a comment nor in their docstring."""
    return [
        node.name
        for node, code in find_functions(text)
        if WITH_ALL_RIGHTS.search(code) and not REASON.search(code)
    ]


def find_returning_nothing(text):
    return [
        node.name
        for node, _code in find_functions(text)
        if (node.name.startswith("action_") or node.name in ODOOS)
        and node.name not in NOTHING
        and (not ends(node.body) or any(map(is_empty_return, ast.walk(node))))
    ]


@pytest.mark.parametrize(
    "addon", [MODELS.parent, FUNDING_MODELS.parent], ids=lambda path: path.name
)
@pytest.mark.parametrize("find", [find_silent, find_returning_nothing])
def test_sudo_says_why_and_what_is_called_from_outside_returns_something(addon, find):
    """XML-RPC, which knows no None, would tell of a fault after all is done."""
    paths = [*addon.glob("models/**/*.py"), *addon.glob("wizard/*.py")]
    assert len(paths) > 10
    found = {str(path.relative_to(addon)): find(path.read_text()) for path in sorted(paths)}
    assert {path: names for path, names in found.items() if names} == {}


def test_who_says_nothing_is_found():
    assert find_silent("def a(self):\n    return self.sudo()\n") == ["a"]
    assert find_silent("def a(self):\n    return self.sudo()  # sudo: theirs\n") == []
    assert find_silent('def a(self):\n    """By sudo."""\n    return self.sudo()\n') == []
    assert find_silent("def a(self):\n    return self.sudo(False)\n") == []
    assert find_returning_nothing("def action_a(self):\n    self.b()\n") == ["action_a"]
    assert find_returning_nothing("def action_a(self):\n    return None\n") == ["action_a"]
    assert (
        find_returning_nothing(
            "def action_a(self):\n    if self:\n        return 1\n    raise Error\n"
        )
        == []
    )
