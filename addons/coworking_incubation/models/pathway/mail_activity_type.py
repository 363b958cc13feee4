from odoo import fields, models

from .coworking_review import REVIEW_KINDS


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    coworking_review_kind = fields.Selection(
        REVIEW_KINDS,
        string="Plans a Review",
        help="On a participant, an activity of this type comes with a review of this kind to hold "
        "on its day. Holding the review marks the activity as done.",
    )
