"""What is stored changes with a version, and comes with what brings older databases along.

``stored/<addon>-<version>.txt`` says what each released version stores, one field a line.
"""

import pathlib
import re

from odoo import models
from odoo.modules.module import Manifest
from odoo.tests import TransactionCase, tagged

ROOT = pathlib.Path(__file__).parents[2]
STORED = pathlib.Path(__file__).with_name("stored")
ADDONS = sorted(path.parent.name for path in ROOT.glob("addons/*/__manifest__.py"))


def to_numbers(version):
    return [int(number) for number in version.split(".")]


def read_stored(addon):
    """:return: dict version -> {name of the field: how it is stored}, the oldest first"""
    versions = {
        path.stem.removeprefix(f"{addon}-"): dict(
            line.split(" ", 1) for line in path.read_text().splitlines()
        )
        for path in STORED.glob(f"{addon}-*.txt")
    }
    return {version: versions[version] for version in sorted(versions, key=to_numbers)}


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
            told = read_stored(addon).get(version)
            found = self._list_stored(addon)
            if told != found:
                path = STORED / f"{addon}-{version}.txt"
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
        told = told or {}
        changed = {name for name in told.keys() | found.keys() if told.get(name) != found.get(name)}
        return ", ".join(sorted(changed)[:10])

    def test_what_goes_or_changes_has_a_migration(self):
        for addon in ADDONS:
            before = {}
            for version, stored in read_stored(addon).items():
                gone = {name for name, how in before.items() if stored.get(name) != how}
                scripts = [*ROOT.glob(f"addons/{addon}/migrations/{version}/*-*.py")]
                self.assertTrue(scripts or not gone, f"{addon} {version}: {sorted(gone)[:10]}")
                before = stored

    def test_what_a_migration_does_is_lost_by_no_update_that_is_cut_short(self):
        """Odoo keeps the new version with all that an addon's own part of an update does; of what
        its last stage (``end-*.py``) does later, the next update would not know.
        """
        self.assertEqual([*ROOT.glob("addons/*/migrations/*/end-*.py")], [])

    def test_every_version_has_its_part_of_the_changelog(self):
        headings = re.findall(r"^## (.*?)(19\.0\.[0-9.]+) ", self._read_changelog(), re.MULTILINE)
        told = {version for __, version in headings}
        for addon in ADDONS:
            self.assertLessEqual({Manifest.for_addon(addon)["version"], *read_stored(addon)}, told)

    def _read_changelog(self):
        return (ROOT / "CHANGELOG.md").read_text()
