"""A lead of Odoo's CRM becomes a file, and leads back to it: by the contact that both have."""

from odoo.tests import Form

from ..common import CoworkingCase


class TestCrm(CoworkingCase):
    def _convert(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Wants to begin a firm",
                "contact_name": "Camille Martin",
                "email_from": "camille@example.com",
                "company_id": self.company.id,
            }
        )
        lead.convert_opportunity(self.env["res.partner"])
        lead._handle_partner_assignment(create_missing=True)
        return lead

    def test_a_lead_becomes_a_file_from_the_button_of_its_contact(self):
        lead = self._convert()
        action = lead.partner_id.with_user(self.coordinator).action_open_coworking_participants()
        files = self.env["coworking.participant"].with_user(self.coordinator)
        self.assertFalse(files.search(action["domain"]))
        form = Form(files.with_context(**action["context"]))
        form.partner_id = lead.partner_id
        form.program_id = self.program
        file = form.save()
        self.assertEqual(files.search(action["domain"]), file)
        self.assertEqual(
            (file.partner_id.name, file.email), ("Camille Martin", "camille@example.com")
        )
        back = lead.partner_id.action_view_opportunity()
        self.assertIn(lead, self.env["crm.lead"].search(back["domain"]))

    def test_a_lead_of_somebody_with_a_file_is_found_from_it(self):
        file = self._new_participant("Camille Martin", email="camille@example.com")
        lead = self._convert()
        lead.partner_id = file.partner_id
        self.assertEqual(lead.partner_id.coworking_participant_ids, file)
        self.assertEqual(file.partner_id.opportunity_count, 1)
