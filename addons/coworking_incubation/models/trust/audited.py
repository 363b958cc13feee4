"""What PostgreSQL writes down in the audit trail by itself: which columns of which model.

Only ids, states, amounts, days and the like: never a name nor a free text, so that the end of a
person's data never has to touch a row that is sealed. ``tests/trust/test_audited.py`` keeps that.
"""

from typing import NamedTuple


class Audited(NamedTuple):
    """What is audited of a model.

    A change of one of ``columns`` makes a row, which also says what ``noted`` columns hold.

    :param columns: names of columns
    :param actions: by column, what a new value means ("*": any other), if more than a change
    :param made: what it means that there is a new row
    :param noted: names of columns that tell which record it was, or how much
    :param where: SQL, which rows are concerned; {row} is the row
    :param exists: SQL of a query: only rows for which it finds something are concerned
    :param on: what is audited of making (i), changing (u) and deleting (d)
    :param is_money: whether accountants read it
    :param at_once: changed by the thousand: one query for all rows of a statement of SQL, not one a
        row, which would be a twentieth of the price of a month
    """

    columns: tuple[str, ...]
    actions: dict[str, dict[str, str]] = {}
    noted: tuple[str, ...] = ()
    where: str = ""
    exists: str = ""
    made: str = "made"
    on: str = "iud"
    is_money: bool = True
    at_once: bool = False


_SEAT_STATES = {state: state for state in ("confirmed", "ended", "refused", "cancelled")}
_STATEMENT_STATES = {
    state: state for state in ("sent", "confirmed", "disputed", "billed", "cancelled")
}

AUDITED = {
    "coworking.program": Audited(
        columns=(
            *("date_start", "date_end", "billed_from", "active", "analytic_account_id"),
            *("funding_base", "funding_rate", "funding_cap"),
            *("copayment_collector", "copayment_product_id"),
            *("autopilot_send", "autopilot_bill", "autopilot_post"),
        ),
    ),
    "coworking.funding.agreement": Audited(
        columns=(
            *("partner_id", "date_from", "date_to", "date_paid_limit", "evidence_until", "active"),
            *("amount_granted", "amount_used_before", "rate", "eligible_without_presence"),
        ),
    ),
    "coworking.space": Audited(columns=("operator_id", "seat_capacity")),
    "coworking.space.membership": Audited(
        columns=("space_id", "date_start", "fee", "tax_included", "product_id"),
    ),
    "coworking.tariff": Audited(
        columns=(
            *("space_id", "product_id", "tax_included", "active", "unit", "period", "proration"),
            *("absence_rule", "closure_rule", "counts", "notice_rule", "billing_timing"),
            *("half_day_quantity", "daily_cap", "monthly_cap", "included_quantity", "pack_size"),
            *("pack_validity_months", "min_commitment_months", "notice_days"),
        ),
    ),
    "coworking.tariff.price": Audited(
        columns=(
            *("tariff_id", "date_start", "rank", "price"),
            *("overage_price", "daily_cap", "monthly_cap"),
        ),
        noted=("tariff_id", "date_start"),
    ),
    "coworking.tariff.proposal": Audited(
        columns=("state", "price", "date_start"),
        actions={"state": {"accepted": "accepted", "refused": "refused"}},
        noted=("tariff_id", "price", "date_start"),
        is_money=False,
    ),
    "coworking.seat": Audited(
        columns=(
            *("state", "participant_id", "space_id", "tariff_id", "active"),
            *("date_start", "date_end", "notice_date", "billed_from", "price_guaranteed_until"),
            *("funding_rate", "funding_cap", "membership_paid_on", "opening_pack_quantity"),
        ),
        actions={"state": _SEAT_STATES},
    ),
    "coworking.seat.funding": Audited(
        columns=("seat_id", "date_from", "rate", "cap"), noted=("seat_id", "date_from")
    ),
    # Signatures on a seat's agreement.
    "coworking.hosting": Audited(
        columns=("state", "date_from", "date_to", "sealed_attachment_id"),
        actions={
            "state": {"validated": "signed", "rejected": "refused", "cancelled": "cancelled"},
        },
        noted=("seat_id", "version"),
        is_money=False,
    ),
    # Those of open months are facts to come; those of settled ones are corrections.
    "coworking.presence": Audited(
        columns=("seat_id", "date", "slot", "state", "participant_state", "hours"),
        noted=("seat_id", "date", "slot", "source"),
        exists="""SELECT FROM coworking_charge
                   WHERE seat_id = {row}.seat_id AND state = 'settled'
                     AND period = date_trunc('month', {row}.date)::date""",
    ),
    # Forecasts and open months are computed anew as often as facts change: they are nobody's act.
    "coworking.charge": Audited(
        columns=(
            *("state", "statement_id", "review", "amount_total", "funded_amount"),
            *("payable_total", "operator_id", "participant_paid_amount", "participant_paid_on"),
        ),
        actions={"state": {"settled": "settled", "open": "reopened"}},
        noted=("seat_id", "period", "kind", "statement_id", "payable_total"),
        where="{row}.state = 'settled'",
        at_once=True,
    ),
    "coworking.statement": Audited(
        columns=("state", "program_id", "space_id", "operator_id", "date_from", "confirmed_by"),
        actions={"state": _STATEMENT_STATES},
        noted=("space_id", "date_from", "payable_total"),
    ),
    "coworking.invoice.file": Audited(
        columns=("state", "move_id", "operator_id", "statement_id"),
        actions={"state": {"refused": "refused"}},
    ),
    # What somebody decided, not what is the same to the cent.
    "coworking.match": Audited(
        columns=("decision", "user_id", "statement_id", "charge_id", "move_line_id"),
        actions={"decision": {"accepted": "accepted", "disputed": "disputed", "*": "decided"}},
        noted=("statement_id", "charge_id", "move_line_id", "cause", "expected", "invoiced"),
        where="{row}.user_id IS NOT NULL",
        made="decided",
    ),
    # Bills and entries made from ours, or matched with ours: of the others PostgreSQL only looks.
    "account.move": Audited(
        columns=("state", "coworking_statement_id", "coworking_program_id"),
        actions={"state": {"posted": "posted", "cancel": "cancelled", "draft": "reopened"}},
        noted=("move_type", "partner_id", "date", "amount_total", "coworking_month_end"),
        where="({row}.coworking_statement_id IS NOT NULL OR {row}.coworking_program_id IS NOT NULL"
        " OR {row}.coworking_match_version IS NOT NULL)",
    ),
    # What pays our bills, or is set against them: who did it.
    "account.partial.reconcile": Audited(
        columns=("debit_move_id", "credit_move_id", "amount"),
        made="paid",
        exists="""SELECT FROM account_move_line line
                    JOIN account_move move ON move.id = line.move_id
                   WHERE line.id IN ({row}.debit_move_id, {row}.credit_move_id)
                     AND (move.coworking_statement_id IS NOT NULL
                          OR move.coworking_match_version IS NOT NULL)""",
        on="i",
    ),
    "res.partner.bank": Audited(
        columns=("partner_id", "allow_out_payment", "active"),
        actions={"allow_out_payment": {"true": "trusted"}},
        noted=("partner_id",),
        # Of a branch, money may go to its company's; and who billed a month is still to be paid.
        exists="""SELECT FROM res_partner partner
                    JOIN res_partner operator
                      ON operator.commercial_partner_id = partner.commercial_partner_id
                   WHERE partner.id = {row}.partner_id
                     AND (EXISTS (SELECT FROM coworking_space WHERE operator_id = operator.id)
                       OR EXISTS (SELECT FROM coworking_statement
                                   WHERE operator_id = operator.id))""",
    ),
    "coworking.participant": Audited(
        columns=("date_exit", "exit_reason_id", "prescriber_agreed"),
        actions={
            "date_exit": {"*": "left"},
            "prescriber_agreed": {"true": "agreed", "false": "revoked"},
        },
        on="ud",
        is_money=False,
    ),
    "coworking.move": Audited(
        columns=("overridden", "taken_back", "from_stage_id", "to_stage_id"),
        made="overridden",
        noted=("participant_id", "from_stage_id", "to_stage_id"),
        where="({row}.overridden OR {row}.taken_back)",
        is_money=False,
    ),
    "coworking.extension": Audited(
        columns=("state", "participant_id", "days", "decided_by_id", "decided_on"),
        actions={"state": {"granted": "accepted", "refused": "refused"}},
        noted=("participant_id", "days"),
        is_money=False,
    ),
    "coworking.suspension": Audited(
        columns=("participant_id", "kind", "date_from", "date_to", "extends"),
        noted=("participant_id",),
        is_money=False,
    ),
    "ir.config_parameter": Audited(
        columns=("key", "value"),
        noted=("key",),
        where="{row}.key LIKE 'coworking_incubation.%'",
        is_money=False,
    ),
}
