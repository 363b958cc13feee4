from odoo import fields, models


class CoworkingFundingAgreement(models.Model):
    """The terms on which a funder takes part in what the program pays."""

    _inherit = "coworking.funding.agreement"

    base_kind = fields.Selection(
        [
            ("net", "What the program bears (net)"),
            ("gross", "What the space is paid (gross)"),
        ],
        string="Counted On",
        required=True,
        default="net",
        tracking=True,
        help="Net: what participants pay of their seats is taken off before the funder's part is"
        " counted. Gross: it is a resource beside that of the funder.",
    )
