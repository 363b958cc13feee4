"""From 19.0.1.1.0: who has a role in programs is told what waits, until they unsubscribe."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    users = env["res.users"].search([("share", "=", False)])
    users._filter_coworking()._subscribe_to_exceptions()
