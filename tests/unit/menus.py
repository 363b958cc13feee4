"""The menus as the XML files make them, of this addon and of those of Odoo that guides name."""

import pathlib
from functools import cache

from lxml import etree

import odoo.addons

ADDONS = pathlib.Path(__file__).parents[2] / "addons"
ODOO = ("base", "base_setup", "mail", "account")


@cache
def menu_paths():
    """The names on the way to each menu, the application's first, in English.

    :return: set of tuples of names
    """
    menus, actions = {}, {}
    for module, path in _files():
        root = etree.parse(path).getroot()
        for record in root.iter("record"):
            if record.get("model", "").startswith("ir.actions."):
                name = record.find("field[@name='name']")
                if name is not None:
                    actions[_full(module, record.get("id"))] = name.text
        for item in root.iter("menuitem"):
            _read_item(module, item, menus)
    paths = set()
    for menu in menus:
        names = []
        while menu:
            parent, name, action = menus.get(menu, (None, None, None))
            names.insert(0, name or actions.get(action))
            menu = parent
        if all(names):
            paths.add(tuple(names))
    return paths


def leads_to(menu, path):
    """Whether one finds a menu by the names that a guide gives.

    Headings on the way may be left out, as they are seen and not pressed; so may the application.
    The section, which is pressed, may not.

    :param menu: for each menu on the way, its words
    :param path: the names in the guide
    """
    if len(menu) < 2:
        return False
    if path[0] in menu[0] and path[1] in menu[1]:
        path = path[1:]
    elif path[0] not in menu[1]:
        return False
    *headings, name = path
    if name not in menu[-1]:
        return False
    rest = iter(menu)
    return all(any(heading in words for words in rest) for heading in headings)


def _files():
    folders = [*ADDONS.iterdir()]
    folders += [pathlib.Path(path) / name for path in odoo.addons.__path__ for name in ODOO]
    for folder in folders:
        for path in sorted(folder.glob("*/*.xml")):
            if b"<menuitem" in (text := path.read_bytes()) or b"ir.actions." in text:
                yield folder.name, path


def _full(module, name):
    return name if not name or "." in name else f"{module}.{name}"


def _read_item(module, item, menus):
    outer = item.getparent()
    parent = item.get("parent") or (outer.get("id") if outer.tag == "menuitem" else None)
    key = _full(module, item.get("id"))
    before = menus.get(key, (None, None, None))
    menus[key] = (
        _full(module, parent) or before[0],
        item.get("name") or before[1],
        _full(module, item.get("action")) or before[2],
    )
