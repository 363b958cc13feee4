"""A room imports, names and calls only rooms below it: see docs/architecture.md."""

import ast
import re
import shutil
from collections import Counter

import pytest
from rooms import FUNDING_MODELS, MODELS, House

ROOMS = (
    *("base", "network", "pathway", "seat", "hosting"),
    *("agenda", "billing", "matching", "portal", "steering", "trust"),
)
FUNDING_ROOMS = (
    *("books", "agreement", "cost", "indicator"),
    *("finance", "claim", "evidence", "overview"),
)


# What Odoo reads all day, whatever it does: one class of ours an addon, and no mixin.
READ_ALL_DAY = {"ir.attachment", "res.company", "res.partner", "res.users"}
# Of these Odoo makes most of its models, or all.
NEVER = {"base", "mail.thread"}
MOST_CLASSES = dict.fromkeys(READ_ALL_DAY, 1) | dict.fromkeys(NEVER, 0)
MOST_OF_OTHERS = 3


def told(references):
    return "\n".join(
        f"{ref.file}:{ref.line} names {ref.how} {ref.what}, of the room {ref.target} above"
        for ref in references
    )


def test_the_rooms_stand_in_their_order():
    assert House().rooms == ROOMS


def test_every_file_of_a_model_is_in_a_room():
    assert [path.name for path in MODELS.glob("*.py")] == ["__init__.py"]
    assert {path.name for path in MODELS.iterdir() if path.is_dir()} - {"__pycache__"} == set(ROOMS)


def test_no_room_names_one_above():
    upward = House().upward()
    assert not upward, told(upward)


def test_the_rooms_of_the_funders_half_stand_in_their_order_and_name_none_above():
    house = House(FUNDING_MODELS)
    assert house.rooms == FUNDING_ROOMS
    assert not house.upward(), told(house.upward())


def test_the_core_names_nothing_of_the_funders_half():
    """It is installed without."""
    ours, theirs = House(), House(FUNDING_MODELS)
    added = {name for _model, name in theirs.field_room} | set(theirs.method_room)
    added -= {name for _model, name in ours.field_room} | set(ours.method_room)
    known = {"coworking_incubation_funding", *theirs.model_room}
    for path in MODELS.parent.rglob("*"):
        if path.suffix in (".py", ".xml", ".csv", ".js"):
            named = set(re.findall(r"[\w.]+", path.read_text()))
            assert not named & (known - set(ours.model_room)), path
    own = {"create", "write", "unlink", "init", "copy", "default_get", "fields_get"}
    called = {
        node.attr
        for tree in ours.trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr.startswith(("_", "action_"))
    }
    assert not called & (added - own)


def test_rooms_do_name_those_below():
    """That nothing goes up means something: plenty goes down."""
    down = Counter(ref.how for ref in House().references())
    assert set(down) == {"field", "import", "method", "model", "table"}
    assert min(down["field"], down["method"], down["model"]) > 100


def test_nothing_transient_is_a_model():
    for path, tree in House().trees.items():
        for node in tree.body:
            assert "TransientModel" not in str(getattr(node, "bases", "")), path


def test_a_mixin_is_of_several_models():
    """What one model alone is stands in an extension of it."""
    house = House()
    users = Counter(parent for parents in house.parents.values() for parent in parents)
    mixins = {model for model in house.model_room if model.endswith(".mixin")}
    assert mixins
    assert not {mixin: users[mixin] for mixin in mixins if users[mixin] < 2}


@pytest.mark.parametrize(
    ("models", "of_bills"), [(MODELS, 6), (FUNDING_MODELS, 3)], ids=("core", "funding")
)
def test_a_model_of_odoo_bears_few_classes_of_ours(models, of_bills):
    """Python remembers where a class has its attributes until the class was changed 1,000 times,
    then looks through all parents each time. Odoo changes it three times for each parent whenever
    one is added: see docs/architecture.md. Each class of ours here is paid for by Odoo's own work.
    """
    house = House(models)
    borne = Counter(
        model
        for path in house.trees
        for _cls, model in house.classes(path)
        if model and not model.startswith("coworking.")
    )
    assert borne["res.company"] == 1
    most = MOST_CLASSES | {"account.move": of_bills}
    assert not {
        model: count for model, count in borne.items() if count > most.get(model, MOST_OF_OTHERS)
    }
    alone = {*READ_ALL_DAY, "account.move", "account.move.line"}
    assert not {model: house.parents[model] for model in alone if house.parents[model]}


def test_python_remembers_where_our_largest_model_has_its_attributes():
    """With the funders' half, and with what bridges and others add to it: at 21 classes of ours
    Python had counted 942 of the 1,000 changes.
    """
    borne = Counter(
        model
        for house in map(House, (MODELS, FUNDING_MODELS))
        for path in house.trees
        for _cls, model in house.classes(path)
        if model
    )
    model, count = borne.most_common(1)[0]
    assert (model, count <= 19) == ("coworking.participant", True)


PLANTED = {
    "import": "from ..billing.coworking_statement import SETTLED_STATES\n",
    "model": 'X = "coworking.statement"\n',
    "table": 'X = "SELECT id FROM coworking_statement"\n',
    "method": "def x(records):\n    records._refresh_lines()\n",
    "field": """
from odoo import api, fields, models


class CoworkingSeat(models.Model):
    _inherit = "coworking.seat"

    def _get_charged(self):
        return [seat.charge_ids for seat in self.filtered(lambda seat: seat.name)]
""",
    "path": """
from odoo import fields, models


class CoworkingSeat(models.Model):
    _inherit = "coworking.seat"

    kind = fields.Selection(related="charge_ids.kind")
""",
}


@pytest.mark.parametrize("how", PLANTED)
def test_one_that_goes_up_is_found(how, tmp_path):
    shutil.copytree(MODELS, tmp_path / "models", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "models/seat/planted.py").write_text(PLANTED[how])
    upward = House(tmp_path / "models").upward()
    assert {(ref.file, ref.target) for ref in upward} == {("seat/planted.py", "billing")}, told(
        upward
    )
