from odoo import Command, api, fields, models
from odoo.fields import Domain

from .coworking_copayment import IS_OWN

# What a document says is left of a participant's part: nothing any more once it is cancelled.
LEFT = """COALESCE(CASE {row}.state WHEN 'posted' THEN {row}.amount_residual_signed
                                WHEN 'draft' THEN {row}.amount_total_signed END, 0)"""
# Which documents the triggers below are called for: invoices of participants and their credit
# notes, not bills of spaces. There is a trigger for each event, as a new row has no OLD. PostgreSQL
# prepares this condition whenever anybody's bill is written, and takes as long for a list of types
# as for all the rest: hence LIKE, and the function leaves out what else begins with "out".
MADE_FROM = """{row}.coworking_statement_id IS NOT NULL AND {row}.move_type LIKE 'out%'
            OR {row}.reversed_entry_id IS NOT NULL"""
# Whatever opens a month again writes its row, even if it is open: where another transaction closes
# the month at the same moment, PostgreSQL then refuses the later of the two, and Odoo starts it
# again.
TRIGGERS = f"""
CREATE OR REPLACE FUNCTION coworking_copayment_reopen(statement integer, person integer)
RETURNS void LANGUAGE sql AS $$
    UPDATE coworking_charge charge SET copayment_open = true
      FROM coworking_participant participant
     WHERE charge.statement_id = statement AND charge.state = 'settled'
       AND participant.id = charge.participant_id AND participant.partner_id = person
$$;

CREATE OR REPLACE FUNCTION coworking_copayment_of_move() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR {LEFT.format(row="NEW")} != 0 AND {LEFT.format(row="OLD")} = 0
       OR TG_OP = 'UPDATE' AND (
          NEW.state = 'cancel' AND OLD.state != 'cancel'
          OR (NEW.coworking_statement_id, NEW.partner_id, NEW.reversed_entry_id, NEW.move_type)
             IS DISTINCT FROM
             (OLD.coworking_statement_id, OLD.partner_id, OLD.reversed_entry_id, OLD.move_type))
    THEN
        PERFORM coworking_copayment_reopen(statement, person)
           FROM (SELECT NEW.coworking_statement_id, NEW.partner_id, NEW.move_type
                  UNION
                 SELECT OLD.coworking_statement_id, OLD.partner_id, OLD.move_type
                  UNION
                 SELECT coworking_statement_id, partner_id, move_type
                   FROM account_move WHERE id IN (NEW.reversed_entry_id, OLD.reversed_entry_id)
                  UNION  -- of whom the file has another contact by now
                 SELECT charge.statement_id, seat.partner_id, NEW.move_type
                   FROM account_move_line line
                   JOIN coworking_charge charge ON charge.id = line.coworking_charge_id
                   JOIN coworking_seat seat ON seat.id = charge.seat_id
                  WHERE line.move_id IN (NEW.id, NEW.reversed_entry_id)
                    AND NEW.move_type IN ('out_invoice', 'out_refund')
                ) AS document (statement, person, kind)
          WHERE statement IS NOT NULL AND kind IN ('out_invoice', 'out_refund');
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_copayment_move_trg ON account_move;
DROP TRIGGER IF EXISTS coworking_copayment_move_i_trg ON account_move;
DROP TRIGGER IF EXISTS coworking_copayment_move_u_trg ON account_move;
DROP TRIGGER IF EXISTS coworking_copayment_move_d_trg ON account_move;
CREATE TRIGGER coworking_copayment_move_i_trg AFTER INSERT ON account_move FOR EACH ROW
  WHEN ({MADE_FROM.format(row="NEW")}) EXECUTE FUNCTION coworking_copayment_of_move();
CREATE TRIGGER coworking_copayment_move_u_trg
 AFTER UPDATE OF amount_residual_signed, amount_total_signed, coworking_statement_id, move_type,
       partner_id, reversed_entry_id, state ON account_move FOR EACH ROW
  WHEN ({MADE_FROM.format(row="NEW")} OR {MADE_FROM.format(row="OLD")})
       EXECUTE FUNCTION coworking_copayment_of_move();
CREATE TRIGGER coworking_copayment_move_d_trg AFTER DELETE ON account_move FOR EACH ROW
  WHEN ({MADE_FROM.format(row="OLD")}) EXECUTE FUNCTION coworking_copayment_of_move();

CREATE OR REPLACE FUNCTION coworking_copayment_of_charge() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_WHEN = 'BEFORE' THEN
        NEW.copayment_open := NEW.state != 'settled'
            OR (NEW.participant_id, NEW.statement_id) IS DISTINCT FROM
               (OLD.participant_id, OLD.statement_id);
        RETURN NEW;
    END IF;
    -- This one is open by then, unless it was written as it was. Most people have one: what writes
    -- no row is not begun, as all that looks at whole statements (their trail, months that are
    -- over) would be called for it.
    IF EXISTS (SELECT FROM coworking_charge
                WHERE statement_id = NEW.statement_id AND participant_id = NEW.participant_id
                  AND state = 'settled' AND id != NEW.id) THEN
        UPDATE coworking_charge SET copayment_open = true
         WHERE statement_id = NEW.statement_id AND participant_id = NEW.participant_id
           AND state = 'settled' AND NOT (id = NEW.id AND NEW.copayment_open);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_copayment_closed_trg ON coworking_charge;
CREATE TRIGGER coworking_copayment_closed_trg
BEFORE INSERT OR UPDATE ON coworking_charge FOR EACH ROW
  WHEN (NOT NEW.copayment_open) EXECUTE FUNCTION coworking_copayment_of_charge();
DROP TRIGGER IF EXISTS coworking_copayment_charge_trg ON coworking_charge;
CREATE TRIGGER coworking_copayment_charge_trg
 AFTER INSERT OR UPDATE OF participant_id, statement_id ON coworking_charge FOR EACH ROW
  WHEN (NEW.state = 'settled') EXECUTE FUNCTION coworking_copayment_of_charge();

CREATE OR REPLACE FUNCTION coworking_copayment_of_person() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE coworking_charge SET copayment_open = true
     WHERE participant_id = NEW.id AND state = 'settled';
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_copayment_person_trg ON coworking_participant;
CREATE TRIGGER coworking_copayment_person_trg
 AFTER UPDATE OF partner_id ON coworking_participant FOR EACH ROW
  WHEN (NEW.partner_id IS DISTINCT FROM OLD.partner_id)
       EXECUTE FUNCTION coworking_copayment_of_person();
"""  # nosec B608 # our own words
# Some months at a time, each with all charges of the person: half a month closed would make two
# rows of coworking_copayment. The accounts are found first (MATERIALIZED): planned together with
# the rest, PostgreSQL read every person for each month.
CLOSE = f"""
UPDATE coworking_charge SET copayment_open = false
 WHERE id = ANY (ARRAY(
       WITH account AS MATERIALIZED (
       SELECT participant_id, statement_id, charge_ids
         FROM coworking_copayment
        WHERE copayment_open IS TRUE AND copayment_open AND settled AND residual = 0
          AND state IN ('information', 'paid', 'credited'))
       SELECT UNNEST(month.charge_ids) FROM (
       SELECT account.charge_ids
         FROM account
         JOIN coworking_participant participant ON participant.id = account.participant_id
        WHERE NOT EXISTS (
              SELECT FROM account_move document
           LEFT JOIN account_move note ON note.reversed_entry_id = document.id
               WHERE document.coworking_statement_id = account.statement_id
                 AND document.coworking_statement_id > 0
                 AND document.move_type IN ('out_invoice', 'out_refund')
                 AND CASE WHEN {LEFT.format(row="document")} != 0
                            OR {LEFT.format(row="note")} != 0
                          THEN {IS_OWN.format(move="document")} END)
          AND NOT EXISTS (
              SELECT FROM coworking_charge charge
               WHERE charge.id = ANY (account.charge_ids) AND charge.state != 'settled')
        LIMIT %s) AS month))
"""  # nosec B608 # our own words
AT_ONCE = 20_000


class CoworkingCharge(models.Model):
    """Which months of people are over: so that those of which something is left are found among
    all that ever were. See ``coworking.copayment``.
    """

    _inherit = "coworking.charge"

    # The same of all charges of a person on a statement. Closed once a day, if nothing is left on
    # any document; opened by PostgreSQL as soon as one of what that follows from changes.
    copayment_open = fields.Boolean(
        default=True,
        required=True,
        copy=False,
        readonly=True,
        export_string_translation=False,
        groups=fields.NO_ACCESS,
    )

    _copayment_left = models.Index(
        "(participant_id, statement_id) WHERE copayment_open IS TRUE"
        " AND statement_id IS NOT NULL AND copayment_amount != 0"
    )

    def init(self):
        self.env.cr.execute(TRIGGERS)
        return super().init()

    @api.autovacuum
    def _gc_copayment_open(self):
        """Close what is over.

        :return: how many charges were closed, and whether there may be more
        """
        self.env.flush_all()
        self._expect_lookups()
        self.env.cr.execute(CLOSE, [AT_ONCE])
        return self.env.cr.rowcount, self.env.cr.rowcount >= AT_ONCE

    def _prepare_copayment_lines(self, name, sign, basis, taken_back=()):
        """Also what a correction does not give back, see ``coworking.statement._get_given_up``."""
        lang = self.company_id.partner_id.lang or self.env.lang
        spoken = self.with_context(lang=lang).env
        lines = [self._prepare_copayment_line(name, sign, basis)]
        for charge, amount in taken_back:
            if charge.statement_id._has_given_up(charge):
                words = spoken._("%s: given up before, nothing to give back", name)
            else:
                words = spoken._("%s: credited before, nothing to give back", name)
            lines.append(charge._prepare_copayment_line(words, sign, basis, amount))
        return lines

    def _prepare_copayment_line(self, name, sign, basis, amount=None):
        """Values of the line that a participant is invoiced for a charge.

        Balance, amount in currency, tax tags, and totals where there is no tax: see
        ``_prepare_bill_line``. Taxes that the price includes are imposed, so that each line asks
        for its charge to the cent: where Odoo rounds by document it would put what is left on one
        of them. So are those with another rate by now than that with which it was asked.

        :param name: see ``_get_bill_line_names``
        :param sign: -1 on a credit note
        :param basis: see ``coworking.statement._prepare_copayment_line_basis``; ``asked`` is the
            line of an earlier invoice which it corrects, if any
        :param amount: another than what is owed of it
        """
        self.ensure_one()
        amount = self.copayment_amount if amount is None else amount
        basis, price = dict(basis), amount
        included, asked = basis.pop("included"), basis.pop("asked")
        parts, is_other_rate = self._compute_part_taxes(amount, included, asked)
        if included or is_other_rate:
            price += sum(part for tax, part, __ in parts if tax in included.ids)
            price = self.currency_id.round(price)
            basis["extra_tax_data"] = {
                "currency_id": basis["currency_id"],
                "price_unit": sign * price,
                "discount": 0.0,
                "quantity": 1.0,
                "rate": 1.0,
                "manual_total_excluded_currency": sign * amount,
                "manual_total_excluded": sign * amount,
                "manual_tax_amounts": {
                    str(tax): {
                        "tax_amount_currency": sign * part,
                        "tax_amount": sign * part,
                        "base_amount_currency": sign * base,
                        "base_amount": sign * base,
                    }
                    for tax, part, base in parts
                },
            }
        if basis.get("tax_ids") == [Command.clear()]:
            basis |= {"price_subtotal": sign * amount, "price_total": sign * amount}
        return {
            **basis,
            "name": name,
            "quantity": 1.0,
            "price_unit": sign * price,
            "coworking_charge_id": self.id,
            "balance": -amount,
            "amount_currency": -amount,
        }

    def _compute_part_taxes(self, amount, taxes, asked):
        """What a part is taxed, rounded as its currency is.

        :param amount: without taxes
        :param taxes: ``account.tax``, with which it is asked
        :param asked: the line of an earlier invoice that is corrected, or none. What its taxes were
            then it tells itself: an accountant may have written another rate on them since
        :return: list of (tax id, its amount, the amount that it is of); whether they are those of
            the line asked, at another rate than they have by now
        """
        rounded = self.currency_id.round

        def compute(taxes, of):
            if not taxes:
                return []
            found = taxes.compute_all(of, self.currency_id, handle_price_include=False)["taxes"]
            return [(tax["id"], rounded(tax["amount"]), rounded(tax["base"])) for tax in found]

        if asked and asked.tax_ids and asked.price_subtotal:
            then = asked.price_total - asked.price_subtotal
            now = sum(part for __, part, __ in compute(asked.tax_ids, asked.price_subtotal))
            if self.currency_id.compare_amounts(abs(then - now), self.currency_id.rounding) > 0:
                (tax, __, base), *others = compute(asked.tax_ids, amount)
                whole = amount * then / asked.price_subtotal
                rest = rounded(whole - sum(part for __, part, __ in others))
                return [(tax, rest, base), *others], True
        return compute(taxes, amount), False

    def _get_lines_asked(self):
        """With which lines of invoices people were asked for what these correct: it is corrected
        with the same taxes, whatever there are by now.

        :return: dict correction -> ``account.move.line``, of those of which an invoice stands
        """
        corrections = self.filtered("corrected_kind")
        if not corrections:
            return {}
        corrected = self.search(
            Domain("seat_id", "in", corrections.seat_id.ids)
            & Domain("period", "in", corrections.mapped("period"))
            & Domain("state", "=", "settled")
            & Domain("id", "not in", corrections.ids)
        )
        asked = {}
        for line in corrected._get_invoiced_lines().sorted("id"):
            asked.setdefault(line.coworking_charge_id._to_pricing().key, line)
        keys = {row: row._to_pricing().key for row in corrections}
        return {row: asked[key] for row, key in keys.items() if key in asked}

    def _get_asked_elsewhere(self):
        """Lines of standing invoices of other months that ask for what was taken back of these."""
        return self._get_invoiced_lines().filtered(
            lambda line: (
                line.move_id.coworking_statement_id != line.coworking_charge_id.statement_id
            )
        )

    def _get_invoiced_lines(self):
        lines = self.env["account.move.line"].search(
            [
                ("coworking_charge_id", "in", self.ids),
                ("move_id.move_type", "in", ("out_invoice", "out_refund")),
            ]
        )
        standing = lines.move_id._coworking_standing()
        return lines.filtered(lambda line: line.move_id in standing)
