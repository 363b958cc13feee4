"""What SQL of ours says for PostgreSQL to find what it asks for: see ``RareMany2one``."""

import ast
import re

import pytest
from rooms import ADDONS, parse

# Documents looked up by their statement, not the statement of a document; lines by charge or seat.
LOOKED_UP = re.compile(r"((?:\w+\.)?coworking_(?:charge|seat|statement)_id) (?:=|IN) ")


def texts(path):
    """Each text of a file as a whole, with what is filled in left out."""
    tree = parse(path.read_text())
    parts = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts |= {id(value) for value in node.values}
            yield "".join(v.value if isinstance(v, ast.Constant) else "{}" for v in node.values)
        elif isinstance(node, ast.Constant) and id(node) not in parts:
            yield str(node.value)


def silent(text):
    return [name for name in LOOKED_UP.findall(text) if f"{name} > 0" not in text]


@pytest.mark.parametrize("addon", sorted(ADDONS.glob("coworking_*")), ids=lambda path: path.name)
def test_what_looks_up_documents_and_their_lines_says_the_condition_of_their_index(addon):
    for path in addon.rglob("*.py"):
        if "migrations" not in path.parts:
            found = [name for text in texts(path) for name in silent(text)]
            assert not found, f"{path.relative_to(addon)}: {found}"


def test_a_look_up_that_says_nothing_is_found():
    assert silent("JOIN account_move bill ON bill.coworking_statement_id = statement.id")
    assert silent("SELECT FROM account_move_line WHERE coworking_charge_id IN (1, 2)")
    assert not silent("JOIN coworking_statement one ON one.id = bill.coworking_statement_id")
