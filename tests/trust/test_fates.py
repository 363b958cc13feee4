"""Nothing that may name somebody is forgotten when their data ends."""

import re

from odoo.addons.coworking_incubation.models.trust.fates import FATES
from odoo.addons.coworking_incubation.models.trust.recognition import Recognition, recognise

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
            found = {way for way in person.ways if re.search(way, text, re.IGNORECASE)}
            with self.subTest(text=text):
                self.assertTrue(found)
                self.assertEqual(recognition.find(text), found)
        for text in ("Zoé Dupont", "", None, "zoe.m@example.org.uk", "0612345678910"):
            self.assertFalse(recognition.find(text), text)
        self.assertFalse(recognise("Zoé", (), ()).ways)
