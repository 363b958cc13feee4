"""From 19.0.1.1.0: where there is one organisation, calendars are not asked whose programs are in
them. The rule stays as it was changed otherwise.
"""

BEFORE = (
    "['|', '|', ('coworking_program_id', '=', False),"
    " ('coworking_program_id.company_id', 'in', company_ids),"
    " ('partner_ids', 'in', user.partner_id.ids)]"
)
ALONE = "[] if not user.env['res.company']._coworking_are_several() else "


def migrate(cr, version):
    cr.execute(
        """
        UPDATE ir_rule rule
           SET domain_force = %s || domain_force
          FROM ir_model_data data
         WHERE data.model = 'ir.rule' AND data.res_id = rule.id
           AND data.module = 'coworking_incubation' AND data.name = 'calendar_event_rule_company'
           AND rule.domain_force = %s
        """,
        [ALONE, BEFORE],
    )
