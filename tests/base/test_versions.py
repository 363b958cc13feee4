"""What is stored changes with a version, and comes with what brings older databases along.

``stored/<addon>-<version>.txt`` says what each released version stores, one field a line;
that each has its migration and its words is read in ``tests/unit/test_migrations.py``.
"""

import pathlib

from odoo import models
from odoo.modules.module import Manifest
from odoo.tests import TransactionCase, tagged

ROOT = pathlib.Path(__file__).parents[2]
STORED = pathlib.Path(__file__).with_name("stored")
ADDONS = sorted(path.parent.name for path in ROOT.glob("addons/*/__manifest__.py"))


@tagged("post_install", "-at_install")
class TestVersions(TransactionCase):
    def _list_stored(self, addon):
        """As the addon's own records of its fields say: the database of any version can tell."""
        self.env.cr.execute(
            """SELECT field.model || '.' || field.name,
                      concat_ws(' ', field.ttype, field.relation,
                                CASE WHEN field.required THEN 'required' END,
                                CASE WHEN field.translate IS NOT NULL THEN 'translated' END,
                                CASE WHEN field.company_dependent THEN 'by company' END)
                 FROM ir_model_fields field
                 JOIN ir_model_data data
                   ON data.model = 'ir.model.fields' AND data.res_id = field.id
                 JOIN ir_model model ON model.id = field.model_id AND NOT model.transient
                WHERE data.module = %s AND field.store AND field.state = 'base'
                  AND field.name != ALL(%s)
                ORDER BY 1""",
            [addon, models.MAGIC_COLUMNS],
        )
        return dict(self.env.cr.fetchall())

    def test_what_is_stored_is_what_the_version_says(self):
        for addon in ADDONS:
            if addon not in self.env.registry._init_modules:
                continue
            version = Manifest.for_addon(addon)["version"]
            path = STORED / f"{addon}-{version}.txt"
            lines = path.read_text().splitlines() if path.exists() else []
            told = dict(line.split(" ", 1) for line in lines)
            found = self._list_stored(addon)
            if told != found:
                text = "".join(f"{name} {how}\n" for name, how in found.items())
                now = ROOT / ".local" / path.name
                now.write_text(text)
                self.fail(
                    f"{addon} stores something else than {path.name} says:"
                    f" {self._tell(told, found)}. Where {version} is released, raise the version in"
                    " the manifest, write its migration, and add the list of the new version; else"
                    f" mend that list: {now}."
                )

    def _tell(self, told, found):
        changed = {name for name in told.keys() | found.keys() if told.get(name) != found.get(name)}
        return ", ".join(sorted(changed)[:10])
