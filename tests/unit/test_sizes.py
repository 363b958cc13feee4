"""No file and no function of the addons that one cannot take in: see docs/architecture.md."""

import ast

import pytest
from rooms import FUNDING_MODELS, MODELS, parse

MOST_LINES_OF_A_FILE = 750
MOST_LINES_OF_A_FUNCTION = 60
# A model of its kind: it stays whole.
EXCEPTED = {"pricing.py"}


def too_long(folder, lines_of_a_file=MOST_LINES_OF_A_FILE, lines=MOST_LINES_OF_A_FUNCTION):
    """What is above the limits, as ``models/seat/coworking_seat.py:12 _name: 61 lines``."""
    for path in sorted(folder.rglob("*.py")):
        name = str(path.relative_to(folder))
        if name in EXCEPTED:
            continue
        text = path.read_text()
        if (count := len(text.splitlines())) > lines_of_a_file:
            yield f"{name}: {count} lines"
        for node in ast.walk(parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = node.end_lineno - node.lineno + 1
                if count > lines:
                    yield f"{name}:{node.lineno} {node.name}: {count} lines"


@pytest.mark.parametrize(
    "addon", [MODELS.parent, FUNDING_MODELS.parent], ids=lambda path: path.name
)
def test_no_file_and_no_function_is_too_long(addon):
    assert not list(too_long(addon)), "\n".join(too_long(addon))


def test_what_is_too_long_is_found(tmp_path):
    (tmp_path / "models").mkdir()
    line = "    x = 0\n"
    source = f"def short():\n{line * 59}\n\ndef long():\n{line * 60}"
    (tmp_path / "models/long.py").write_text(source)
    (tmp_path / "pricing.py").write_text("x = 0\n" * 751)
    (tmp_path / "file.py").write_text("x = 0\n" * 751)
    assert list(too_long(tmp_path)) == [
        "file.py: 751 lines",
        "models/long.py:63 long: 61 lines",
    ]
