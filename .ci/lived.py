"""What people do between two releases, told to Odoo's shell: ``live`` by the code of the released
version, ``go_on`` by this one's. See `.ci/run updates`.
"""

from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.tools.safe_eval import safe_eval

# A field by which somebody has a favourite, and a column of their own: some are gone since.
FAVOURITES = {
    "account.move": "coworking_statement_id",
    "coworking.hosting": "sealed_by_id",
    "coworking.month.line": "statement_state",
    "coworking.participant": "recheck_from",
    "res.partner": "coworking_space_ids",
}
OWN = "<p>À bientôt, toute l'équipe de la Grappe</p>"
PREFIX = "coworking_incubation."


def live(env):
    """A mail and a stage in one's own words, favourites, somebody who leaves and somebody new,
    files in the database, a bill that is taken back, one that is cancelled, and a closure that is
    known only once its month was settled.
    """
    template = env.ref(f"{PREFIX}mail_template_attendance_reminder").with_context(lang="fr_FR")
    template.body_html = f"{template.body_html}{OWN}"
    env.ref(f"{PREFIX}coworking_stage_application").name = "Candidature chez nous"
    admin = env.ref("base.user_admin")
    for model, name in FAVOURITES.items():
        if model in env:
            env["ir.filters"].create(
                {
                    "name": "Les miens",
                    "model_id": model,
                    "domain": f"[('{name}', '!=', False)]",
                    "context": f"{{'group_by': ['{name}']}}",
                    "is_default": True,
                    "user_ids": [(4, admin.id)],
                }
            )
            env["ir.exports"].create(
                {
                    "name": "Les miennes",
                    "resource": model,
                    "export_fields": [(0, 0, {"name": name})],
                }
            )
    env["res.lang"]._activate_lang("es_ES")
    roles = [
        env.ref(f"{PREFIX}group_coworking_{role}").id for role in ("coordinator", "accountant")
    ]
    env["res.users"].create(
        {
            "name": "Carmen",
            "login": "carmen",
            "lang": "es_ES",
            "tz": "America/Lima",
            "group_ids": [(6, 0, roles)],
        }
    )
    file = env["coworking.participant"].search(
        [("phase", "=", "active"), ("user_id", "!=", False)], limit=1
    )
    file.user_id.action_archive()
    env["ir.config_parameter"].set_param("ir_attachment.location", "db")
    for file in env["ir.attachment"].search(
        [("res_model", "=like", "coworking.%"), ("res_field", "=", False)]
    ):
        file.write({"raw": file.raw, "mimetype": file.mimetype})
    posted, draft = (
        env["account.move"].search(
            [
                ("coworking_statement_id", "!=", False),
                ("move_type", "=", "in_invoice"),
                ("state", "=", state),
            ],
            order="id desc",
        )
        for state in ("posted", "draft")
    )
    unpaid = posted.filtered(lambda bill: bill.payment_state == "not_paid")[:1]
    wizard = env["account.move.reversal"].with_context(
        active_model="account.move", active_ids=unpaid.ids
    )
    back = wizard.create(
        {"journal_id": unpaid.journal_id.id, "reason": "Erreur", "date": unpaid.date}
    )
    note = env["account.move"].browse(back.refund_moves()["res_id"])
    note.write({"ref": "AV-1", "invoice_date": unpaid.date})
    note.action_post()
    draft[:1].button_cancel()
    settled = env["coworking.charge"].search(
        [("state", "=", "settled"), ("kind", "=", "regular")], order="id desc", limit=1
    )
    env["resource.calendar.leaves"].create(
        {
            "name": "Dégât des eaux",
            "calendar_id": settled.space_id.resource_calendar_id.id,
            "date_from": f"{settled.period:%Y-%m}-05 04:00:00",
            "date_to": f"{settled.period:%Y-%m}-09 20:00:00",
        }
    )
    env.cr.commit()


def check(env):
    """The books hold, as coworking_check says."""
    found = env["coworking.books"]._check()
    assert not found, env["coworking.books"]._to_text(found)


def go_on(env):
    """What one had is there and works, the next month is made, billed and posted, and the books
    hold before and after.
    """
    check(env)
    template = env.ref(f"{PREFIX}mail_template_attendance_reminder").with_context(lang="fr_FR")
    assert OWN in str(template.body_html)
    assert env.ref(f"{PREFIX}coworking_stage_application").name == "Candidature chez nous"
    for saved in env["ir.filters"].search([("name", "=", "Les miens")]):
        domain, (by,) = saved._get_eval_domain(), safe_eval(saved.context)["group_by"]
        env[saved.model_id].formatted_read_group(domain, [by], ["__count"])
    for line in env["ir.exports"].search([("name", "=", "Les miennes")]).export_fields:
        assert line.name.split("/")[0] in env[line.export_id.resource]._fields, line.name
    carmen = env["res.users"].search([("login", "=", "carmen")])
    spoken = env(user=carmen, context={"lang": "es_ES", "tz": carmen.tz})
    spoken["coworking.exception"].search([]).read()
    statements = env["coworking.statement"]
    this_month = date.today().replace(day=1)
    for program in env["coworking.program"].search([("date_end", ">=", date.today())]):
        statements |= statements._generate(program, this_month - relativedelta(months=1))
        statements._generate(program, this_month)
    open_ones = statements.filtered(lambda row: row.state in ("draft", "sent"))
    open_ones.action_confirm()
    confirmed = open_ones.filtered(lambda row: row.state == "confirmed")
    assert confirmed
    confirmed.action_create_bill()
    for number, bill in enumerate(confirmed.bill_id.filtered(lambda bill: bill.state == "draft")):
        bill.write({"ref": f"SUIVANTE-{number}", "invoice_date": date.today()})
        bill.action_post()
    env.cr.commit()
    check(env)
