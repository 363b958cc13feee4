"""What the rooms of ``models/`` know of each other, read from their source without running it."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

ADDONS = Path(__file__).parents[2] / "addons"
MODELS = ADDONS / "coworking_incubation/models"
# The funders' half stands on the whole of the other: its rooms know one another as those do.
FUNDING_MODELS = ADDONS / "coworking_incubation_funding/models"
SQL = re.compile(r"\b(SELECT|FROM|JOIN|UPDATE|INTO|TABLE|REFERENCES)\b")
PATH = re.compile(r"[a-z_]\w*(\.[a-z_]\w*)*")
RELATIONS = ("Many2one", "One2many", "Many2many")
# What a recordset gives of its own model, and what calls a function with one of its records.
SAME_MODEL = {
    *("browse", "concat", "exists", "filtered", "filtered_domain", "search", "search_fetch"),
    *("sorted", "sudo", "try_lock_for_update", "with_company", "with_context", "with_env"),
    *("with_user", "_filtered_access", "_origin"),
}
WITH_EACH = {"filtered", "sorted", "mapped", "grouped"}

parse = cache(ast.parse)  # nothing writes in what it gives
walk = cache(lambda node: tuple(ast.walk(node)))


class Reference(NamedTuple):
    """A file of one room names something of another."""

    room: str
    file: str
    line: int
    how: str
    what: str
    target: str


class House:
    """The rooms of a folder of models.

    Their order, from the ground up, is that in which ``__init__.py`` imports them: Odoo itself
    needs the lower ones first.
    """

    def __init__(self, models=MODELS):
        self.models = models
        self.rooms = tuple(
            name.name
            for node in parse((models / "__init__.py").read_text()).body
            for name in node.names
        )
        self.trees = {
            path: parse(path.read_text())
            for room in self.rooms
            for path in sorted((models / room).glob("*.py"))
        }
        self.model_room = {}  # model -> the room that makes it
        self.field_room = {}  # model, field -> the lowest room that defines it
        self.comodel = {}  # model, field -> the model it leads to
        self.method_room = {}  # method -> the lowest room that defines it
        self.parents = defaultdict(set)  # model -> the mixins it is made of
        for path in self.trees:
            for cls, model in self.classes(path):
                self._take_in(path.parent.name, cls, model)

    def level(self, room):
        return self.rooms.index(room)

    def classes(self, path):
        """The classes of a file, with the model that each is a part of, or None."""
        for node in self.trees[path].body:
            if isinstance(node, ast.ClassDef):
                facts = _class_facts(node)
                inherited = facts.get("_inherit") or ()
                inherited = [inherited] if isinstance(inherited, str) else inherited
                yield node, facts.get("_name") or next(iter(inherited), None)

    def _take_in(self, room, cls, model):
        def lowest(known, key):
            known[key] = min(known.get(key, room), room, key=self.level)

        facts = _class_facts(cls)
        inherited = facts.get("_inherit") or ()
        inherited = {inherited} if isinstance(inherited, str) else set(inherited)
        if "_name" in facts and model not in inherited:
            self.model_room[model] = room
        self.parents[model] |= inherited - {model}
        for node in cls.body:
            if isinstance(node, ast.FunctionDef):
                lowest(self.method_room, node.name)
            elif (kind := _field_kind(node)) and model:
                name = node.targets[0].id
                lowest(self.field_room, (model, name))
                if kind.endswith(RELATIONS) and (comodel := _comodel(node.value)):
                    self.comodel[model, name] = comodel

    def find(self, known, model, name):
        """What is known of a field of a model, or of the mixins it is made of."""
        if (model, name) in known:
            return known[model, name]
        found = (self.find(known, parent, name) for parent in sorted(self.parents[model]))
        return next(filter(None, found), None)

    # === Hooks ===#

    def hooks(self):
        """Methods that do nothing in the room that calls them, for a room above to extend.

        :return: list of (room, method, the rooms that extend it)
        """
        empty, extended = {}, defaultdict(set)
        for path in self.trees:
            room = path.parent.name
            for cls, model in self.classes(path):
                for node in cls.body:
                    if isinstance(node, ast.FunctionDef):
                        if _does_nothing(node):
                            empty[model, node.name] = room
                        else:
                            extended[model, node.name].add(room)
        return [
            (room, name, sorted(extended[model, name], key=self.level))
            for (model, name), room in sorted(empty.items(), key=lambda row: self.level(row[1]))
            if extended[model, name] - {room}
        ]

    # === References ===#

    def references(self):
        """Everything that a room names of another one."""
        for path in self.trees:
            room = path.parent.name
            seen = set()
            for line, how, what, target in self._named_in(path):
                if target and target != room and (line, how, what) not in seen:
                    seen.add((line, how, what))
                    file = str(path.relative_to(self.models))
                    yield Reference(room, file, line, how, what, target)

    def upward(self):
        """Those that go the wrong way: a room names only what is below it."""
        return [ref for ref in self.references() if self.level(ref.target) > self.level(ref.room)]

    def _named_in(self, path):
        tree = self.trees[path]
        yield from self._imports(tree, path.parent.name)
        tables = {model.replace(".", "_"): room for model, room in self.model_room.items()}
        for node in walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
                yield node.lineno, "model", text, self.model_room.get(text)
                if SQL.search(text):
                    for word in set(re.findall(r"\w+", text)):
                        yield node.lineno, "table", word, tables.get(word)
            elif isinstance(node, ast.Attribute) and node.attr.startswith(("_", "action_")):
                yield node.lineno, "method", node.attr, self.method_room.get(node.attr)
        for cls, model in self.classes(path):
            if model:
                yield from self._paths(cls, model)
                for node in cls.body:
                    if isinstance(node, ast.FunctionDef):
                        yield from self._fields_used(node, model)

    def _imports(self, tree, room):
        for node in walk(tree):
            if not isinstance(node, ast.ImportFrom) or node.level < 2:
                continue
            names = [node.module or "", *(alias.name for alias in node.names)]
            head = (node.module or node.names[0].name).split(".")[0]
            if node.level == 2:
                yield node.lineno, "import", ".".join(filter(None, names)), head
            elif head in ("wizard", "controllers", "report"):  # above all rooms
                yield node.lineno, "import", head, self.rooms[-1] if room != self.rooms[-1] else ""

    def _paths(self, cls, model):
        """The fields that ``related``, ``depends`` and ``constrains`` go through."""
        for node in walk(cls):
            if not isinstance(node, ast.Call):
                continue
            texts = [word.value for word in node.keywords if word.arg == "related"]
            if ast.unparse(node.func) in ("api.depends", "api.constrains", "api.onchange"):
                texts += node.args
            for text in texts:
                if isinstance(text, ast.Constant) and PATH.fullmatch(str(text.value)):
                    yield from self._steps(text, model, text.value.split("."))

    def _steps(self, node, model, names):
        for name in names:
            if not model:
                return
            yield node.lineno, "field", f"{model}.{name}", self.find(self.field_room, model, name)
            model = self.find(self.comodel, model, name)

    def _fields_used(self, function, model):
        """Fields of records whose model can be told: of ``self``, and what comes from it."""
        known = {"self": model}
        for _round in range(2):  # what is bound below may be used above, in a loop
            for node in walk(function):
                self._bind(node, known)
        for node in walk(function):
            if isinstance(node, ast.Attribute) and (owner := self._model_of(node.value, known)):
                target = self.find(self.field_room, owner, node.attr)
                yield node.lineno, "field", f"{owner}.{node.attr}", target
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in WITH_EACH:
                for path in node.args[:1]:
                    if isinstance(path, ast.Constant) and PATH.fullmatch(str(path.value)):
                        owner = self._model_of(node.func.value, known)
                        yield from self._steps(path, owner, path.value.split("."))

    def _bind(self, node, known):
        """The variables that a loop, an assignment or a lambda gives a model to."""
        if isinstance(node, ast.For | ast.comprehension):
            pairs = [(node.target, node.iter)]
        elif isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.NamedExpr):
            pairs = [(node.target, node.value)]
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", "") in WITH_EACH
            and node.args
            and isinstance(node.args[0], ast.Lambda)
        ):
            pairs = [(ast.Name(node.args[0].args.args[0].arg), node.func.value)]
        else:
            return
        for target, value in pairs:
            if isinstance(target, ast.Name) and (model := self._model_of(value, known)):
                known.setdefault(target.id, model)

    def _model_of(self, node, known):
        if isinstance(node, ast.Name):
            return known.get(node.id)
        if isinstance(node, ast.Subscript):
            if ast.unparse(node.value).endswith("env") and isinstance(node.slice, ast.Constant):
                return node.slice.value
            return self._model_of(node.value, known)  # a slice of records
        if isinstance(node, ast.Attribute) and (owner := self._model_of(node.value, known)):
            return self.find(self.comodel, owner, node.attr)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in SAME_MODEL:
            return self._model_of(node.func.value, known)
        return None


def _class_facts(cls):
    """``_name`` and ``_inherit`` of a class, as they are written."""
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in cls.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in ("_name", "_inherit")
    }


def _does_nothing(function):
    """Whether a method says what it is for and returns nothing, or nothing of a kind."""
    _doc, *rest = function.body
    return ast.get_docstring(function) is not None and all(
        isinstance(node, ast.Return) and ast.unparse(node) in ("return {}", "return set()")
        for node in rest
    )


def _field_kind(node):
    """``Many2one`` and the like where a line of a class defines a field."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        called = node.value.func
        if isinstance(called, ast.Attribute) and ast.unparse(called.value) == "fields":
            return called.attr
        if isinstance(called, ast.Name) and called.id.endswith(RELATIONS):  # a kind of our own
            return called.id
    return None


def _comodel(call):
    first = call.args[:1] + [word.value for word in call.keywords if word.arg == "comodel_name"]
    return first[0].value if first and isinstance(first[0], ast.Constant) else None
