"""At an appointment one chooses no other date: mails about meetings offer what their page does."""

from odoo import SUPERUSER_ID, api

OFFERED = {
    "Cancel, or choose another date": "I cannot come",
    "Annuler, ou choisir une autre date": "Je ne peux pas venir",
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in ("changed", "moved_up"):
        template = env.ref(
            f"coworking_incubation.mail_template_attendance_{name}", raise_if_not_found=False
        )
        for lang in {"en_US", *(code for code, _name in env["res.lang"].get_installed())}:
            spoken = template and template.with_context(lang=lang)
            before = body = str(spoken.body_html or "") if spoken else ""
            for other_date, cancel in OFFERED.items():
                body = body.replace(
                    f">{other_date}</a>",
                    f"><t t-if=\"object.kind == 'info_session'\">{other_date}</t>"
                    f'<t t-else="">{cancel}</t></a>',
                )
            if body != before:
                spoken.body_html = body
