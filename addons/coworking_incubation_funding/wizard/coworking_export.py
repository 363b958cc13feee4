from odoo import api, fields, models


class CoworkingExport(models.TransientModel):
    """Whose files an export takes along, and of which period."""

    _name = "coworking.export"
    _description = "Export Participants"

    mapping_id = fields.Many2one("coworking.export.mapping", string="Columns", required=True)
    program_ids = fields.Many2many(
        "coworking.program",
        string="Programs",
        required=True,
        default=lambda self: self.env["coworking.program"].search([], limit=1),
    )
    basis = fields.Selection(
        lambda self: (
            self.env["coworking.indicator"]._fields["basis"]._description_selection(self.env)
        ),
        string="People Who",
        required=True,
        default="present",
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._default_dates()[0]
    )
    date_to = fields.Date(string="To", required=True, default=lambda self: self._default_dates()[1])
    file_count = fields.Integer(string="Files", compute="_compute_file_count")

    @api.model
    def _default_dates(self):
        reports = self.env["coworking.report"]
        return reports._default_date_from(), reports._default_date_to()

    @api.depends("program_ids", "basis", "date_from", "date_to")
    def _compute_file_count(self):
        for wizard in self:
            wizard.file_count = len(wizard._find_files())

    def _find_files(self):
        self.ensure_one()
        if not (self.date_from and self.date_to and self.basis):
            return self.env["coworking.participant"]
        return self.mapping_id._find_files(
            self.program_ids._origin, self.basis, self.date_from, self.date_to
        )

    def action_download(self):
        """What is missing is said here; the file comes by its own address."""
        self.ensure_one()
        self.mapping_id._check_may_export()
        self.mapping_id._check_complete(self._find_files())
        return {
            "type": "ir.actions.act_url",
            "url": f"/coworking_incubation_funding/export/{self.id}",
            "target": "download",
        }
