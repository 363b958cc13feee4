"""Another language is a file and no code: in one that nobody speaks (see tests/pseudo.py), what is
shown went through the catalogue of terms, a sentence at a time.
That code says whole ones is read in ``tests/unit/test_sentences.py``.

``PSEUDO=1 scripts/test tests/tours/test_pseudo_widths.py`` looks at the screens in it.
"""

import io
import re

import openpyxl
import polib
from lxml import etree, html

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from odoo.tools.translate import OWL_TRANSLATED_ATTRS, TRANSLATED_ATTRS, code_translations

from ..common import CoworkingCase
from ..pseudo import LANG, ROOT, find_outside, spoken, translate

ADDONS = sorted(path.parent.name for path in ROOT.glob("addons/*/__manifest__.py"))
WORD = re.compile(r"[^\W\d_]{2,}")
# tags, and what a template or an expression fills in
FILLED = re.compile(r"<[^>]*>|\{\{.*?\}\}|#\{.*?\}", re.DOTALL)
# of a language of its own: how a value is written, no words
INLINE = {"t", "span", "b", "strong", "em", "field", "a", "small"}
VALUES = ("t-out", "t-field", "name")
TABLES = ("ir.ui.menu", "ir.actions.act_window", "ir.actions.report", "mail.template", "res.groups")
# whose words are those of whoever writes them, in each language
NAMED = ("coworking.tariff", "coworking.hosting.template")


def test_a_term_keeps_what_is_filled_in_and_its_tags():
    assert translate("See %(count)s of <b>them</b>.") == "⟦Séé %(count)s óf <b>thém</b>~~~~~.⟧"
    assert translate('<i title="Space"/> Open') == '<i title="⟦Spáčé⟧"/> ⟦Ópéñ~~⟧'
    assert translate(" – ") == " – "
    assert find_outside("⟦Á ⟦b⟧ c⟧ left ⟦d⟧") == " left "


class PseudoCase(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addons = [addon for addon in ADDONS if addon in cls.registry._init_modules]
        cls.enterClassContext(spoken(cls.env, cls.addons))
        cls.said = cls.env(context={**cls.env.context, "lang": LANG})

    def assertSaid(self, texts):
        """:param texts: of (where, text)"""
        wrong = {
            (where, text.strip()[:120])
            for where, text in texts
            if text and WORD.search(find_outside(FILLED.sub("", text)))
        }
        self.assertFalse(wrong, "in no catalogue:\n" + "\n".join(map(str, sorted(wrong))))

    def _list_ours(self, model):
        data = self.env["ir.model.data"].search(
            [("module", "in", self.addons), ("model", "=", model)]
        )
        return self.said[model].browse(data.mapped("res_id")).exists()


@tagged("post_install", "-at_install")
class TestCatalogue(PseudoCase):
    def _list_texts(self, view):
        arch = etree.fromstring(view.arch_db)
        for node in arch.iter(etree.Element):
            for name, value in node.attrib.items():
                if name in TRANSLATED_ATTRS:
                    yield f"{view.xml_id} {name}", value
        for node in arch.xpath("//attribute[not(@name=$names)] | //script | //style", names=""):
            if node.get("name") not in TRANSLATED_ATTRS:
                node.text = None
        yield view.xml_id, "".join(arch.itertext())

    def test_views_say_nothing_else(self):
        views = self._list_ours("ir.ui.view")
        self.assertGreater(len(views), 200)
        self.assertSaid(text for view in views for text in self._list_texts(view))

    def test_menus_actions_and_mails_say_nothing_else(self):
        for model in TABLES:
            records = self._list_ours(model)
            names = [name for name, field in records._fields.items() if field.translate is True]
            self.assertTrue(records and names, model)
            self.assertSaid((f"{row.id} {name}", row[name]) for row in records for name in names)

    def test_fields_say_nothing_else(self):
        texts = []
        for model in self.registry:
            fields = self.said[model].fields_get(attributes=["string", "help", "selection"])
            for name, told in fields.items():
                field = self.env[model]._fields[name]
                if field._module not in self.addons or not field.export_string_translation:
                    continue
                where = f"{model}.{name}"
                texts += [(where, told["string"]), (where, told.get("help"))]
                # where it is that of another field of Odoo, so are its words
                own = field.type == "selection" and not callable(field.selection)
                if own and not field.related:
                    texts += [(where, label) for __, label in told["selection"]]
        self.assertGreater(len(texts), 2000)
        self.assertSaid(texts)

    def test_no_sentence_is_parted_around_a_value(self):
        """A language may put the value elsewhere: the whole sentence is one term, with its name in
        the place of the value (``<t t-set="words">…</t>`` and ``words % {…}``); a form has the
        value at the end, behind what it is.
        """
        parted = [
            (view.xml_id, before.strip()[-60:], after.strip()[:60])
            for view in self._list_ours("ir.ui.view").with_context(lang=None)
            for before, after in self._list_parted(etree.fromstring(view.arch_db))
        ]
        self.assertFalse(parted, "\n".join(map(str, parted)))

    def _list_parted(self, arch):
        """What follows a value and goes on with what stood before it."""
        for value in arch.iter(*INLINE):
            if not any(value.get(name) for name in VALUES) or value.getparent() is None:
                continue
            after = value.tail or ""
            if re.match(r"\s*[,:]?\s*[^\W\d_]{2,}", after) and not after.lstrip()[:1].isupper():
                previous = value.getprevious()
                before = previous.tail if previous is not None else value.getparent().text
                yield before or "", after

    def test_scripts_say_nothing_else(self):
        for addon in self.addons:
            messages = code_translations.get_web_translations(addon, LANG)["messages"]
            known = {message["id"] for message in messages}
            folder = ROOT / "addons" / addon / "static" / "src"
            said = set()
            for path in folder.rglob("*.js"):
                text = path.read_text()
                said |= set(re.findall(r'_t\(\s*"((?:[^"\\]|\\.)*)"', text))
            for path in folder.rglob("*.xml"):
                for node in etree.parse(path).getroot().iter(etree.Element):
                    said |= self._list_words_of_template(node)
            self.assertEqual({" ".join(text.split()) for text in said} - known, set())

    def _list_words_of_template(self, node):
        changed = node.tag == "attribute" and node.get("name") not in OWL_TRANSLATED_ATTRS
        texts = {node.get(name) for name in OWL_TRANSLATED_ATTRS} | {node.tail}
        texts |= set() if changed else {node.text}
        return {text.strip() for text in texts if text and WORD.search(text)}


@tagged("post_install", "-at_install")
class TestWhatIsShown(PseudoCase, HttpCase):
    """Pages, papers, workbooks and refusals: outside the brackets are data and Odoo's own words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        days = cls.env["resource.calendar.attendance"]._fields["dayofweek"].selection
        cls.words = cls._list_words() - cls._list_data() - cls._split(str(days))
        cls.env["res.users"].search([]).partner_id.lang = LANG
        cls.env.ref("base.public_user").partner_id.lang = LANG

    @classmethod
    def _list_words(cls):
        """Of our terms, in the languages that there are: what would be written by hand."""
        words = set()
        for addon in cls.addons:
            for entry in polib.pofile(str(ROOT / "addons" / addon / "i18n" / "fr.po")):
                words |= cls._split(f"{entry.msgid} {entry.msgstr}")
        return words

    @classmethod
    def _list_data(cls):
        """Of what is called somehow: no words of ours."""
        words = set()
        for model in ("res.partner", "res.company", "res.country", *cls.registry):
            named = model in cls.env and cls.env[model]._auto and not cls.env[model]._transient
            if not named or not model.startswith(("coworking.", "res.", "calendar.event")):
                continue
            fields = [
                name
                for name, field in cls.env[model]._fields.items()
                if field.type in ("char", "text", "html") and field.store
                if not field.translate or model in NAMED
            ]
            rows = cls.env[model].with_context(active_test=False, lang="fr_FR")
            for row in rows.search([], limit=500):
                words |= cls._split(" ".join(str(row[name] or "") for name in fields))
        return words

    @classmethod
    def _split(cls, text):
        return {word.lower() for word in re.findall(r"[^\W\d_]{4,}", FILLED.sub(" ", text))}

    def assertShown(self, where, text, besides=()):
        wrong = self._split(find_outside(text)) & self.words - set(besides)
        self.assertFalse(wrong, f"{where}: {find_outside(text)[:2000]}")
        self.assertIn("⟦", text, where)

    def test_pages_of_the_portal(self):
        space = self.env["coworking.portal"]._get_spaces(
            self.env["res.users"].search([("login", "=", "espace")]).partner_id
        )[:1]
        pages = {
            "espace": [
                *("", "/arrivals", "/people", "/months", "/prices", f"/space/{space.id}"),
                f"/presences/{space.id}",
            ],
            "participant": (
                *("", "/objectives", "/appointments", "/presences", "/documents", "/payments"),
                "/rights",
            ),
        }
        self.assertTrue(space)
        for login, paths in pages.items():
            self.authenticate(login, login)
            root = "/my/coworking" if login == "espace" else "/my/incubation"
            for path in paths:
                self._look(root + path)
        self.authenticate(None, None)
        self.opener.cookies["frontend_lang"] = LANG
        for path in ("/incubation", "/my/coworking/l/over", "/incubation/p/1/over"):
            self._look(path)

    def _look(self, path):
        page = html.fromstring(self.url_open(path).content)
        [main] = page.xpath("//main")
        for hidden in main.xpath(".//script | .//style"):
            hidden.drop_tree()
        texts = main.xpath(".//text() | .//@aria-label | .//@title | .//@placeholder | .//@alt")
        with self.subTest(path=path):
            self.assertShown(path, " | ".join(texts))

    def test_papers(self):
        for report in self._list_ours("ir.actions.report"):
            model = self.said[report.model]
            # the text of an agreement is what was written and sent
            told = model._transient or report.model in ("res.partner", "res.company")
            if told or report.model == "coworking.hosting":
                continue
            with self.subTest(report=report.report_name):
                records = model.search([], limit=3, order="id desc")
                if report.model == "calendar.event":
                    records = model.search([("coworking_kind", "=", "collective")], limit=3)
                if report.model == "coworking.participant":
                    records = model.search([("attendance_ids.state", "=", "present")], limit=3)
                self.assertTrue(records)
                paper, __ = report._render_qweb_html(report.report_name, records.ids)
                texts = html.fromstring(paper).xpath("//body//text()[not(parent::style)]")
                self.assertShown(report.report_name, " | ".join(texts))

    def test_the_workbook_of_the_take_over(self):
        wizard = self.said["coworking.take.over"].create({"program_id": self.program.id})
        book = openpyxl.load_workbook(io.BytesIO(wizard._make_workbook()))
        labels = self._split(
            " ".join(
                field.string or ""
                for model in ("res.partner", "resource.calendar.attendance", "calendar.event")
                for field in self.env[model]._fields.values()
                if field._module not in self.addons
            )
        )
        for sheet in book:
            cells = [str(cell.value or "") for row in sheet.iter_rows() for cell in row]
            self.assertShown(sheet.title, " | ".join([sheet.title, *cells]), labels)

    def test_refusals(self):
        seat = self._new_seat("1/6", "30/6")
        self.env = self.said
        cases = (
            (seat, {"date_end": "2015-05-01"}),
            (seat.space_id, {"seat_capacity": -1}),
            (seat.program_id, {"date_end": "2014-01-01"}),
        )
        for record, values in cases:
            with (
                self.subTest(values=values),
                self.assertRaises(UserError) as refused,
                self.as_request(),
            ):
                record.with_env(self.said).write(values)
            self.assertShown(str(values), str(refused.exception))
