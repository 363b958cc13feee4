"""What each picture of ``docs/images`` shows, and whether that is still so.

Beside the pictures, ``made-from.json`` keeps for each of them two fingerprints: of the file, and of
what its screen is made of, in French: views and templates with those that they call, the words of
their fields and choices, as the database gives them; templates and style of the components, with
what the catalogue makes of their words and of those that Python says. Whoever takes a picture
writes them; ``test_pictures.py`` compares.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

import polib
from lxml import etree

ROOT = Path(__file__).parents[2]
ADDON = ROOT / "addons/coworking_incubation"
IMAGES = ROOT / "docs/images"
MANIFEST = "made-from.json"
CATALOGUE = ADDON / "i18n/fr.po"

# picture: its views or templates, its files under static/src, the Python that has its words, and
# the views of an addon that the database may be without
SCREENS = {
    "board": ("coworking_participant_view_kanban", "participant_kanban/*.xml"),
    "todo": ("coworking_participant_view_list_todo",),
    "file": ("coworking_participant_view_form", "pathway_statusbar/*.xml"),
    "month": ("coworking_month_line_view_list", "month_line/*.scss", "month_list/*.xml"),
    "to-handle": ("coworking_exception_view_list", "exceptions/*.xml"),
    "pilotage": ("dashboard/*.xml", "dashboard/*.scss"),
    "settings": ("res_config_settings_view_form",),
    "statement": ("coworking_statement_view_form",),
    "first_day": ("first_day/*.xml", "first_day/*.scss", "wizard/coworking_first_day.py"),
    "first_day_space": ("coworking_space_view_form_first_day",),
    "first_day_team": ("coworking_invitation_view_form",),
    "presence_grid": ("coworking_grid/*.xml", "coworking_grid/*.scss"),
    "take-over": ("coworking_take_over_view_form",),
    "take-over-rows": ("coworking_take_over_view_form",),
    "meetings": ("registration_meetings", "portal/portal.scss"),
    "participant": ("incubation_home", "portal/portal.scss"),
    "referrals": ("prescriber_home", "portal/portal.scss"),
    "referral_form": ("registration_form", "portal/portal.scss"),
    "manager_month": ("portal_month", "portal/portal.scss"),
    "manager_presences": ("portal_presences", "portal/portal.scss"),
    "funding_cost": ("addons/coworking_incubation_funding/views/coworking_cost_views.xml",),
    "funding_costs": ("addons/coworking_incubation_funding/views/coworking_cost_views.xml",),
    "funding_claim": ("addons/coworking_incubation_funding/views/coworking_claim_views.xml",),
    "funding_rejected": ("addons/coworking_incubation_funding/views/coworking_claim_views.xml",),
    "funding_tiles": (
        "addons/coworking_incubation_funding/static/src/overview/overview_tiles.xml",
    ),
    "evidence": ("addons/coworking_incubation_funding/views/coworking_evidence_views.xml",),
    "books-in": ("addons/coworking_incubation_funding/wizard/coworking_payment_import_views.xml",),
}


def is_kept(name, folder):
    """Whether a tour's picture is saved: among those of the guides, those that they show alone."""
    return name in SCREENS or Path(folder).resolve() != IMAGES


def record(env, names, folder):
    """Write what the pictures that were just taken were made from."""
    path = Path(folder) / MANIFEST
    made_from = json.loads(path.read_text()) if path.exists() else {}
    made_from.update({name: _fingerprints(env, name, folder) for name in names & set(SCREENS)})
    path.write_text(json.dumps(made_from, indent=1, sort_keys=True) + "\n")


def find_old(env):
    """The names of pictures that do not show what people see now."""
    made_from = json.loads((IMAGES / MANIFEST).read_text())
    return [name for name in SCREENS if made_from.get(name) != _fingerprints(env, name, IMAGES)]


def fingerprint(env, name):
    """What the screen of a picture is made of, in a few characters."""
    env = env(su=True, context={"lang": "fr_FR"})
    read = set()
    parts = []
    for source in SCREENS[name]:
        if source.endswith(".py"):
            parts += _translate(source)
        elif source.startswith("addons/"):
            parts += _read_views_file(ROOT / source)
        elif "/" in source:
            for path in sorted((ADDON / "static/src").glob(source)):
                is_xml = path.suffix == ".xml"
                text = path.read_text()
                parts.append(
                    _normalise(etree.fromstring(text.encode())) if is_xml else text.split()
                )
            parts += _translate(f"static/src/{source.rpartition('/')[0]}/")
        else:
            parts += _read_view(env, f"coworking_incubation.{source}", read)
    assert parts, f"{name} shows nothing that there is"
    return _hash(json.dumps(parts, ensure_ascii=False).encode())


def _fingerprints(env, name, folder):
    picture = Path(folder) / f"{name}.png"
    return {"screen": fingerprint(env, name), "picture": _hash(picture.read_bytes())}


def _hash(content):
    return hashlib.sha256(content).hexdigest()[:16]


def _translate(place):
    """The French of what a file says, or a folder: [[English, French]], in order."""
    start = f"code:addons/{ADDON.name}/{place}"
    return sorted(term for path, *term in _read_catalogue(CATALOGUE) if path.startswith(start))


@cache
def _read_catalogue(path):
    """[(where, English, French)] of what it translates."""
    return [
        (place, entry.msgid, entry.msgstr)
        for entry in polib.pofile(str(path))
        for place, _line in entry.occurrences
        if not entry.obsolete
    ]


def _read_views_file(path):
    """The views of a file, and their French."""
    addon = next(folder for folder in path.parents if (folder / "__manifest__.py").exists())
    views = etree.parse(path).getroot()
    names = {f"{addon.name}.{view.get('id')}" for view in views.iter("record")}
    return [
        _normalise(views),
        sorted(
            term
            for place, *term in _read_catalogue(addon / "i18n/fr.po")
            if place.rpartition(":")[2] in names
        ),
    ]


def _read_view(env, key, read):
    """A view and, of our own, those that it calls."""
    if key in read:
        return []
    read.add(key)
    view = env.ref(key)
    # of Odoo's own screens, what we add to them
    arch = etree.fromstring(view.arch if view.mode == "extension" else view.get_combined_arch())
    parts = [_normalise(arch)]
    if view.model:
        parts.append(_read_words(env[view.model], arch))
    for call in arch.iter("*"):
        called = call.get("t-call", "")
        if called.startswith("coworking_incubation."):
            parts += _read_view(env, called, read)
    return parts


def _read_words(model, arch):
    """What the fields of a view and their choices are called, those of the lists in it as well."""
    words = []
    for node in arch:
        if node.tag != "field" or node.get("name") not in model._fields:
            words += _read_words(model, node)
            continue
        field = model._fields[node.get("name")]
        words.append(field.get_description(model.env, ["string"])["string"])
        if field.type == "selection":
            words += [label for _value, label in field.get_description(model.env)["selection"]]
        if field.relational:
            words += _read_words(model.env[field.comodel_name], node)
    return words


def _normalise(node):
    """Tag, attributes and text of what is drawn; comments and spaces are not."""
    drawn = [node.tag, sorted(node.attrib.items()), *(node.text or "").split()]
    for child in node:
        if isinstance(child.tag, str):
            drawn.append(_normalise(child))
        drawn += (child.tail or "").split()
    return drawn
