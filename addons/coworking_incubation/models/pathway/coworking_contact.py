from odoo import api, models

# Contacts that were made with their file, at one moment, of programs of one company.
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
 GROUP BY company_id
"""


def _is_column(field, comodel_name):
    return (
        field is not None
        and field.type in ("many2one", "many2many")
        and field.store
        and not field.company_dependent
        and field.comodel_name == comodel_name
    )


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
        contacts = self.env["res.partner"].sudo().with_context(active_test=False)
        for company_id, ids in self.env.cr.fetchall():
            newcomers = contacts.browse(ids)
            (newcomers - self._find_elsewhere(newcomers, company_id)).company_id = company_id

    @api.model
    def _find_elsewhere(self, contacts, company_id):
        """Those of these contacts to whom a record of another company leads, whatever it is: it
        could not be read or written any more.
        """
        env = contacts.env
        companies = env["res.company"].search([("id", "child_of", company_id)])
        elsewhere = contacts.browse()
        for model in env.values():
            owner = "id" if model._name == "res.company" else "company_id"
            if not model._auto or model._abstract or model._transient:
                continue
            if owner != "id" and not _is_column(model._fields.get(owner), "res.company"):
                continue
            others = [(owner, "not in", [*companies.ids, False])]
            for name, field in model._fields.items():
                if _is_column(field, "res.partner"):
                    rows = model._read_group([(name, "in", contacts.ids), *others], [name])
                    elsewhere |= contacts.browse(partner.id for (partner,) in rows)
        return contacts & elsewhere

    @api.model
    def _is_link_unwanted(self, partner):
        return not partner._coworking_may_write_to(partner.email)
