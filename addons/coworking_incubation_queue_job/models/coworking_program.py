from odoo import models


class CoworkingProgram(models.Model):
    _inherit = "coworking.program"
    # Data ends one program at a time: the job of each is tried until it is its turn.
    _most_tries = 0
