from odoo import api, models

# Contacts that were made with their file, at one moment, and that nobody has besides its program.
NEWCOMERS = """
  WITH newcomer AS (
       SELECT contact.id, MIN(file.company_id) AS company_id
         FROM res_partner contact
         JOIN coworking_participant file ON file.partner_id = contact.id
        WHERE contact.company_id IS NULL
        GROUP BY contact.id
       HAVING COUNT(DISTINCT file.company_id) = 1
          AND BOOL_OR(file.create_date = contact.create_date))
SELECT company_id, ARRAY_AGG(id)
  FROM newcomer
 WHERE NOT EXISTS (SELECT FROM account_move move
                    WHERE move.partner_id = newcomer.id AND move.company_id != newcomer.company_id)
   AND NOT EXISTS (SELECT FROM res_users login
                    WHERE login.partner_id = newcomer.id
                      AND login.company_id != newcomer.company_id)
 GROUP BY company_id
"""


class CoworkingContact(models.AbstractModel):
    _inherit = "coworking.contact"

    @api.model
    def _filter_opposed(self, partners):
        return partners.filtered("coworking_no_mail")

    @api.model
    def _give_to_companies(self):
        """Who looks for a job, and became a contact with the file, is read by the organisation of
        the program alone: as of files made where there are several, see ``create`` of them.
        """
        self.env.flush_all()
        self.env.cr.execute(NEWCOMERS)
        # sudo: whoever makes an organisation may read no file
        contacts = self.env["res.partner"].sudo()
        for company_id, ids in self.env.cr.fetchall():
            contacts.browse(ids).company_id = company_id

    @api.model
    def _is_link_unwanted(self, partner):
        return not partner._coworking_may_write_to(partner.email)
