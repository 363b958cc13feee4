from odoo import api, fields, models

from ..base.processing import NETWORK


class CoworkingPortalAnswer(models.Model):
    """What was said for a space: what, by whom, how, when, and the fingerprint of what was shown.

    Written by code alone and never changed: it is the proof of what a space agreed with.
    """

    _name = "coworking.portal.answer"
    _description = "Answer of a Space"
    _processing = NETWORK
    _inherit = ["coworking.record.mixin"]
    _order = "id desc"
    _rec_name = "kind"

    space_id = fields.Many2one(
        "coworking.space", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="space_id.company_id", store=True, precompute=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Who",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        "res.users", string="Typed By", readonly=True, help="Who of the staff typed it for them."
    )
    kind = fields.Selection(
        [
            ("arrived", "Arrival confirmed"),
            ("not_arrived", "Arrival refused"),
            ("confirmed", "Month confirmed"),
            ("withdrawn", "Confirmation withdrawn"),
            ("disputed", "Line disputed"),
            ("undisputed", "Dispute withdrawn"),
            ("uploaded", "Invoice sent"),
            ("visits", "Who came this month"),
            ("price", "New price proposed"),
            ("sheet", "Space sheet changed"),
            ("absence", "Absence announced"),
            ("report", "Something reported"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    channel = fields.Selection(
        [
            ("portal", "Portal, logged in"),
            ("link", "Link"),
            ("staff", "Staff"),
            ("phone", "Telephone"),
            ("paper", "Paper"),
            ("meeting", "In person"),
        ],
        string="How",
        required=True,
        readonly=True,
    )
    date = fields.Datetime(string="When", required=True, readonly=True, default=fields.Datetime.now)
    statement_id = fields.Many2one(
        "coworking.statement", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    seat_id = fields.Many2one(
        "coworking.seat", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    note = fields.Char(readonly=True)
    shown_hash = fields.Char(
        string="Fingerprint",
        readonly=True,
        help="Of what was shown: of the lines, as on the statement; of an arrival, its day.",
    )
    attachment_id = fields.Many2one(
        "ir.attachment", string="Scan", readonly=True, ondelete="restrict"
    )

    @api.model
    def _get_typed_names(self, vals):
        return () if vals.get("kind") == "uploaded" else ("note",)  # a file's name may be a number

    @api.model
    def _log_answer(self, kind, record, partner, channel, **values):
        """Keep an answer.

        :param record: the statement, seat or space that it is about
        :param partner: who spoke for the space
        :param channel: how
        """
        return self._log_each(kind, {record: values}, partner, channel)

    @api.model
    def _log_each(self, kind, answers, partner, channel):
        """Keep the same answer about several records: see ``_log_answer``.

        :param answers: dict record -> more values
        """
        names = {"coworking.statement": "statement_id", "coworking.seat": "seat_id"}
        common = {
            "partner_id": partner.id,
            "kind": kind,
            "channel": channel,
            "user_id": self.env.user.id if self.env.user._is_internal() else False,
        }
        vals_list = []
        for record, values in answers.items():
            space = record if record._name == "coworking.space" else record.space_id
            vals = {"space_id": space.id, **common, **values}
            if record._name in names:
                vals[names[record._name]] = record.id
            vals_list.append(vals)
        # sudo: nobody has the right to write answers, code does
        return self.sudo().create(vals_list)
