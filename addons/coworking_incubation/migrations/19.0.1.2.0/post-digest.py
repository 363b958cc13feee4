"""From 19.0.1.1.0: who has a role in programs is told what waits, until they unsubscribe."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["res.users"]._subscribe_coworking_roles()
