"""From 19.0.1.1.0: record rules ask whether a program is one that the user counsels, which is found
out once, and join it no more with each file. Rules stay as they were changed otherwise.
"""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE ir_rule rule
           SET domain_force = replace(
                   domain_force,
                   'program_id.accompanist_ids'', ''in'', user.id)',
                   'program_id.counselled_by_me'', ''='', True)')
          FROM ir_model_data data
         WHERE data.model = 'ir.rule' AND data.res_id = rule.id
           AND data.module = 'coworking_incubation'
           AND rule.domain_force LIKE '%program_id.accompanist_ids%'
        """
    )
