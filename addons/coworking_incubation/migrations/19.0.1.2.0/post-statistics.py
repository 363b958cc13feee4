"""PostgreSQL knows in which months programs have their statements: it counts them once, as it would
do by itself when a tenth of them are new.
"""


def migrate(cr, version):
    cr.execute("ANALYZE coworking_statement")
