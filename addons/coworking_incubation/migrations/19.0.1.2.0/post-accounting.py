"""From 19.0.1.1.0: the products of seats, fees and co-payments were made by hand.

Tariffs, fees and programs keep theirs. The one that a company used most is proposed for new ones;
where none was used, or for what is missing, one is made as at installation.
"""

from odoo import SUPERUSER_ID, api

from odoo.addons.coworking_incubation import post_init_hook

USED = (
    ("coworking_seat_product_id", "coworking_tariff", "product_id"),
    ("coworking_membership_product_id", "coworking_space_membership", "product_id"),
    ("coworking_copayment_product_id", "coworking_program", "copayment_product_id"),
)


def migrate(cr, version):
    for field, table, column in USED:
        cr.execute(
            f"""
            UPDATE res_company company
               SET {field} = used.product
              FROM (SELECT DISTINCT ON (company_id) company_id, {column} AS product
                      FROM {table}
                     WHERE {column} IS NOT NULL
                  GROUP BY company_id, {column}
                  ORDER BY company_id, count(*) DESC, {column} DESC) used
             WHERE used.company_id = company.id AND company.{field} IS NULL
            """  # nosec B608 # names of ours alone
        )
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.invalidate_all()
    post_init_hook(env)
