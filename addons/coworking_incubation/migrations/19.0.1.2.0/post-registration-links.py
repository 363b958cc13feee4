"""From 19.0.1.1.0: links without a password are all kept in one place, by the hash of their token.

Those to registrations, whose token was kept in clear, and those behind which an attendance is
signed join the others. What was mailed before still opens.
"""

from odoo.tools.sql import column_exists

# The hash, and until when the link is good.
SENT = {
    ("registration", "access_token"): (
        "encode(sha256(convert_to(attendance.access_token, 'UTF8')), 'hex')",
        "event.start",
    ),
    ("attendance", "sign_token_hash"): (
        "attendance.sign_token_hash",
        "attendance.sign_token_until",
    ),
}


def migrate(cr, version):
    for (purpose, column), (token_hash, date_expiry) in SENT.items():
        if not column_exists(cr, "coworking_attendance", column):
            continue
        cr.execute(
            f"""
            INSERT INTO coworking_portal_link (
                   create_date, partner_id, company_id, purpose, res_model, res_id, channel,
                   date_expiry, token_hash)
            SELECT now() AT TIME ZONE 'UTC', participant.partner_id, attendance.company_id,
                   %s, 'coworking.attendance', attendance.id, 'mail', {date_expiry}, {token_hash}
              FROM coworking_attendance AS attendance
              JOIN calendar_event AS event ON event.id = attendance.event_id
         LEFT JOIN coworking_participant AS participant
                ON participant.id = attendance.participant_id
             WHERE attendance.{column} IS NOT NULL
               AND {date_expiry} IS NOT NULL
               AND attendance.company_id IS NOT NULL
       ON CONFLICT DO NOTHING
            """,  # nosec B608 # names of ours alone
            [purpose],
        )
