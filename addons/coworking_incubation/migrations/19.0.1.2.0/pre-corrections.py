"""Corrections say what they correct, and settled charges who bills them and with which tax.

Before the model is loaded: from then on the database refuses any change of a settled charge.
"""


def migrate(cr, version):
    _add_columns(cr)
    _fill_corrected_kind(cr)
    _fill_operator(cr)
    _fill_tax(cr)


def _add_columns(cr):
    cr.execute(
        """
        ALTER TABLE coworking_charge
            ADD COLUMN IF NOT EXISTS corrected_kind varchar,
            ADD COLUMN IF NOT EXISTS operator_id integer,
            ADD COLUMN IF NOT EXISTS tax_id integer,
            ADD COLUMN IF NOT EXISTS tax_rate numeric
        """
    )


def _fill_corrected_kind(cr):
    # What a correction was compared with; where that was several kinds, the seat comes first.
    cr.execute(
        """
        UPDATE coworking_charge correction
           SET corrected_kind = COALESCE(
               (SELECT charge.kind
                  FROM coworking_charge charge
                 WHERE charge.seat_id = correction.seat_id
                   AND charge.period = correction.period
                   AND charge.kind != 'adjustment'
              ORDER BY charge.kind = 'regular' DESC, charge.id
                 LIMIT 1),
               'regular')
         WHERE correction.kind = 'adjustment' AND correction.corrected_kind IS NULL
        """
    )


def _fill_operator(cr):
    # A settled statement followed its space when the operator changed: its bill says who it was.
    cr.execute(
        """
        UPDATE coworking_charge charge
           SET operator_id = COALESCE(
                   (SELECT bill.partner_id
                      FROM account_move bill
                     WHERE bill.coworking_statement_id = statement.id
                       AND bill.state != 'cancel'
                       AND bill.move_type IN ('in_invoice', 'in_refund')
                  ORDER BY bill.id
                     LIMIT 1),
                   statement.operator_id),
               tax_rate = CASE WHEN charge.amount_untaxed = 0 THEN 0
                          ELSE ROUND(100.0 * charge.amount_tax / charge.amount_untaxed, 6) END
          FROM coworking_statement statement
         WHERE statement.id = charge.statement_id
           AND charge.state = 'settled'
           AND charge.operator_id IS NULL
        """
    )


def _fill_tax(cr):
    # The tax of the bill line, where a bill was made; else the one of the product that gives the
    # amount to the cent.
    cr.execute(
        """
        UPDATE coworking_charge charge
           SET tax_id = tax.id, tax_rate = tax.amount
          FROM account_move_line line
          JOIN account_move_line_account_tax_rel rel ON rel.account_move_line_id = line.id
          JOIN account_tax tax ON tax.id = rel.account_tax_id
          JOIN account_move move ON move.id = line.move_id
         WHERE line.coworking_charge_id = charge.id
           AND move.move_type IN ('in_invoice', 'in_refund')
           AND move.state != 'cancel'
           AND charge.state = 'settled'
           AND charge.tax_id IS NULL
        """
    )
    cr.execute(
        """
        UPDATE coworking_charge charge
           SET tax_id = tax.id, tax_rate = tax.amount
          FROM coworking_tariff tariff
          JOIN product_product product ON product.id = tariff.product_id
          JOIN product_supplier_taxes_rel rel ON rel.prod_id = product.product_tmpl_id
          JOIN account_tax tax ON tax.id = rel.tax_id
         WHERE tariff.id = charge.tariff_id
           AND tax.company_id = charge.company_id
           AND charge.state = 'settled'
           AND charge.tax_id IS NULL
           AND charge.amount_tax != 0
           AND ABS(ROUND(charge.amount_untaxed * tax.amount / 100, 2) - charge.amount_tax) <= 0.01
        """
    )
