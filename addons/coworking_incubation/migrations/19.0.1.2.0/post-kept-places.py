"""A place is kept for an hour, no longer for a day: the mail that asks to confirm says so."""

import re

from odoo import SUPERUSER_ID, api

OLD = (
    r"<p t-if=\"object\.state == 'waiting'\">[^\n]*?</p>\s*"
    r"<p t-else=\"\">[^\n]*?ctx\.get\('hours'\)[^\n]*?</p>"
)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    template = env.ref(
        "coworking_incubation.mail_template_attendance_confirm", raise_if_not_found=False
    )
    if not template:
        return
    for lang in {"en_US", *(code for code, _name in env["res.lang"].get_installed())}:
        spoken = template.with_context(lang=lang)
        body = re.sub(OLD, "<p t-out=\"ctx.get('kept') or ''\"></p>", str(spoken.body_html or ""))
        if body != spoken.body_html:
            spoken.body_html = body
