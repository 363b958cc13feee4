"""From 19.0.1.1.0: nobody kept on which day somebody was admitted or refused, but for Odoo's own
tracking of changes. Which reasons of refusal an adviser reads is said of those that came with the
addon and still read as they did; others stay untold until a coordinator says so.
"""

# As they came, in English and in French.
TOLD = {
    "criteria": ("Criteria not met", "Critères non remplis"),
    "project": ("Project does not fit the programme", "Projet inadapté au programme"),
    "place": ("No place left", "Plus de place disponible"),
    "elsewhere": (
        "Better served by another scheme",
        "Réorientation vers un dispositif plus adapté",
    ),
}


def migrate(cr, version):
    cr.execute(
        """
        UPDATE coworking_participant file SET date_decision = decided.day
          FROM (SELECT message.res_id, MAX(message.date)::date AS day
                  FROM mail_tracking_value value
                  JOIN ir_model_fields field ON field.id = value.field_id
                  JOIN mail_message message ON message.id = value.mail_message_id
                 WHERE field.model = 'coworking.participant' AND field.name = 'selection_result'
                   AND message.model = 'coworking.participant'
              GROUP BY message.res_id) decided
         WHERE decided.res_id = file.id AND file.selection_result IS NOT NULL
           AND file.date_decision IS NULL
        """
    )
    for name, words in TOLD.items():
        cr.execute(
            """
            UPDATE coworking_refusal_reason reason SET is_told = true
              FROM ir_model_data data
             WHERE data.module = 'coworking_incubation' AND data.model = 'coworking.refusal.reason'
               AND data.res_id = reason.id AND data.name = %s
               AND NOT EXISTS (SELECT FROM jsonb_each_text(reason.name) shown
                                WHERE shown.value <> ALL(%s))
            """,
            [f"coworking_refusal_reason_{name}", list(words)],
        )
