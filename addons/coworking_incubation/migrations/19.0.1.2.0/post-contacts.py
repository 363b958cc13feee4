"""From 19.0.1.1.0: where there are several organisations, contacts made with a file of one are no
others' to read.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    if env["res.company"]._coworking_are_several():
        env["coworking.contact"]._give_to_companies()
