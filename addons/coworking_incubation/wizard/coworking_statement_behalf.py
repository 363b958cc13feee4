from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import SCAN_NAMES, scan_of


class CoworkingStatementBehalf(models.TransientModel):
    """Confirm statements for a space that answered by telephone, on paper or in person."""

    _name = "coworking.statement.behalf"
    _description = "Confirm for a Space"
    _inherit = ["coworking.record.mixin"]

    statement_id = fields.Many2one(
        "coworking.statement", required=True, readonly=True, ondelete="cascade"
    )
    space_id = fields.Many2one(related="statement_id.space_id")
    currency_id = fields.Many2one(related="statement_id.currency_id")
    payable_total = fields.Monetary(related="statement_id.payable_total")
    contact_ids = fields.Many2many("res.partner", compute="_compute_contact_ids")
    partner_id = fields.Many2one(
        "res.partner",
        string="Who Answered",
        required=True,
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', contact_ids)]",
    )
    channel = fields.Selection(
        [("phone", "Telephone"), ("paper", "Paper"), ("meeting", "In person")],
        string="How",
        required=True,
        default="phone",
    )
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    note = fields.Char()
    scan = fields.Binary(attachment=False)
    scan_name = fields.Char()

    @api.depends("statement_id")
    def _compute_contact_ids(self):
        for wizard in self:
            wizard.contact_ids = wizard.space_id.manager_ids | wizard.space_id.substitute_ids

    @api.depends("statement_id")
    def _compute_partner_id(self):
        """The manager, where there is but one."""
        for wizard in self:
            # A wizard that is being filled in holds records that are not saved either.
            space = wizard.statement_id._origin.space_id
            contacts = space.manager_ids | space.substitute_ids
            wizard.partner_id = wizard.partner_id or (contacts if len(contacts) == 1 else False)

    def action_confirm(self):
        """As if they had done it on the portal, with what proves it."""
        self.ensure_one()
        statement = self.statement_id
        statement.check_access("write")
        if self.partner_id not in self.contact_ids:
            raise UserError(
                self.env._(
                    "%(person)s does not manage %(space)s: add them to its managers first.",
                    person=self.partner_id.name,
                    space=self.space_id.name,
                )
            )
        if self.channel == "paper" and not self.scan:
            raise UserError(self.env._("Add the scan of the paper that they signed."))
        if self.date > fields.Datetime.now():
            raise UserError(self.env._("They cannot have answered at a moment to come."))
        attachment = self.env["ir.attachment"]
        if self.scan:
            content, kind = scan_of(self.env, self.with_context(bin_size=False).scan)
            attachment = attachment.create(
                {
                    "name": SCAN_NAMES[kind],
                    "raw": content,
                    "res_model": statement._name,
                    "res_id": statement.id,
                }
            )
        changed = statement._confirm_lines(
            self.partner_id,
            self.channel,
            date=self.date,
            note=self.note,
            attachment_id=attachment.id,
        )
        close = {"type": "ir.actions.act_window_close"}
        if changed:
            attachment.unlink()
        return changed._warn_of_change(close) or close
