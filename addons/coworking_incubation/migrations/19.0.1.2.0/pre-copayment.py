"""Months of people are open until the night closes those of which nothing is left. Odoo would write
that in each charge, a national program's millions: PostgreSQL takes it as the default instead.
"""


def migrate(cr, version):
    cr.execute(
        "ALTER TABLE coworking_charge"
        " ADD COLUMN IF NOT EXISTS copayment_open boolean NOT NULL DEFAULT true"
    )
    cr.execute("ALTER TABLE coworking_charge ALTER COLUMN copayment_open DROP DEFAULT")
