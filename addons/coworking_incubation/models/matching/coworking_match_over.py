from odoo import models

# Whoever changes something that a statement's being over follows from, by Odoo or by SQL, opens it
# again. Settled charges cannot change (see coworking.charge): it is enough to notice that one is
# open again, or new. The statement's row is written even if it is open: where another transaction
# closes it at the same moment, PostgreSQL then refuses the later of the two, and Odoo starts it
# again. Strangers' bills and drafts are left out by the WHEN of the triggers.
TRIGGERS = """
CREATE OR REPLACE FUNCTION coworking_over_reopen(statements integer[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE coworking_statement SET over_since = NULL WHERE id = ANY (statements);
END $$;

CREATE OR REPLACE FUNCTION coworking_over_reopen_bills(bills integer[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    bills := ARRAY(SELECT id FROM account_move WHERE id = ANY (bills) AND coworking_known);
    IF bills != '{}' THEN
        UPDATE coworking_statement SET over_since = NULL
         WHERE id = ANY (ARRAY(SELECT charge.statement_id
                                 FROM coworking_match match
                                 JOIN coworking_charge charge ON charge.id = match.charge_id
                                WHERE match.move_id = ANY (bills)));
    END IF;
END $$;

-- What these items of payments settle.
CREATE OR REPLACE FUNCTION coworking_over_reopen_settled(items integer[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM coworking_over_reopen_bills(ARRAY(
            SELECT move_id FROM account_move_line
             WHERE id = ANY (ARRAY(
                   SELECT debit_move_id FROM account_partial_reconcile
                    WHERE credit_move_id = ANY (items)
                    UNION ALL
                   SELECT credit_move_id FROM account_partial_reconcile
                    WHERE debit_move_id = ANY (items)))));
END $$;

CREATE OR REPLACE FUNCTION coworking_over_of_statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.over_since := NULL;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS coworking_over_statement_trg ON coworking_statement;
CREATE TRIGGER coworking_over_statement_trg
BEFORE UPDATE OF date_from, program_id, state ON coworking_statement FOR EACH ROW
  WHEN ((NEW.date_from, NEW.program_id, NEW.state)
        IS DISTINCT FROM (OLD.date_from, OLD.program_id, OLD.state))
       EXECUTE FUNCTION coworking_over_of_statement();

CREATE OR REPLACE FUNCTION coworking_over_of_charges() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    statements integer[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        statements := ARRAY(SELECT DISTINCT statement_id FROM after_rows);
    ELSE
        -- What is there once has changed. Before and after are not joined: as it was planned for
        -- one charge, the next thousands in the same session would each be set beside each.
        statements := ARRAY(
            SELECT DISTINCT statement_id
              FROM (SELECT id, seat_id, state, statement_id FROM before_rows
                    UNION ALL
                    SELECT id, seat_id, state, statement_id FROM after_rows) AS seen
          GROUP BY id, seat_id, state, statement_id HAVING COUNT(*) = 1);
    END IF;
    UPDATE coworking_statement SET over_since = NULL
     WHERE id = ANY (statements) AND state IN ('confirmed', 'billed');
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_over_charge_made_trg ON coworking_charge;
CREATE TRIGGER coworking_over_charge_made_trg
 AFTER INSERT ON coworking_charge REFERENCING NEW TABLE AS after_rows
   FOR EACH STATEMENT EXECUTE FUNCTION coworking_over_of_charges();
DROP TRIGGER IF EXISTS coworking_over_charge_trg ON coworking_charge;
CREATE TRIGGER coworking_over_charge_trg
 AFTER UPDATE ON coworking_charge REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
   FOR EACH STATEMENT EXECUTE FUNCTION coworking_over_of_charges();

-- Another contact of a person, whose invoices these are; and who collects.
CREATE OR REPLACE FUNCTION coworking_over_of_seat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM coworking_over_reopen(ARRAY(
            SELECT DISTINCT statement_id FROM coworking_charge
             WHERE seat_id = NEW.id AND statement_id IS NOT NULL));
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_over_seat_trg ON coworking_seat;
CREATE TRIGGER coworking_over_seat_trg AFTER UPDATE OF partner_id ON coworking_seat FOR EACH ROW
  WHEN (NEW.partner_id IS DISTINCT FROM OLD.partner_id)
       EXECUTE FUNCTION coworking_over_of_seat();
CREATE OR REPLACE FUNCTION coworking_over_of_program() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE coworking_statement SET over_since = NULL WHERE program_id = NEW.id;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_over_program_trg ON coworking_program;
CREATE TRIGGER coworking_over_program_trg
 AFTER UPDATE OF copayment_collector ON coworking_program FOR EACH ROW
  WHEN (NEW.copayment_collector IS DISTINCT FROM OLD.copayment_collector)
       EXECUTE FUNCTION coworking_over_of_program();

-- A bill by its matches, an invoice by its statement. Of a draft no statement is over. What has not
-- changed is told here and not by the WHEN, which PostgreSQL prepares for anybody's bill.
CREATE OR REPLACE FUNCTION coworking_over_of_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'draft' AND OLD.state = 'draft'
       AND (NEW.coworking_statement_id, NEW.move_type)
           IS NOT DISTINCT FROM (OLD.coworking_statement_id, OLD.move_type)
       OR (NEW.amount_residual_signed, NEW.amount_total_signed, NEW.amount_untaxed_signed,
           NEW.coworking_statement_id, NEW.date, NEW.move_type, NEW.partner_id,
           NEW.payment_state, NEW.reversed_entry_id, NEW.state)
          IS NOT DISTINCT FROM
          (OLD.amount_residual_signed, OLD.amount_total_signed, OLD.amount_untaxed_signed,
           OLD.coworking_statement_id, OLD.date, OLD.move_type, OLD.partner_id,
           OLD.payment_state, OLD.reversed_entry_id, OLD.state)
    THEN
        RETURN NULL;
    END IF;
    UPDATE coworking_statement SET over_since = NULL
     WHERE id = ANY (ARRAY[OLD.coworking_statement_id, NEW.coworking_statement_id]
                     || ARRAY(SELECT charge.statement_id
                                FROM coworking_match match
                                JOIN coworking_charge charge ON charge.id = match.charge_id
                               WHERE match.move_id = NEW.id));
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_over_move_trg ON account_move;
CREATE TRIGGER coworking_over_move_trg
 AFTER UPDATE OF amount_residual_signed, amount_total_signed, amount_untaxed_signed,
       coworking_statement_id, date, move_type, partner_id, payment_state, reversed_entry_id, state
    ON account_move FOR EACH ROW
  WHEN (NEW.coworking_known OR NEW.coworking_statement_id IS NOT NULL
        OR OLD.coworking_statement_id IS NOT NULL)
       EXECUTE FUNCTION coworking_over_of_move();
CREATE OR REPLACE FUNCTION coworking_over_of_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM coworking_over_reopen(ARRAY[OLD.coworking_statement_id, NEW.coworking_statement_id]);
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_over_invoice_trg ON account_move;
CREATE TRIGGER coworking_over_invoice_trg AFTER INSERT ON account_move FOR EACH ROW
  WHEN (NEW.coworking_statement_id IS NOT NULL AND NEW.move_type LIKE 'out%')
       EXECUTE FUNCTION coworking_over_of_invoice();
DROP TRIGGER IF EXISTS coworking_over_invoice_gone_trg ON account_move;
CREATE TRIGGER coworking_over_invoice_gone_trg AFTER DELETE ON account_move FOR EACH ROW
  WHEN (OLD.coworking_statement_id IS NOT NULL)
       EXECUTE FUNCTION coworking_over_of_invoice();

-- What settles a bill, though the bill stays as it is: see PAYMENT_LINES.
CREATE OR REPLACE FUNCTION coworking_over_of_partial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM coworking_over_reopen_bills(ARRAY(
            SELECT move_id FROM account_move_line
             WHERE id IN (NEW.debit_move_id, NEW.credit_move_id,
                          OLD.debit_move_id, OLD.credit_move_id)));
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_over_partial_trg ON account_partial_reconcile;
CREATE TRIGGER coworking_over_partial_trg
 AFTER INSERT OR DELETE OR UPDATE OF debit_move_id, credit_move_id ON account_partial_reconcile
   FOR EACH ROW EXECUTE FUNCTION coworking_over_of_partial();

CREATE OR REPLACE FUNCTION coworking_over_of_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM coworking_over_reopen_settled(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_over_item_trg ON account_move_line;
CREATE TRIGGER coworking_over_item_trg
 AFTER UPDATE OF parent_state, payment_id, statement_line_id ON account_move_line FOR EACH ROW
  WHEN (NEW.matching_number IS NOT NULL
        AND (NEW.parent_state, NEW.payment_id, NEW.statement_line_id)
            IS DISTINCT FROM (OLD.parent_state, OLD.payment_id, OLD.statement_line_id))
       EXECUTE FUNCTION coworking_over_of_item();

CREATE OR REPLACE FUNCTION coworking_over_of_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM coworking_over_reopen_settled(ARRAY(
            SELECT id FROM account_move_line WHERE move_id = NEW.id));
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_over_entry_trg ON account_move;
CREATE TRIGGER coworking_over_entry_trg
 AFTER UPDATE OF amount_total_signed ON account_move FOR EACH ROW
  WHEN (NEW.move_type = 'entry' AND OLD.state = 'posted'
        AND NEW.amount_total_signed IS DISTINCT FROM OLD.amount_total_signed)
       EXECUTE FUNCTION coworking_over_of_entry();
CREATE OR REPLACE FUNCTION coworking_over_of_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM coworking_over_reopen_settled(ARRAY(
            SELECT id FROM account_move_line WHERE payment_id = NEW.id));
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_over_payment_trg ON account_payment;
CREATE TRIGGER coworking_over_payment_trg
 AFTER UPDATE OF amount_company_currency_signed ON account_payment FOR EACH ROW
  WHEN (NEW.amount_company_currency_signed IS DISTINCT FROM OLD.amount_company_currency_signed
        AND OLD.amount_company_currency_signed IS NOT NULL)
       EXECUTE FUNCTION coworking_over_of_payment();
CREATE OR REPLACE FUNCTION coworking_over_of_bank() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM coworking_over_reopen_settled(ARRAY(
            SELECT id FROM account_move_line WHERE statement_line_id = NEW.id));
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_over_bank_trg ON account_bank_statement_line;
CREATE TRIGGER coworking_over_bank_trg
 AFTER UPDATE OF amount ON account_bank_statement_line FOR EACH ROW
  WHEN (NEW.amount IS DISTINCT FROM OLD.amount) EXECUTE FUNCTION coworking_over_of_bank();
"""


class CoworkingMatch(models.Model):
    """What opens a statement again that is over: see ``over_since`` of ``coworking.statement``."""

    _inherit = "coworking.match"

    def init(self):
        # Of the models that these triggers stand on, this one has its table last.
        self.env.cr.execute(TRIGGERS)
        return super().init()
