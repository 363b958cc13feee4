from odoo import models


class CoworkingSeat(models.Model):
    _inherit = "coworking.seat"

    def _announce_arrivals(self):
        """The spaces are written to at once; the daily run writes what was not, and reminds."""
        # sudo: what was asked of a space is written by code
        self.env["coworking.portal.request"].sudo()._ask_arrivals(self)
