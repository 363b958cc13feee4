"""Odoo's own search for a person finds what we hold on them, and acts as far as our rules allow."""

from odoo.exceptions import UserError

from ..portal.canaries import MatrixCase


class TestPrivacyLookup(MatrixCase):
    def _look(self, name="Camille Petit", email="canarimel@example.com"):
        wizard = self.env["privacy.lookup.wizard"].create({"name": name, "email": email})
        wizard.action_lookup()
        return wizard.line_ids

    def _found(self, lines, records):
        return lines.filtered(
            lambda line: line.res_model == records._name and line.res_id in records.ids
        )

    def test_it_is_installed_where_mail_is(self):
        self.assertIn("privacy.lookup.wizard", self.env)

    def test_the_file_the_agreement_and_the_links_are_found(self):
        self.env["coworking.portal.link"]._make_url(self.file, "participant", self.file.partner_id)
        lines = self._look()
        for records in (
            self.file,
            self.file.seat_ids,
            self.own["signatory"],
            self.file.partner_id,
            self.person,
        ):
            with self.subTest(model=records._name):
                self.assertTrue(self._found(lines, records))

    def test_a_registration_of_somebody_without_a_file_is_found(self):
        row = self.env["coworking.attendance"].create(
            {
                "event_id": self.own["attendance"].event_id.id,
                "name": "Ines Nouvelle",
                "email": "Ines <ines@example.org>",
            }
        )
        self.assertTrue(self._found(self._look("Ines Nouvelle", "ines@example.org"), row))

    def test_what_it_does_not_find_hangs_from_what_it_finds(self):
        """It looks for e-mails, and for stored links to contacts that do not go along with them."""
        data = self.env["coworking.person.data"]
        found = set()
        for name in data._get_own_models():
            model = self.env[name]
            if model._auto and any(
                field.store
                and (
                    field.name in ("email_normalized", "email")
                    or (
                        field.comodel_name == "res.partner"
                        and field.type == "many2one"
                        and field.ondelete != "cascade"
                    )
                )
                for field in model._fields.values()
            ):
                found.add(name)
        self.assertIn("coworking.participant", found)
        for name in data._get_own_models():
            model = self.env[name]
            if not model._auto or name in found:
                continue
            domain = model._get_person_domain(self.file.partner_id, self.file)
            if domain.is_false():
                continue  # not about one person
            owners = {
                field.comodel_name
                for field in model._fields.values()
                if field.store and field.type == "many2one"
            }
            with self.subTest(model=name):
                self.assertTrue(
                    owners & (found | {"res.partner"}),
                    f"{name} is found neither by itself nor by what it belongs to",
                )

    def test_a_file_is_archived_and_opened(self):
        file = self._new_participant("Ines Nouvelle", email="ines@example.org")
        line = self._found(self._look("Ines Nouvelle", "ines@example.org"), file)
        self.assertEqual(line.action_open_record()["res_id"], file.id)
        line.action_archive_all()
        self.assertFalse(file.active)

    def test_what_must_stay_says_why_and_stays(self):
        file = self._new_participant("Ines Nouvelle", email="ines@example.org")
        self._new_seat("1/8", "31/8", file, tariff=self.tariff_b)
        lines = self._look("Ines Nouvelle", "ines@example.org")
        for records in (file, file.partner_id):
            with self.subTest(model=records._name), self.assertRaises(UserError) as refused:
                self._found(lines, records)[:1].action_unlink()
            self.assertIn("cannot be deleted", str(refused.exception))
        self.assertTrue(file.exists())

    def test_what_nothing_uses_is_deleted(self):
        row = self.env["coworking.attendance"].create(
            {
                "event_id": self.own["attendance"].event_id.id,
                "name": "Ines Nouvelle",
                "email": "ines@example.org",
            }
        )
        line = self._found(self._look("Ines Nouvelle", "ines@example.org"), row)
        line.action_unlink()
        self.assertFalse(row.exists())
