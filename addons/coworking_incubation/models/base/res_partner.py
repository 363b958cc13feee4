from odoo import fields, models
from odoo.tools import email_normalize

from ...tools import fetch_together, filter_by_column, note_marking

# Answers to what the person has just asked for: opposition ends what we begin, not these.
ANSWERS = {"confirm", "confirmed", "known"}
COMPANY_TRIGGER = """
CREATE OR REPLACE FUNCTION coworking_mark_company() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE res_partner SET coworking_known = true
     WHERE id = NEW.commercial_partner_id AND coworking_known IS NOT true;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_mark_company ON res_partner;
CREATE TRIGGER coworking_mark_company
    AFTER UPDATE OF coworking_known, commercial_partner_id ON res_partner
    FOR EACH ROW WHEN (NEW.coworking_known AND NEW.commercial_partner_id != NEW.id)
    EXECUTE FUNCTION coworking_mark_company();
"""


class ResPartner(models.Model):
    """People in programs may want no mails. What they are owed goes all the same, and what others
    get who manage, fund or advise: Odoo's list of blocked addresses, where somebody who left a
    newsletter is, says nothing of that.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "coworking.known.mixin"]

    coworking_no_mail = fields.Boolean(
        string="Do Not Write To",
        copy=False,
        prefetch="coworking",
        groups="base.group_user",
        help="No mail goes to this person any more, newsletters included: what they have to sign or"
        " to know is handed over. What is owed to them is still sent: invoices, the signed"
        " agreement, answers to what they ask.",
    )

    coworking_has_file = fields.Boolean(
        copy=False,
        readonly=True,
        export_string_translation=False,
        groups=fields.NO_ACCESS,
    )

    def init(self):
        """With somebody who is known, so is the company: bills are its."""
        self.env.cr.execute(COMPANY_TRIGGER)
        return super().init()

    def _coworking_may_write_to(self, email, what=None):
        """Whether a mail about these people, or else about whoever has the address, may be sent.

        :param what: the kind of the mail: answers are no contact
        """
        if not email or what in ANSWERS:
            return bool(email)
        # sudo: visitors, and those who know one organisation, read few contacts
        people = self.sudo()
        address = email_normalize(email, strict=False) or email
        return not (people or people.search([("email_normalized", "=", address)])).filtered(
            "coworking_no_mail"
        )

    def _coworking_describe_opposition(self):
        """What staff are told instead of a mail that is not sent."""
        return self.env._(
            "%s does not want to be written to: copy the link, or print it, and hand it over.",
            ", ".join(self.mapped("name")),
        )

    def _coworking_read_opposition(self):
        """Who wants no mails has no mark, which others could search for: where it is asked, it is
        read with what Odoo reads of a contact anyway, in the same query.
        """
        fetch_together(
            self,
            (field for field in self._fields.values() if field.prefetch in (True, "coworking")),
        )

    def write(self, vals):
        """Who wants no mails gets no newsletters either, at no address: these are Odoo's, and its
        own list stops them. Only the person, or an administrator, takes them off it.
        """
        if {"is_company", "parent_id"} & vals.keys():
            note_marking(self.env)
        result = super().write(vals)
        if vals.get("coworking_no_mail") or vals.get("email"):
            # sudo: only administrators write the list
            for partner in filter_by_column(self, "coworking_no_mail").sudo():
                if partner.email_normalized:
                    partner.env["mail.blacklist"]._add(partner.email_normalized)
        return result
