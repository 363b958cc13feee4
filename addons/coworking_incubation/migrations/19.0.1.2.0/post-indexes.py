"""Half-days to settle have an index of their own. That of all others, which Odoo does not drop by
itself, goes.
"""


def migrate(cr, version):
    cr.execute("DROP INDEX IF EXISTS coworking_presence__to_settle_index")
