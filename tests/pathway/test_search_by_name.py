from odoo.tools import SQL

from ..common import CoworkingCase


class TestSearchByName(CoworkingCase):
    def _explain(self, domain):
        """How PostgreSQL finds files, were there so many contacts that reading all is the last
        resort.
        """
        query = self.env["coworking.participant"]._search(domain)
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        return "\n".join(row[0] for row in rows)

    def test_people_are_found_by_a_part_of_their_name_without_reading_all_contacts(self):
        if not self.registry.has_trigram:
            self.skipTest("PostgreSQL has no trigrams")
        arch = self.env["coworking.participant"].get_view(view_type="search")["arch"]
        self.assertIn("'partner_id.phone', 'ilike'", arch)
        names = ("name", "email", "phone")
        plan = self._explain(
            ["|", "|", *((f"partner_id.{name}", "ilike", "durand") for name in names)]
        )
        for name in names:
            self.assertIn(f"res_partner__coworking_{name}_idx".replace("__", "_"), plan)
        self.assertNotIn("Seq Scan on res_partner", plan)

    def test_the_name_asked_of_any_field_is_found_so_too(self):
        if not self.registry.has_trigram:
            self.skipTest("PostgreSQL has no trigrams")
        domain = self.env["coworking.participant"]._search_display_name("ilike", "durand")
        self.assertNotIn("Seq Scan on res_partner", self._explain(domain))
