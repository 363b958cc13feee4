from odoo import api, fields, models
from odoo.fields import Domain


class CoworkingProgram(models.Model):
    _inherit = "coworking.program"

    hosting_template_id = fields.Many2one(
        "coworking.hosting.template",
        string="Agreement Template",
        check_company=True,
        ondelete="restrict",
        help="Text of the hosting agreements of this program. Empty: the first template.",
    )

    @api.model
    def _note_staff_changed(self, gone, back):
        signatories = self.env["coworking.hosting.signatory"]
        signatories._note_changed(Domain("role", "=", "program"), gone, back)
        return super()._note_staff_changed(gone, back)
