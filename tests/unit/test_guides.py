"""What the guides name in bold is on the screen, in these words: buttons, menus, tabs, filters."""

import ast
import pathlib
import re
from collections import defaultdict
from functools import cache

import polib
import pytest
from menus import leads_to, menu_paths

import odoo.addons

ROOT = pathlib.Path(__file__).parents[2]
CATALOGUES = sorted([*ROOT.glob("addons/*/i18n/fr.po"), *ROOT.glob("addons/*/i18n_extra/fr.po")])
# Odoo's own words that a guide may name come from these.
ODOO = ("base", "web", "account", "base_import")
KEYS = {"A", "E", "P", "Del", "Suppr", "⚙", "Ctrl + Z", "Shift + arrows", "Maj + flèches"}
# Pages of Odoo's settings, which are no menus.
SETTINGS = {
    ("Settings", "Invoicing", "Fiscal Localization"),
    ("Paramètres", "Facturation", "Localisation fiscale"),
}
# What the README is about, and whom it speaks of.
EMPHASIS = {"Advisers", "Coworking Incubation", "Staff", "Accountants", "Coworking managers"}
EMPHASIS |= {"Participants", "Everybody"}
FRENCH_PAGES = sorted(ROOT.glob("docs/fr/*.md"))
# Guides are read, pages of reference are looked up.
PAGES = [(path.parent.name, path.stem) for path in sorted(ROOT.glob("docs/??/*.md"))]
GUIDES = [page for page in PAGES if not page[1].startswith("reference-")]
MOST_WORDS = 1000


def entries(text):
    """(English, French) of each entry of a catalogue, with the spaces of a guide."""
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    for block in re.split(r"\n\s*\n", text):
        texts = {}
        for name, rows in re.findall(r'^(msgid|msgstr) ((?:".*"\n?)+)', block, re.MULTILINE):
            texts[name] = "".join(ast.literal_eval(row) for row in rows.splitlines())
        if texts.get("msgid") and not re.search(r"^#~", block, re.MULTILINE):
            yield tuple(re.sub("<[^>]+>", "", texts.get(name, "")) for name in ("msgid", "msgstr"))


@pytest.mark.parametrize(
    "path", [*CATALOGUES, *FRENCH_PAGES], ids=lambda path: f"{path.parts[-3]}-{path.stem}"
)
def test_no_line_begins_with_the_sign_that_ends_a_word(path):
    """French has a space before some signs, and after a guillemet, at which no line is broken."""
    if path.suffix == ".po":
        texts = [entry.msgstr for entry in polib.pofile(str(path))]
    else:
        texts = re.sub(r"```.*?```|`[^`]*`", "", path.read_text(), flags=re.DOTALL).splitlines()
    assert [text for text in texts if re.search(r"\S [:;?!»](?!\w)|« ", text)] == []


@cache
def catalogue():
    """Every text of the screen: (English, French)."""
    folders = [pathlib.Path(path) for path in odoo.addons.__path__]
    catalogues = CATALOGUES + [
        path
        for name in ODOO
        for folder in folders
        if (path := folder / name / "i18n/fr.po").exists()
    ]
    return {text for path in catalogues for text in entries(path.read_text(encoding="utf-8"))}


def words(language):
    """Every text of the screen in a language."""
    return {french if language == "fr" else english for english, french in catalogue()}


@cache
def menus(language):
    """The names on the way to each menu: for each of them, the words of a language."""
    if language == "en":
        return [[{name} for name in path] for path in menu_paths()]
    french = defaultdict(set)
    for english, text in catalogue():
        french[english].add(text)
    return [[french[name] | {name} for name in path] for path in menu_paths()]


def bold_paths(text):
    """What is in bold, in its parts: ``**Places ‣ Simulateur**`` has two."""
    for bold in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL):
        parts = re.split(r"\s*[‣>]\s*", " ".join(bold.split()))
        yield tuple(part.strip(" .:,") for part in parts)


def named(text):
    """What a guide names in bold: each part of ``**Places ‣ Simulateur**``."""
    for path in bold_paths(text):
        yield from path


def lost(text, language):
    """The paths of a guide that begin with a menu and lead nowhere."""
    tree = menus(language)
    sections = set().union(*(words for path in tree for words in path[:2]))
    return [
        path
        for path in bold_paths(text)
        if len(path) > 1
        and path[0] in sections
        and path not in SETTINGS
        and not any(leads_to(menu, path) for menu in tree)
    ]


@pytest.mark.parametrize(("language", "guide"), PAGES)
def test_each_button_and_menu_in_bold_is_named_so_on_the_screen(language, guide):
    known = words(language) | KEYS
    unknown = [
        name
        for name in named((ROOT / "docs" / language / f"{guide}.md").read_text())
        if name not in known
    ]
    assert unknown == []


@pytest.mark.parametrize(("language", "guide"), PAGES)
def test_each_path_of_menus_leads_where_it_says(language, guide):
    assert lost((ROOT / "docs" / language / f"{guide}.md").read_text(), language) == []


@pytest.mark.parametrize("page", ["README.md", "docs/README.md"])
def test_the_pages_that_all_read_name_what_is_on_the_screen(page):
    text = (ROOT / page).read_text()
    known = words("en") | words("fr") | KEYS | EMPHASIS
    assert [name for name in named(text) if name not in known] == []
    assert lost(text, "en") == []


def test_a_menu_under_another_is_found():
    assert lost("**Incubation ‣ Places ‣ Simulateur** et **Configuration ‣ Étapes**", "fr") == []
    assert lost("**Places ‣ Coworking Spaces ‣ Spaces**", "en") == []
    assert lost("**⚙ ‣ Suspensions**", "en") == [], "no menu"
    for language, path in (
        ("fr", "Configuration ‣ Simulateur"),
        ("fr", "Places ‣ Configuration ‣ Étapes"),
        ("fr", "Incubation ‣ Configuration ‣ Places financées"),
        ("en", "Pathway ‣ Stages"),
        ("en", "Incubation ‣ Simulator"),
        ("en", "Places ‣ Spaces ‣ Simulator"),
    ):
        assert len(lost(f"**{path}**", language)) == 1, path


def test_what_is_not_on_the_screen_is_found():
    assert "Générer un mois" in words("fr")
    assert "Generate a Month" in words("en")
    assert "Revient" not in words("fr")
    assert list(named("**Places ‣\nSimulateur.** puis **A**")) == ["Places", "Simulateur", "A"]


def test_each_language_has_a_guide_for_each_trade():
    assert [name for name, _guide in GUIDES] == ["en"] * 10 + ["fr"] * 10


@pytest.mark.parametrize(("language", "guide"), GUIDES)
def test_each_guide_shows_at_least_two_screens(language, guide):
    page = (ROOT / "docs" / language / f"{guide}.md").read_text()
    assert len(set(re.findall(r"\.\./images/(\w[\w-]*)\.png", page))) >= 2


@pytest.mark.parametrize(("language", "guide"), GUIDES)
def test_each_guide_is_one_or_two_screens_long(language, guide):
    page = (ROOT / "docs" / language / f"{guide}.md").read_text()
    assert len(page.split()) <= MOST_WORDS, "what is looked up goes into its page of reference"


def test_each_page_of_reference_is_in_both_languages_and_its_guide_leads_there():
    references = [page for page in PAGES if page not in GUIDES]
    languages = [language for language, _page in references]
    assert languages.count("en") == languages.count("fr") > 0
    for language, page in references:
        guide = ROOT / "docs" / language / f"{page.removeprefix('reference-')}.md"
        assert f"]({page}.md" in guide.read_text(), page


def anchors(page):
    """What the headings of a page are called in links."""
    for title in re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE):
        yield re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def test_every_link_to_a_heading_leads_to_one():
    pages = [ROOT / "README.md", ROOT / "SECURITY.md", *ROOT.glob("docs/**/*.md")]
    links = [
        (page, target, anchor)
        for page in pages
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text())
    ]
    assert len(links) > 20
    lost_links = [
        (page.name, target, anchor)
        for page, target, anchor in links
        if anchor not in anchors(page.parent / target if target else page)
    ]
    assert lost_links == []


def test_every_link_and_picture_of_the_guides_is_there():
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]
    targets = [
        (page, target)
        for page in pages
        for target in re.findall(r'\]\(([^)#:]+)\)|src="([^":]+)"', page.read_text())
    ]
    assert len(targets) > 50
    missing = [
        (page.name, target)
        for page, found in targets
        if not (page.parent / (target := found[0] or found[1])).exists()
    ]
    assert missing == []
