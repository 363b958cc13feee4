def migrate(cr, version):
    """Advisers are told of the meetings to come: of those that are over nobody expects it."""
    cr.execute(
        """
        UPDATE coworking_attendance SET adviser_told_at = now() AT TIME ZONE 'UTC'
         WHERE adviser_email IS NOT NULL AND adviser_told_at IS NULL
           AND stop < now() AT TIME ZONE 'UTC'
        """
    )
