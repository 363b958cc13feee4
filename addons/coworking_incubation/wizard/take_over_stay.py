"""Who accompanied and referred the people of a take-over, how long they stay, and what became of
them after.
"""

from dateutil.relativedelta import relativedelta

from odoo.tools import email_normalize
from odoo.tools.mail import email_split_tuples

from ..spreadsheet import plain
from ..tools import period_in_words, words_of
from .take_over_cells import RowProblem, find_change
from .take_over_sheets import FOLLOWUPS

# What a follow-up holds once somebody tried, or noted something.
TOLD = ("attempt_count", "last_attempt", "date_answer", "exit_reason_id", "in_space", "note")


class StayRows:
    """The part of ``TakeOverRecorder`` about extensions, advisers and follow-ups."""

    # === ADVISERS === #

    def _take_adviser(self, organisation, text):
        """The adviser of a referring organisation: who is there, or a contact that is made.

        :param text: a name, an e-mail, or both: Nadia Petit <nadia@example.org>
        """
        column = "prescriber_contact_id"
        if not organisation:
            raise RowProblem(self.env._("Write the adviser's organisation too."), "prescriber_id")
        name, email = next(iter(email_split_tuples(text)), ("", ""))
        email = email_normalize(email or "")
        name = name or (not email and text) or ""
        colleagues = self.env["res.partner"].search(
            [
                ("commercial_partner_id", "=", organisation.commercial_partner_id.id),
                ("is_company", "=", False),
            ]
        )
        found = colleagues.filtered(
            lambda contact: (
                (not name or words_of(contact.name) == words_of(name))
                and (not email or contact.email_normalized == email)
            )
        )
        if len(found) > 1:
            raise RowProblem(
                self.env._("Several contacts are called %s: write the e-mail too.", text), column
            )
        if not (found or name):
            raise RowProblem(
                self.env._(
                    "Nobody of %(organisation)s has this e-mail: write the name too, such as"
                    " Nadia Petit <nadia@example.org>.",
                    organisation=organisation.name,
                ),
                column,
            )
        return found or colleagues.create(
            {
                "name": name,
                "email": email,
                "parent_id": organisation.id,
                "company_id": organisation.company_id.id,
            }
        )

    # === COUNSELLORS === #

    def _record_counsellors(self, rows):
        """From when to when somebody accompanied a person. Who does today began when the row says,
        not when the file was taken over.
        """
        ((line, row),) = rows
        file = self._find_person(row)
        self._check_has_come(row, "date_from", "date_to")
        of_user = file.assignment_ids.filtered(
            lambda other: other.user_id.id == row["counsellor_id"]
        )
        there = of_user.filtered(lambda other: other.date_from == row["date_from"])
        if there:
            if "date_to" in row and row["date_to"] != there[:1].date_to:
                raise RowProblem(self._describe_otherwise_there(), "date_to")
            new = there in self.opened
            self.opened -= there
            return {line: not new}, None
        current = of_user.filtered(lambda other: not other.date_to)
        if "date_to" not in row and not current:
            raise RowProblem(
                self.env._(
                    "Somebody else accompanies %s today: say until when.", file.partner_name
                ),
                "date_to",
            )
        mine = of_user.browse() if "date_to" in row else current
        self._check_free_period(file.assignment_ids - mine, row)
        if mine:
            self._write_facts(mine, {"date_from": row["date_from"]})
        else:
            # sudo: periods are written by Odoo alone, and coordinators take over what they were
            mine.sudo().create(
                {
                    "participant_id": file.id,
                    "user_id": row["counsellor_id"],
                    "date_from": row["date_from"],
                    "date_to": row["date_to"],
                }
            )
        return {}, None

    def _check_free_period(self, others, row):
        """Nobody has two counsellors at once; they may change on a day."""
        for other in others:
            before = other.date_to and other.date_to <= row["date_from"]
            if not before and not ("date_to" in row and row["date_to"] <= other.date_from):
                raise RowProblem(
                    self.env._(
                        "%(name)s accompanies this person %(period)s: mend these days.",
                        name=other.user_id.name,
                        period=period_in_words(self.env, other.date_from, other.date_to),
                    ),
                    "date_from",
                )

    # === EXTENSIONS === #

    def _prepare_extensions(self, _lines):
        self._pair_rows("extensions", self._compare_extensions)

    def _compare_extensions(self, row):
        """What was asked of the same days for the same reason.

        :return: list of (extension, dict cell -> whether it is what the row says)
        """
        said = row["days"], plain(row["reason"])
        return [
            (
                extension,
                {
                    "state": extension.state == row["state"],
                    "decided_on": extension.decided_on == row.get("decided_on", False),
                    "decided_by_id": extension.decided_by_id.id == row.get("decided_by_id", False),
                    "decision_reason": plain(extension.decision_reason)
                    == plain(row.get("decision_reason")),
                },
            )
            for extension in self._find_person(row).extension_ids.sorted("id")
            if (extension.days, plain(extension.reason)) == said
        ]

    def _record_extensions(self, rows):
        """What was granted counts at once; what nobody answered is asked of the coordinator."""
        ((line, row),) = rows
        file = self._find_person(row)
        self._check_has_come(row, "decided_on")
        there, cell = self.there[line]
        if there:
            if cell:
                raise RowProblem(self._describe_otherwise(), cell)
            return {line: True}, lambda: self._note_told("extensions", there)
        if row["state"] == "asked":
            for key in ("decided_on", "decided_by_id", "decision_reason"):
                if key in row:
                    raise RowProblem(
                        self.env._("This is not decided, and something is said of it."), "state"
                    )
        values = {**self._get_own_values(row), "participant_id": file.id}
        extension = self.env["coworking.extension"].create(values)
        return {}, lambda: self._note_told("extensions", extension)

    # === FOLLOW-UPS === #

    def _record_followups(self, rows):
        """What was planned when the person left takes what the row says, until something is noted
        of it here.
        """
        ((line, row),) = rows
        file = self._find_person(row)
        self._check_has_come(row, "last_attempt", "date_answer")
        said = self._get_own_values(row)
        said.pop("participant_id")
        if "situation_id" in said:
            said["exit_reason_id"] = said.pop("situation_id")
            said.setdefault("state", "answered")
        there = file.followup_ids.filtered(
            lambda other: other.months == row["months"] and other.state != "cancelled"
        )
        if not there:
            said.setdefault("date_due", self._get_day_of_followup(file, row))
            there.create({**said, "participant_id": file.id})
            return {}, None
        key = find_change(there, said)
        planned = there.state == "pending" and not any(there[name] for name in TOLD)
        if key and not planned:
            cell = "situation_id" if key == "exit_reason_id" else key
            raise RowProblem(self._describe_otherwise_there(), cell)
        new = there in self.planned
        there.write(said)
        self.planned -= there
        return {line: not (key or new)}, None

    def _get_day_of_followup(self, file, row):
        """When a follow-up of which nobody says it is due: so long after the exit."""
        if "date_due" not in row and not file.date_exit:
            raise self.cells.make_empty_problem(FOLLOWUPS, FOLLOWUPS.get_column("date_due"))
        return file.date_exit and file.date_exit + relativedelta(months=row["months"])
