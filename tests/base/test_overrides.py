"""What we override of Odoo's own has its reason in docs/architecture.md, and is what it was then.

``stored/overrides-<addon>.txt`` has a line for each private method of a model, method of a
controller or of a script, template and view of Odoo that something of ours stands on: its name,
where it is, how it is called and a digest of its source (of a view: where in it we stand). When
Odoo changes one, the test fails: read what changed (``git log`` of Odoo, or its source beside what
overrides it), see that ours still does what the reason says, and take the new list over.
"""

import ast
import functools
import hashlib
import inspect
import pathlib
import re
import sys
import textwrap

from lxml import etree

import odoo.release
from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged

ROOT = pathlib.Path(__file__).parents[2]
STORED = pathlib.Path(__file__).with_name("stored")
ADDONS = sorted(path.parent.name for path in ROOT.glob("addons/*/__manifest__.py"))
# Of several places of the package, Odoo's own.
CORE = pathlib.Path(odoo.release.__file__).with_name("addons")

IMPORT = re.compile(r'import \{([^}]*)\} from "(@(\w+)/[^"]+)"')
CLASS = re.compile(r"^(?:export )?class (\w+) extends (\w+) \{\n(.*?)^\}", re.M | re.S)
PATCH = re.compile(r"^patch\(()(\w+)\.prototype, \{\n(.*?)^\}\);", re.M | re.S)
METHOD = re.compile(
    r"^    (?:async |get |set )*(\w+)\((.*?)\) \{(?:[^\n]*\},?$|.*?^    \},?$)", re.M | re.S
)


def digest(text):
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def digest_function(function):
    """Of what it does: neither its words nor how it is laid out."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    body = tree.body[0].body
    if len(body) > 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        del body[0]
    return digest(ast.unparse(tree))


def unwrap(member):
    return inspect.unwrap(getattr(member, "__func__", member))


@functools.cache
def find_dependencies(addon):
    """All that an addon stands on, and what comes with that by itself; what happens to be beside it
    is none of its business.
    """
    manifests = {manifest.name: manifest for manifest in Manifest.all_addon_manifests()}
    found, asked = set(), {addon}
    while asked:
        found |= asked
        asked = {name for each in asked for name in manifests[each]["depends"]} | {
            name
            for name, manifest in manifests.items()
            if manifest["auto_install"] and found.issuperset(manifest["auto_install"])
        }
        asked -= found
    return found - set(ADDONS)


def stands_on(addon, module):
    """Whether an addon stands on a module of Python of Odoo."""
    parts = module.split(".")
    return parts[1] != "addons" or parts[2] in find_dependencies(addon)


def find_below(classes, addon, private):
    """What the classes of the addon define and a class of Odoo below them does as well.

    :param classes: as Python looks methods up
    :param private: only what begins with an underscore
    """
    for index, cls in enumerate(classes):
        if not cls.__module__.startswith(f"odoo.addons.{addon}."):
            continue
        for name, member in vars(cls).items():
            if name.startswith("__") or private and not name.startswith("_"):
                continue
            if not inspect.isfunction(unwrap(member)):
                continue
            for below in classes[index + 1 :]:
                if name in vars(below) and stands_on(addon, below.__module__):
                    yield cls, name, below


def find_methods(registry, addon):
    controllers = [
        cls
        for module in list(sys.modules.values())
        if module and module.__name__.startswith(f"odoo.addons.{addon}.controllers.")
        for cls in vars(module).values()
        if inspect.isclass(cls) and issubclass(cls, odoo.http.Controller)
    ]
    found = {
        ("*" if name == "_compute_display_name" else cls._name, name, below)
        for model in registry.values()
        for cls, name, below in find_below(model.mro(), addon, private=True)
    } | {
        (below.__name__, name, below)
        for controller in controllers
        for __, name, below in find_below(controller.mro(), addon, private=False)
    }
    for owner, name, below in found:
        function = unwrap(vars(below)[name])
        where = f"{below.__module__}.{below.__name__}".removeprefix("odoo.")
        yield f"{owner}.{name}", f"{where}{inspect.signature(function)} {digest_function(function)}"


def find_in_script(path, name, method):
    """:return: (class, file, arguments, source) of what a class of Odoo or one it extends has"""
    text = path.read_text()
    for cls, parent, body in CLASS.findall(text):
        if cls != name:
            continue
        for found in METHOD.finditer(body):
            if found[1] == method:
                return cls, path, found[2], found[0]
        return find_in_script(find_script(text, parent) or path, parent, method)
    return None


def find_script(text, name):
    for names, module, addon in IMPORT.findall(text):
        path = CORE / addon / "static" / "src" / f"{module.split('/', 1)[1]}.js"
        if name in re.split(r"[\s,]+", names) and path.exists():  # Owl is a library
            return path
    return None


def find_scripts(addon):
    for path in (ROOT / "addons" / addon / "static" / "src").rglob("*.js"):
        text = path.read_text()
        for __, parent, body in CLASS.findall(text) + PATCH.findall(text):
            script = find_script(text, parent)
            for method in METHOD.finditer(body) if script else ():
                if found := find_in_script(script, parent, method[1]):
                    cls, where, arguments, source = found
                    where = where.relative_to(CORE)
                    yield f"{cls}.{method[1]}", f"{where}({arguments}) {digest(source)}"


def find_templates(addon):
    for path in (ROOT / "addons" / addon / "static" / "src").rglob("*.xml"):
        for name in etree.parse(path).xpath("//@t-inherit"):
            if not name.startswith("coworking_"):
                yield name, find_template(name)


def find_template(name):
    for path in (CORE / name.split(".")[0] / "static" / "src").rglob("*.xml"):
        if f't-name="{name}"' in path.read_text():
            [found] = etree.parse(path).xpath("//*[@t-name=$name]", name=name)
            return f"{path.relative_to(CORE)} {digest(etree.canonicalize(found))}"
    raise LookupError(f"Odoo has no template {name}.")


def find_views(env, addon):
    data = env["ir.model.data"].search([("module", "=", addon), ("model", "=", "ir.ui.view")])
    for view in env["ir.ui.view"].browse(data.mapped("res_id")):
        parent = view.inherit_id
        name = parent.get_external_id().get(parent.id, "")
        if not name or name.startswith("coworking_"):
            continue
        arch = etree.fromstring(view.arch_db)
        for spec in arch if arch.tag == "data" else [arch]:
            if isinstance(spec.tag, str):
                anchor = spec.get("expr") or f"{spec.tag} {spec.get('name')}"
                yield name, f"{anchor} {locate(parent, spec)}"


def locate(view, spec):
    """The way to where we stand in it, by the names of what is around."""
    node = view.locate_node(etree.fromstring(view.arch_db), spec)
    if node is None:  # in what another view adds to it
        node = view.locate_node(view._get_combined_arch(), spec)
    around = [*reversed(list(node.iterancestors())), node]
    return "/".join(element.get("name") or element.get("id") or element.tag for element in around)


@tagged("post_install", "-at_install")
class TestOverrides(TransactionCase):
    def _list_overrides(self, addon):
        """:return: sorted lines, a name each and what is pinned of it"""
        found = {
            *find_methods(self.registry, addon),
            *find_scripts(addon),
            *find_templates(addon),
            *find_views(self.env, addon),
        }
        return sorted(" ".join(line) for line in found)

    def _get_addons(self):
        return [addon for addon in ADDONS if addon in self.registry._init_modules]

    def test_what_is_overridden_is_what_it_was(self):
        for addon in self._get_addons():
            path = STORED / f"overrides-{addon}.txt"
            now = self._list_overrides(addon)
            before = path.read_text().splitlines() if path.exists() else []
            if now != before:
                new = ROOT / ".local" / path.name
                new.write_text("".join(f"{line}\n" for line in now))
                changed = sorted({*now} ^ {*before})
                self.fail(
                    "What we override of Odoo changed, or what we override did:\n"
                    + "\n".join(("- " if line in before else "+ ") + line for line in changed)
                    + "\nSee that each still does what its reason in docs/architecture.md says,"
                    f" then put {new} in the place of {path}."
                )


def test_a_method_of_a_script_ends_where_it_ends():
    text = """
    get short() { return this.one; }
    async setup(options) {
        if (options) {
            this.one = { ...options };
        }
        this.two = 2;
    },
    close(event) {
    },
"""
    found = {method[1]: method[0] for method in METHOD.finditer(text)}
    assert list(found) == ["short", "setup", "close"]
    assert found["setup"].endswith("this.two = 2;\n    },")


def test_a_change_of_what_a_method_does_is_seen_and_one_of_its_words_is_not():
    def compute(self, day=None):
        """Of old."""
        return day

    before = digest_function(compute)

    def compute(self, day=None):
        """Of now, said otherwise."""
        return day  # as before

    assert digest_function(compute) == before

    def compute(self, day=None):
        return day or 1

    assert digest_function(compute) != before
