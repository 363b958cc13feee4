"""From 19.0.1.1.0: a line of the month has no status of its statement any more, which people may
have filtered, grouped or sorted by, or exported: their filters and lists of columns ask the
statement itself. Those by fields of ours that went without another in their place go, as where a
module is uninstalled: they would fail, and a favourite that a list opens with would close it.
"""

# Names that no field has today, on whatever way from elsewhere.
GONE = ("coworking_space_ids", "recheck_from", "sealed_by_id")


def migrate(cr, version):
    cr.execute(
        r"""
        UPDATE ir_filters
           SET domain = regexp_replace(domain, '\mstatement_state\M', 'statement_id.state', 'g'),
               context = regexp_replace(context, '\mstatement_state\M', 'statement_id', 'g'),
               sort = regexp_replace(sort, '\mstatement_state\M', 'statement_id', 'g')
         WHERE model_id = 'coworking.month.line'
           AND concat(domain, context, sort) ~ '\mstatement_state\M'
        """
    )
    cr.execute(
        """
        UPDATE ir_exports_line line SET name = 'statement_id/state'
          FROM ir_exports export
         WHERE export.id = line.export_id AND export.resource = 'coworking.month.line'
           AND line.name = 'statement_state'
        """
    )
    gone = rf"\m({'|'.join(GONE)})\M"
    # from elsewhere, a field of ours leads to them; what another addon calls so is its own
    cr.execute(
        """
        DELETE FROM ir_filters
         WHERE concat(domain, context, sort) ~ %s
           AND concat(model_id, domain, context, sort) ~ 'coworking'
        """,
        [gone],
    )
    cr.execute(
        """
        DELETE FROM ir_exports_line line USING ir_exports export
         WHERE export.id = line.export_id AND line.name ~ %s
           AND concat(export.resource, line.name) ~ 'coworking'
        """,
        [gone],
    )
