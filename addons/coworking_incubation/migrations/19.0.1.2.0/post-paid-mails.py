"""Spaces are told that they are paid from now on: what was paid before is no news."""

from odoo import SUPERUSER_ID, api, fields


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    billed = env["coworking.statement"].search([("state", "=", "billed")])
    for statement in billed._get_paid_on():
        statement.paid_told_at = fields.Datetime.now()
