from odoo.tools import SQL

from ..common import CoworkingCase

INDEX = "res_partner_coworking_letters_idx"


class TestSearchByName(CoworkingCase):
    def _explain(self, domain):
        """How PostgreSQL finds contacts where there are so many that it reads neither all of them
        nor those of each file in turn."""
        query = self.env["coworking.participant"]._search(domain)
        self.env.flush_all()
        for way in ("seqscan", "indexscan", "nestloop", "mergejoin"):
            self.env.cr.execute(SQL("SET LOCAL enable_%s = off", SQL(way)))
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
        # Of few contacts another index may do for the telephone.
        self.assertGreaterEqual(plan.count(f"Bitmap Index Scan on {INDEX}"), 2)
        self.env.cr.execute("SELECT pg_get_indexdef(%s::regclass)", [INDEX])
        (definition,) = self.env.cr.fetchone()
        for name in names:
            self.assertRegex(definition, rf"\b{name}\b\S* gin_trgm_ops")

    def test_the_name_asked_of_any_field_is_found_so_too(self):
        if not self.registry.has_trigram:
            self.skipTest("PostgreSQL has no trigrams")
        domain = self.env["coworking.participant"]._search_display_name("ilike", "durand")
        plan = self._explain(domain)
        self.assertGreaterEqual(plan.count(f"Bitmap Index Scan on {INDEX}"), 2)
