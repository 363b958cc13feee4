"""From 19.0.1.1.0: what was waited for waited since anything of its match was written."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE coworking_match SET decided_at = write_date
         WHERE decision IN ('disputed', 'asked', 'credit_note', 'rebilled') AND decided_at IS NULL
        """
    )
