import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CoworkingPortalShare(models.TransientModel):
    """Give somebody their link another way than by mail: copied, or on paper."""

    _name = "coworking.portal.share"
    _description = "Give a Link"
    _inherit = ["coworking.record.mixin"]

    statement_id = fields.Many2one("coworking.statement", readonly=True, ondelete="cascade")
    seat_id = fields.Many2one("coworking.seat", readonly=True, ondelete="cascade")
    signatory_id = fields.Many2one("coworking.hosting.signatory", readonly=True, ondelete="cascade")
    participant_id = fields.Many2one("coworking.participant", readonly=True, ondelete="cascade")
    for_adviser = fields.Boolean(readonly=True, help="For the adviser who referred the person.")
    contact_ids = fields.Many2many("res.partner", compute="_compute_contact_ids")
    partner_id = fields.Many2one(
        "res.partner",
        string="For",
        required=True,
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', contact_ids)]",
    )
    email = fields.Char(related="partner_id.email")
    # Never in the database: see coworking.portal.link
    url = fields.Char(string="Link", store=False, readonly=True)

    @api.depends("statement_id", "seat_id", "signatory_id", "participant_id", "for_adviser")
    def _compute_contact_ids(self):
        for wizard in self:
            wizard.contact_ids = wizard._get_contacts()

    @api.depends("statement_id", "seat_id", "signatory_id", "participant_id", "for_adviser")
    def _compute_partner_id(self):
        for wizard in self:
            wizard.partner_id = wizard.partner_id or wizard._get_contacts()[:1]

    def _get_contacts(self):
        # A wizard that is being filled in holds records that are not saved either.
        if self.signatory_id:
            return self.signatory_id._origin.partner_id
        if self.participant_id:
            file = self.participant_id._origin
            return file.prescriber_contact_id if self.for_adviser else file.partner_id
        space = (self.statement_id.space_id or self.seat_id.space_id)._origin
        return space._get_contacts() if space else self.env["res.partner"]

    def _get_record(self):
        if self.for_adviser:
            adviser = self.participant_id.prescriber_contact_id
            return adviser.with_company(self.participant_id.company_id)
        return self.statement_id or self.seat_id or self.signatory_id or self.participant_id

    def _get_purpose(self):
        if self.signatory_id:
            return "hosting"
        if self.participant_id:
            return "prescriber" if self.for_adviser else "participant"
        return "month" if self.statement_id else "arrival"

    def _check_may_give(self):
        """A link does what its holder may do: whoever hands it over is trusted with that."""
        if self.signatory_id:
            self.signatory_id.hosting_id.check_access("write")
        elif self.participant_id and not self.for_adviser:
            self.participant_id.check_access("write")
        elif not self.env.user.has_group("coworking_incubation.group_coworking_coordinator"):
            raise AccessError(
                self.env._("Only a coordinator hands the links of managers and advisers over.")
            )
        self._get_record().check_access("read")

    def _check_open(self):
        self.ensure_one()
        self._check_may_give()
        record, purpose = self._get_record(), self._get_purpose()
        if self.statement_id.state == "draft":
            raise UserError(
                self.env._("%s is a draft: send it first, then give its link.", record.name)
            )
        # sudo: whether there is something left to do for them
        if not record.sudo()._is_link_open(purpose, self.partner_id):
            self._refuse_stranger()
        return record, purpose

    def _refuse_stranger(self):
        raise UserError(self.env._("%s has nothing left to do there.", self.partner_id.name))

    def action_send(self):
        """Mail the link to the address that the dialog shows."""
        record, purpose = self._check_open()
        partner = self.partner_id
        if partner.email and record.sudo()._is_link_unwanted(partner):  # sudo: as above
            raise UserError(partner._coworking_describe_opposition())
        if not self.env["coworking.portal.link"]._send_link(record, purpose, partner):
            raise UserError(
                self.env._(
                    "%s has no e-mail: copy the link, or print it.", self.partner_id.display_name
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The link was sent to %s.", self.email),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_copy(self):
        """Show a link, to be copied."""
        record, purpose = self._check_open()
        url = self.env["coworking.portal.link"]._make_url(record, purpose, self.partner_id)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Link for %s", self.partner_id.name),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_statement_id": self.statement_id.id,
                "default_seat_id": self.seat_id.id,
                "default_signatory_id": self.signatory_id.id,
                "default_participant_id": self.participant_id.id,
                "default_for_adviser": self.for_adviser,
                "default_partner_id": self.partner_id.id,
                "default_url": url,
            },
        }

    def action_print(self):
        """A sheet of paper with a QR code. Its link is made when the sheet is."""
        self._check_open()
        return self.env.ref("coworking_incubation.action_report_portal_link").report_action(self)

    def action_revoke(self):
        """A telephone was lost: no link of this contact opens anything any more, whether something
        is left to do for the record of this dialog or not.
        """
        self.ensure_one()
        self._check_may_give()
        if self.partner_id not in self._get_contacts():
            self._refuse_stranger()
        self.env["coworking.portal.link"]._revoke_links_of(self.partner_id)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The links of %s are ended.", self.partner_id.name),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _print_paper(self):
        """What the sheet of paper holds: the record in words, and a new link as a picture."""
        record, purpose = self._check_open()
        Link = self.env["coworking.portal.link"]
        url = Link._make_url(record, purpose, self.partner_id, channel="paper")
        # sudo: as for the mail, the words are the record's
        words = record.sudo()._get_link_words(purpose, self.partner_id)
        picture = self.env["ir.actions.report"].barcode("QR", url, width=400, height=400)
        # sudo: whom to call is printed for everybody
        program = (self.participant_id if self.for_adviser else record).sudo().program_id
        user = program._get_responsible(or_admin=False)
        return {
            "words": words,
            "url": url,
            "picture": base64.b64encode(picture),
            "company": record.sudo()._get_link_company(),
            "contact": user and ", ".join(filter(None, (user.name, user.phone))),
        }
