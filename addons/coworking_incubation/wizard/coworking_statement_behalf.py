from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools import SCAN_NAMES, scan_of


class CoworkingStatementBehalf(models.TransientModel):
    """Confirm statements for spaces that answered by telephone, on paper or in person; or say that
    the program decides, because no answer came.
    """

    _name = "coworking.statement.behalf"
    _description = "Confirm for a Space"
    _inherit = ["coworking.record.mixin"]
    # As long as the work on many spaces may go on without the screen.
    _transient_max_hours = 24.0

    statement_ids = fields.Many2many(
        "coworking.statement",
        string="Statements",
        required=True,
        readonly=True,
        default=lambda self: (
            self.env.context.get("active_model") == "coworking.statement"
            and self.env.context.get("active_ids")
        ),
    )
    contact_ids = fields.Many2many("res.partner", compute="_compute_contact_ids")
    partner_id = fields.Many2one(
        "res.partner",
        string="Who Answered",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', contact_ids)]",
        help="Empty for several spaces: the one manager of each.",
    )
    channel = fields.Selection(
        [
            ("phone", "Telephone"),
            ("paper", "Paper"),
            ("meeting", "In person"),
            ("staff", "No answer: we decide"),
        ],
        string="How",
        compute="_compute_channel",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    note = fields.Char()
    scan = fields.Binary(attachment=False)
    scan_name = fields.Char()
    warning = fields.Char(compute="_compute_warning")

    @api.depends("statement_ids")
    def _compute_contact_ids(self):
        for wizard in self:
            spaces = wizard.statement_ids.space_id
            wizard.contact_ids = spaces.manager_ids | spaces.substitute_ids

    @api.depends("statement_ids")
    def _compute_channel(self):
        """Nobody can have answered for spaces of which no contact is known."""
        for wizard in self:
            spaces = wizard.statement_ids._origin.space_id
            known = spaces.manager_ids | spaces.substitute_ids
            wizard.channel = wizard.channel or ("phone" if known or not spaces else "staff")

    @api.depends("statement_ids")
    def _compute_partner_id(self):
        """The manager, where there is but one."""
        for wizard in self:
            # A wizard that is being filled in holds records that are not saved either.
            spaces = wizard.statement_ids._origin.space_id
            contacts = spaces.manager_ids | spaces.substitute_ids
            alone = len(spaces) == 1 and len(contacts) == 1
            wizard.partner_id = wizard.partner_id or (contacts if alone else False)

    @api.depends("statement_ids")
    def _compute_warning(self):
        """A month that is not over may still change."""
        for wizard in self:
            ends = {
                statement.date_from + relativedelta(day=31)
                for statement in wizard.statement_ids._origin
                if statement.space_id._get_today() <= statement.date_from + relativedelta(day=31)
            }
            wizard.warning = bool(ends) and self.env._(
                "This month is not over before %(day)s. Whatever changes until then is corrected"
                " on a later statement.",
                day=format_date(self.env, max(ends), date_format="d MMMM y"),
            )

    def action_confirm(self):
        """As if they had done it on the portal, with what proves it."""
        self.ensure_one()
        self.statement_ids.check_access("write")
        self._check_answer()
        close = {"type": "ir.actions.act_window_close"}
        if len(self.statement_ids) > 1:
            run = self.statement_ids._run_each("confirm", self)
            return run._get_outcome_action(close)
        changed = self._confirm(self.statement_ids)
        return changed._warn_of_change(close) or close

    def _check_answer(self):
        """:raise UserError: what proves the answer is missing, or cannot be"""
        if self.channel == "paper" and not self.scan:
            raise UserError(self.env._("Add the scan of the paper that they signed."))
        if self.channel == "staff" and not self.note:
            raise UserError(self.env._("Say in the note why you decide without their answer."))
        if self.date > fields.Datetime.now():
            raise UserError(self.env._("They cannot have answered at a moment to come."))
        self._read_scan()

    def _do_month_step(self, statements):
        """See ``coworking.month.run._ask_dialog``."""
        changed = self._confirm(statements)
        return dict.fromkeys(
            changed,
            self.env._("Its lines have just changed: look at them, then confirm."),
        )

    def _confirm(self, statements):
        """:return: the statements that stay open, as their lines have just changed"""
        answers = self._get_who_answered(statements.space_id)
        scan = self._read_scan()
        changed = statements.browse()
        for statement in statements:
            attachment = self.env["ir.attachment"].with_context(image_no_postprocess=True)
            if scan:
                content, kind = scan
                attachment = attachment.create(
                    {
                        "name": SCAN_NAMES[kind],
                        "raw": content,
                        "res_model": statement._name,
                        "res_id": statement.id,
                    }
                )
            stays_open = statement._confirm_lines(
                answers[statement.space_id],
                self.channel,
                date=self.date,
                note=self.note,
                attachment_id=attachment.id,
            )
            if stays_open:
                attachment.unlink()
            changed |= stays_open
        return changed

    def _read_scan(self):
        """The content of the scan and its kind, if one is to be kept; refused if it is no PDF and
        no picture.
        """
        if self.channel not in ("paper", "meeting") or not self.scan:
            return None
        return scan_of(self.env, self.with_context(bin_size=False).scan)

    def _get_who_answered(self, spaces):
        """Who speaks for each space: dict space -> contact."""
        if self.channel == "staff":
            return dict.fromkeys(spaces, self.env.user.partner_id)
        result = {}
        for space in spaces:
            known = space.manager_ids | space.substitute_ids
            if self.partner_id and self.partner_id not in known:
                raise UserError(
                    self.env._(
                        "%(person)s does not manage %(space)s: add them to its managers first.",
                        person=self.partner_id.name,
                        space=space.name,
                    )
                )
            if not self.partner_id and len(known) != 1:
                raise UserError(
                    self.env._(
                        "Confirm %s alone, to say who answered: it has no manager, or several.",
                        space.name,
                    )
                    if len(self.statement_ids) > 1
                    else self.env._("Say who answered for %s.", space.name)
                )
            result[space] = self.partner_id or known
        return result
