import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools import SCAN_NAMES, scan_of
from ..base.processing import SEATS


class CoworkingPresenceScan(models.Model):
    """The photo or scan of a month's presence sheet, and the evidence of what is typed beside it.

    The picture is never replaced: presences point to it.
    """

    _name = "coworking.presence.scan"
    _description = "Photographed Presence Sheet"
    _processing = SEATS
    _inherit = ["coworking.record.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    space_id = fields.Many2one(
        "coworking.space", required=True, check_company=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        string="Month", required=True, default=lambda self: self._default_date_from()
    )
    file = fields.Binary(string="Photo or Scan", attachment=True, required=True)
    file_name = fields.Char()
    kind = fields.Char(string="Type of File", readonly=True)
    digest = fields.Char(
        string="Fingerprint", readonly=True, help="SHA-256 of the file as it is kept."
    )
    presence_ids = fields.One2many("coworking.presence", "scan_id", readonly=True)
    presence_count = fields.Integer(string="Half-days", compute="_compute_presence_count")

    @api.model
    def _default_date_from(self):
        return fields.Date.context_today(self).replace(day=1)

    @api.depends("space_id.name", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for scan in self:
            month = scan.date_from and format_date(self.env, scan.date_from, date_format="MMMM y")
            scan.display_name = ", ".join(filter(None, (scan.space_id.name, month)))

    @api.depends("presence_ids")
    def _compute_presence_count(self):
        counts = dict(
            self.env["coworking.presence"]._read_group(
                [("scan_id", "in", self.ids)], ["scan_id"], ["__count"]
            )
        )
        for scan in self:
            scan.presence_count = counts.get(scan._origin, 0)

    def _is_as_sealed(self):
        content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        return hashlib.sha256(content).hexdigest() == self.digest

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = []
        for vals in vals_list:
            content, kind = scan_of(self.env, vals.get("file"))
            space = self.env["coworking.space"].browse(vals.get("space_id"))
            rows.append(
                {
                    **vals,
                    "file": base64.b64encode(content),
                    "kind": kind,
                    "digest": hashlib.sha256(content).hexdigest(),
                    "company_id": space.company_id.id,
                    "date_from": fields.Date.to_date(
                        vals.get("date_from") or self._default_date_from()
                    ).replace(day=1),
                }
            )
        # a sheet is kept as large as it was received: Odoo would make a large photo smaller
        return (
            super(CoworkingPresenceScan, self.with_context(image_no_postprocess=True))
            .create(rows)
            .with_env(self.env)
        )

    def write(self, vals):
        if not self.env.su:
            raise UserError(
                self.env._(
                    "%s is evidence: it stays as it was received. Add another one.",
                    self[:1].display_name,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        # sudo: it is enough that something was typed from it, whoever may read that
        used = self.sudo().filtered("presence_ids")[:1]
        if used:
            raise UserError(
                self.env._("%s is the evidence of half-days: it is not deleted.", used.display_name)
            )

    # === TYPING BESIDE IT === #

    def action_type(self):
        """The grid of that space and month, with the picture beside it."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id(
            "coworking_incubation.coworking_presence_action_grid"
        )
        return {
            **action,
            "path": False,
            "name": self.display_name,
            "display_name": self.display_name,
            "context": {"grid_scan": self.id},
        }

    def _record_typed(self, seats, rows):
        """Take down what is on the sheet: both sides signed it.

        The space says so by its sheet, and whoever was there signed it on that paper. What the
        participant signed elsewhere stays as it is.
        """
        self.ensure_one()
        by = self.env.user.partner_id
        Presence = self.env["coworking.presence"]
        Presence._record_said(seats, rows, source="sheet", by=by, scan=self)
        known = Presence._get_by_half_day(seats, rows)
        signed = []
        for row in rows:
            presence = known.get((row["seat_id"], row["date"], row["slot"]), Presence)
            own = presence.participant_source == "paper" and presence.scan_id == self
            if not presence.participant_state or own:
                present = row["state"] == "present"
                signed.append({**row, "state": "present" if present else False})
        Presence._record_signed(seats, signed, source="paper", by=by, scan=self)

    def _get_picture(self):
        """What the grid shows beside it."""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.display_name,
            "pdf": self.kind == "pdf",
            "url": f"/web/content/{self._name}/{self.id}/file/{SCAN_NAMES[self.kind]}",
        }
