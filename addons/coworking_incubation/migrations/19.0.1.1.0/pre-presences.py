def migrate(cr, version):
    """A presence that a participant signed now says what was signed: until now, what was noted."""
    cr.execute("ALTER TABLE coworking_presence ADD COLUMN IF NOT EXISTS participant_state varchar")
    cr.execute(
        """
        UPDATE coworking_presence SET participant_state = state
         WHERE participant_signed_at IS NOT NULL AND participant_state IS NULL
        """
    )
