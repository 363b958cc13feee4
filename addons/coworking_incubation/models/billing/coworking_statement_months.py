from odoo import models

# Whoever changes the days of a seat or where it is, or has a statement go, by Odoo or by SQL, opens
# the seats that follow from it again. Their rows are written even if they are open: where another
# transaction closes them at the same moment, PostgreSQL then refuses the later of the two, and Odoo
# starts it again.
TRIGGERS = """
CREATE OR REPLACE FUNCTION coworking_months_of_seat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.made_until := NULL;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS coworking_months_seat_trg ON coworking_seat;
CREATE TRIGGER coworking_months_seat_trg
BEFORE UPDATE OF billed_from, date_end, date_start, program_id, space_id
    ON coworking_seat FOR EACH ROW
  WHEN (OLD.made_until IS NOT NULL
        AND (NEW.billed_from, NEW.date_end, NEW.date_start, NEW.program_id, NEW.space_id)
            IS DISTINCT FROM
            (OLD.billed_from, OLD.date_end, OLD.date_start, OLD.program_id, OLD.space_id))
       EXECUTE FUNCTION coworking_months_of_seat();

CREATE OR REPLACE FUNCTION coworking_months_of_statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE coworking_seat SET made_until = NULL
     WHERE space_id = OLD.space_id AND program_id = OLD.program_id;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_months_statement_trg ON coworking_statement;
CREATE TRIGGER coworking_months_statement_trg
 AFTER UPDATE OF date_from, program_id, space_id, state ON coworking_statement FOR EACH ROW
  WHEN (OLD.state != 'cancelled'
        AND (NEW.state = 'cancelled'
             OR (NEW.date_from, NEW.program_id, NEW.space_id)
                IS DISTINCT FROM (OLD.date_from, OLD.program_id, OLD.space_id)))
       EXECUTE FUNCTION coworking_months_of_statement();
DROP TRIGGER IF EXISTS coworking_months_statement_gone_trg ON coworking_statement;
CREATE TRIGGER coworking_months_statement_gone_trg AFTER DELETE ON coworking_statement FOR EACH ROW
  WHEN (OLD.state != 'cancelled') EXECUTE FUNCTION coworking_months_of_statement();
"""


class CoworkingStatement(models.Model):
    """What opens a seat again of which all months have a statement: see ``made_until`` there."""

    _inherit = "coworking.statement"

    def init(self):
        # Of the models that these triggers stand on, this one has its table last.
        self.env.cr.execute(TRIGGERS)
        return super().init()
