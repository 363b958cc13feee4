"""Nothing that may name somebody is forgotten when their data ends."""

import re

from odoo.addons.coworking_incubation.models.trust.eraser import recognise
from odoo.addons.coworking_incubation.models.trust.fates import FATES

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

    def test_whatever_names_a_person_has_a_trace_that_is_looked_for_first(self):
        person = recognise("Zoé Müller-Dupont", {"zoe.m@example.org"}, {"+33 6 12 34 56 78"})
        for text in (
            "zoe_muller_dupont.pdf",
            "Dupont Zoé, Müller",
            "to ZOE.M@example.org, please",
            "06.12.34.56.78",
            "(0033) 6 12\u00a034-56 78",
        ):
            found, traced = (
                [pattern for pattern in patterns if re.search(pattern, text, re.IGNORECASE)]
                for patterns in (person.ways, person.traces)
            )
            with self.subTest(text=text):
                self.assertTrue(found)
                self.assertTrue(traced)
        self.assertFalse(recognise("Zoé", (), ()).traces)
