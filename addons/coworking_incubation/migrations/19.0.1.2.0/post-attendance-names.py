"""From 19.0.1.1.0: appointments planned from a file wrote their title as the name of who came."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE coworking_attendance attendance
           SET name = NULL
          FROM calendar_event event
         WHERE event.id = attendance.event_id AND event.name = attendance.name
           AND attendance.participant_id IS NOT NULL AND attendance.kind = 'appointment'
        """
    )
