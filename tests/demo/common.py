"""Pilotage over the demonstration, as each role sees it, and the lists behind its figures."""

from collections import Counter

from odoo import fields
from odoo.tests import TransactionCase, tagged

ROLES = ("accompagnement", "coordination", "comptabilite")
ZONE = "Europe/Paris"


def get_today(env):
    """The day where the people of the demonstration are: late in the evening UTC is behind."""
    return fields.Date.context_today(env.user.with_context(tz=ZONE))


@tagged("post_install", "-at_install")
class PictureCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.programs = {
            name: cls.env.ref(f"coworking_incubation.coworking_program_{name}")
            for name in ("2015", "current")
        }

    def _look(self, login, **wanted):
        user = self.env["res.users"].search([("login", "=", login)])
        context = {"lang": "fr_FR", "tz": ZONE, "allowed_company_ids": [1]}
        dashboard = self.env["coworking.dashboard"].with_user(user).with_context(**context)
        return dashboard, dashboard._prepare_picture(wanted)

    def _tiles(self, program, login="coordination", **wanted):
        __, picture = self._look(login, program=self.programs[program].id, **wanted)
        return {tile["name"]: tile for group in picture["groups"] for tile in group["tiles"]}

    def _cells(self, tile):
        """Each figure of a tile that is told, with the action of its list."""
        found = [tile] if "rows" in tile else []
        found += [cell for row in tile.get("series", ()) for cell in row["cells"]]
        found += [cell for row in tile.get("lines", ()) for cell in row.get("cells", (row,))]
        found += tile.get("bars", ())
        return [(cell.get("action") or tile["action"], cell) for cell in found if cell["text"]]

    def _count_all_rows(self):
        """Every tile, as each role sees it, on each program and on those that run.

        :return: how many figures have the rows that they say
        """
        looked_at = Counter()
        for login in ROLES:
            for program in (*self.programs.values(), self.env["coworking.program"]):
                looked_at += self._count_rows(login, program=program.id)
        names = {tile.name for tile in self.env["coworking.dashboard"]._get_tiles()}
        self.assertEqual({name for login, name in looked_at if login == "coordination"}, names)
        return sum(looked_at.values())

    def _count_rows(self, login, **wanted):
        """:return: Counter of (user, tile): how many figures have the rows that they say"""
        looked_at = Counter()
        dashboard, picture = self._look(login, **wanted)
        for group in picture["groups"]:
            for tile in group["tiles"]:
                for xml_id, cell in self._cells(tile):
                    model = dashboard.env[self.env.ref(xml_id).res_model]
                    with self.subTest(login=login, tile=tile["name"], cell=cell, **wanted):
                        self.assertEqual(model.search_count(cell["domain"]), cell["rows"])
                    looked_at[login, tile["name"]] += 1
        return looked_at
