from odoo import models


class ProductProduct(models.Model):
    """What is bought for a seat is asked for by tariffs, which say so when it is deleted."""

    _name = "product.product"
    _inherit = ["product.product", "coworking.used.mixin"]
