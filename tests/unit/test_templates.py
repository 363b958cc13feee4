"""Templates of the web client name what their component has: OWL knows few names of JavaScript.
Each button of a dialog has its key. Nothing that is typed is markup, and screens of staff ask the
server for the companies that are chosen.
"""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

ADDONS = Path(__file__).parents[2] / "addons"
# Not among RESERVED_WORDS of OWL, which looks for them in the component and finds nothing there.
UNKNOWN = re.compile(
    r"(?<![\w.$])(?:parseInt|parseFloat|isNaN|Number|String|Boolean|JSON|Map|Set|Promise|Intl"
    r"|document|location|navigator|setTimeout|alert|confirm|encodeURIComponent)\b"
)
MARKUP = re.compile(r"\bt-raw\b|innerHTML|\bmarkup\(|insertAdjacentHTML")
WORDS = re.compile(r"'[^']*'|\"[^\"]*\"")


def get_expressions():
    for path in sorted(ADDONS.glob("*/static/src/**/*.xml")):
        for node in ElementTree.parse(path).iter():
            for name, expression in node.attrib.items():
                # attributes without a t- are expressions of components alone, as a tag in capitals
                if name.startswith("t-") or node.tag[0].isupper():
                    yield path, expression


def test_a_template_calls_nothing_that_owl_does_not_know():
    expressions = list(get_expressions())
    assert any("ev.target.value" in expression for _path, expression in expressions)
    wrong = [
        f"{path.name}: {expression}"
        for path, expression in expressions
        if UNKNOWN.search(WORDS.sub("", expression))
    ]
    assert not wrong


def test_each_button_of_a_dialog_has_its_key():
    paths = [*ADDONS.glob("*/views/*.xml"), *ADDONS.glob("*/wizard/*.xml")]
    buttons = [
        (f"{path.name}: {button.get('string')}", button.get("data-hotkey"))
        for path in paths
        for footer in ElementTree.parse(path).iter("footer")
        for button in footer.iter("button")
    ]
    assert len(buttons) > 80
    assert not [name for name, key in buttons if not key]


@pytest.mark.parametrize("addon", sorted(ADDONS.glob("coworking_*")), ids=lambda path: path.name)
def test_no_template_and_no_script_writes_markup_as_it_comes(addon):
    paths = [*addon.glob("**/*.xml"), *addon.glob("static/src/**/*.js")]
    assert [path.name for path in paths if MARKUP.search(path.read_text())] == []


def test_screens_of_staff_say_which_company_is_chosen():
    """``askServer`` does, and it alone calls the server itself; pages of others have no choice."""
    asking = [
        path.parent.name
        for path in ADDONS.glob("*/static/src/**/*.js")
        if re.search(r"[{ ]rpc[ ,}].*network/rpc", path.read_text())
    ]
    assert set(asking) == {"portal", "staff_rpc"}
