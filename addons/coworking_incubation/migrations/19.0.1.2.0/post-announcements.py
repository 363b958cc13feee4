"""What is to come is announced by mail from now on: what was known before is no news."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["coworking.announcement"]._note_all()
