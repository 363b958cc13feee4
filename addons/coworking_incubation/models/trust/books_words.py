"""What the check of the books says, by rule: see ``books_rules``."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

RESTORE = _lt(
    "Nothing in the application does this: look at the last backup and at the audit trail,"
    " and have the administrator put it back. Make no bill of this month until then."
)
REMATCH = _lt(
    "Reset the bill to draft, cancel it, reset it again and post it: its lines are matched anew."
)
# Rule: what is wrong, and what to do.
WORDS = {
    "guard": (
        _lt("%(name)s: the rule “%(found)s” of the database is missing or switched off."),
        _lt("Have the administrator update the module, and read in the log what is in the way."),
    ),
    "line_gone": (
        _lt(
            "%(name)s has %(expected)s lines, of which %(found)s are left: settled lines"
            " were deleted."
        ),
        RESTORE,
    ),
    "missing": (
        _lt("%(name)s belongs to a record that is gone: %(found)s %(expected)s."),
        RESTORE,
    ),
    "state": (
        _lt("%(name)s is “%(found)s” and should be “%(expected)s”."),
        RESTORE,
    ),
    "sum": (
        _lt("%(name)s says %(found)s, its parts make %(expected)s."),
        RESTORE,
    ),
    "settled": (
        _lt("%(name)s does not say any more what was confirmed."),
        RESTORE,
    ),
    "currency": (
        _lt("%(name)s is in %(found)s, and its month is counted in %(expected)s."),
        _lt(
            "Set the currency of a draft back, or cancel it and make it again from its month. What"
            " is posted is reset to draft first, or taken back by a credit note."
        ),
    ),
    "twice": (
        _lt("%(name)s is billed or entered %(found)s times: %(expected)s."),
        _lt(
            "Keep one of them: cancel the draft that is too much, or take back by a credit"
            " note what is posted."
        ),
    ),
    "seat_month": (
        _lt("%(name)s has no line for the month of %(expected)s, which is settled."),
        RESTORE,
    ),
    "month_gone": (
        _lt(
            "%(name)s: of the month of %(day)s, in which %(found)s seats of program %(expected)s"
            " were held from the first day to the last, there is no statement."
        ),
        _lt(
            "Generate the month. If that says why it cannot be, mend this. If the statement was"
            " there, and confirmed, it was deleted: look at the last backup and at the audit trail."
        ),
    ),
    "place": (
        _lt("%(name)s: the bill (%(found)s) is not one that can pay this line (%(expected)s)."),
        REMATCH,
    ),
    "match_charge": (
        _lt("%(name)s owes %(expected)s, and bills are matched for %(found)s."),
        REMATCH,
    ),
    "match_line": (
        _lt("%(name)s: one of its lines says %(expected)s and is matched for %(found)s."),
        REMATCH,
    ),
    "copayment": (
        _lt("%(name)s invoices %(found)s; the participant's part of this month is %(expected)s."),
        _lt("Take it back by a credit note, then make the invoice again."),
    ),
    "credit_note": (
        _lt("%(name)s says %(expected)s, and its credit notes take back %(found)s."),
        _lt("Check which credit note is not for this bill, and have it reversed."),
    ),
    "month_end": (
        _lt(
            "%(name)s, of the month end of %(day)s, enters %(expected)s, and what reverses it takes"
            " back %(found)s."
        ),
        _lt(
            "If nothing does, reverse it on the first of the next month. Otherwise have what is"
            " too much reversed, or enter what is missing."
        ),
    ),
    "document": (
        _lt("%(name)s says %(expected)s, its lines make %(found)s."),
        RESTORE,
    ),
    "total": (
        _lt("%(name)s says %(found)s, its lines make %(expected)s."),
        RESTORE,
    ),
    "invoiced": (
        _lt("%(name)s says %(found)s invoiced, its matches make %(expected)s."),
        REMATCH,
    ),
    "made": (
        _lt(
            "%(name)s counts as having a statement of each of its months, and there is none of the"
            " month of %(day)s: the daily run does not look for it."
        ),
        _lt(
            "Generate the month. Then have the administrator take all these marks back (their guide"
            " says how) and find out who wrote in the database."
        ),
    ),
    "over": (
        _lt(
            "%(name)s counts as paid and invoiced in full from %(found)s on, and was not so on"
            " that day: a month end may leave out what is to be entered for it."
        ),
        _lt(
            "Have the administrator take all these marks back (their guide says how) and find out"
            " who wrote in the database. Then make the month end again."
        ),
    ),
    "overbooked": (
        _lt("%(name)s: %(found)s people on %(day)s for %(expected)s places."),
        _lt("Move or end one of the seats, or raise the places of the space."),
    ),
    "presence": (
        _lt("%(name)s is outside the days of its seat (%(expected)s)."),
        _lt("Correct the dates of the seat, or delete the presence."),
    ),
    "cap": (
        _lt(
            "%(name)s: %(found)s funded for this person in the month of %(day)s, where the"
            " cap is %(expected)s."
        ),
        _lt(
            "Check the dated funding of the seat: saving it makes the correction of the next month."
        ),
    ),
    "pack": (
        _lt("%(name)s: %(found)s tickets used, %(expected)s charged."),
        _lt(
            "Check the presences of the person: saving one makes the correction of the next month."
        ),
    ),
    "sealed": (
        _lt("%(name)s: its document is lost, or is not the one that was sealed."),
        _lt("Have the administrator put the file back from a backup; its seal stays as it is."),
    ),
    "audit": (
        _lt("%(name)s: the audit trail was changed at place %(found)s."),
        _lt("Have the administrator compare it with the last backup: who wrote in the database?"),
    ),
}
