"""From 19.0.1.1.0: who has a role in programs and chose no start screen lands on them at login."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["res.users"].search([("share", "=", False)])._set_coworking_home()
