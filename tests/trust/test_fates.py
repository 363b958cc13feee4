"""Nothing that may name somebody is forgotten when their data ends."""

import re
from unicodedata import normalize

from odoo.tools import remove_accents

from odoo.addons.coworking_incubation.models.trust.fates import FATES
from odoo.addons.coworking_incubation.models.trust.recognition import (
    Recognition,
    recognise,
    simplify,
)

from .common import EndOfDataCase


class TestFates(EndOfDataCase):
    """P02: each stored field that points to a person, or may hold words about one, has its fate."""

    ADDONS = ("coworking_incubation", "coworking_incubation_funding")
    PEOPLE = ("res.partner", "coworking.participant", "coworking.seat", "coworking.attendance")
    WORDS = (
        *("char", "text", "html", "binary", "json", "reference"),
        *("many2one_reference", "properties"),
    )

    def _stored(self):
        for name in sorted(self.registry):
            model = self.env[name]
            if model._abstract or model._transient or not model._auto or model._table_query:
                continue
            ours = name.startswith("coworking.")
            for field in model._fields.values():
                kept = field.store or (field.type == "binary" and field.attachment)
                if not kept or not (ours or field._module in self.ADDONS):
                    continue
                if field.type in self.WORDS or (
                    field.type in ("many2one", "many2many", "one2many")
                    and field.comodel_name in self.PEOPLE
                    and (field.type != "one2many")
                ):
                    yield name, field.name

    def test_every_field_that_may_hold_a_person_has_a_fate(self):
        missing, found = [], set()
        for model, name in self._stored():
            found.add((model, name))
            if model not in FATES or name not in FATES[model].names():
                missing.append(f"{model}.{name}")
        self.assertFalse(
            missing, "say in models/trust/fates.py what becomes of them when a person's data ends"
        )

    def test_no_fate_is_left_of_a_field_that_is_gone(self):
        for model, fate in FATES.items():
            for name in fate.names():
                self.assertIn(name, self.env[model]._fields, model)
            if fate.owner:
                self.assertTrue(self.env[model]._fields[fate.owner].store, model)

    def test_whatever_names_a_person_has_the_clue_by_which_it_is_looked_for(self):
        person = recognise("Zoé Yılmaz-Dupont", {"zoe.m@example.org"}, {"+33 6 12 34 56 78"})
        others = [
            recognise(f"Zoé Dupont{letter}", {f"zoe.m@{letter}.org"}, {f"06 12 34 56 7{number}"})
            for number, letter in enumerate("abcdefgh")
        ]
        recognition = Recognition([*others, person])
        for text in (
            "zoe_yılmaz_dupont.pdf",
            "Dupont Zoé, YILMAZ",
            "ZOÉ&nbsp;Y\u0131lmaz; DUPONT",
            "to ZOE.M@example.org, please",
            "06.12.34.56.78",
            "on 5 06 12 34 56 78",
            "(0033) 6 12\u00a034-56 78",
        ):
            found = {way for way in person.ways if re.search(way, simplify(text), re.IGNORECASE)}
            with self.subTest(text=text):
                self.assertTrue(found)
                self.assertEqual(recognition.find(text), found)
        for text in ("Zoé Dupont", "", None, "zoe.m@example.org.uk", "0612345678910"):
            self.assertFalse(recognition.find(text), text)
        self.assertFalse(recognise("Zoé", (), ()).ways)

    def test_whoever_has_a_name_is_masked_however_it_is_typed(self):
        names = (
            *("Zoé N'Diaye", "Abdou M'Bala Kaya", "Jean-Luc L'Hôte", "Jean d'Arc", "Zoé M. Dupont"),
            *("Anaïs Lœtitia Bœuf", "Maëlle Le Goff-Çetin", "Loïc Œuvrard", "Ünal Böğürtlen"),
            *("Tomáš Novák", "Şeyma Demir", "Łukasz Żak", "Agnieszka Wójcik", "Anna Weiß"),
            *("İbrahim Kaya", "Işıl Yıldız", "Nguyễn Thị Hồng Đào", "Trần Văn Ước", "Ọlá Ṣóyínká"),
            *("João Conceição", "Iñigo Muñoz", "Søren Ødegård", "Željko Đurić", "Ștefan Țăran"),
            *("Fatima-Zahra El Ghazālī", "Maʼmūn ʿAbd al-Qādir", "Андрей Йовенко", "أحمد إبراهيم"),
        )
        recognition = Recognition([recognise(name, (), ()) for name in names])
        for name in names:
            words = name.replace("'", "’").replace("-", "\u2011")
            for typed in (
                *(name, words, name.upper(), remove_accents(name), simplify(name).upper()),
                *(normalize("NFD", name), name.replace("'", "\u02bc"), name.replace("'", "")),
                name.replace(" ", "_"),
            ):
                with self.subTest(typed=typed):
                    text = f"Été : {typed}, ça."
                    ways = recognition.find(text)
                    self.assertEqual(recognition.mask(text, ways), "Été : […], ça.")
        for text in (
            "L'hôte de l'arc a dit à Jean de venir ; Zoé, elle, n'y était pas.",
            "Il y a un bœuf d'ivoire à côté, où l'on a vu Łukasz.",
            "Jean d'Arcy et Jean Arcand",
        ):
            self.assertFalse(recognition.find(text), text)
