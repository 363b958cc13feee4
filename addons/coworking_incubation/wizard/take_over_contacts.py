"""Whom the spaces of a take-over answer through: their managers, who steps in for them, and when.
Nobody is invited.
"""

from odoo.fields import Domain
from odoo.tools import email_normalize

from ..spreadsheet import plain
from ..tools import words_of
from .take_over_cells import RowProblem, find_change
from .take_over_sheets import CONTACTS

# In which field of a space its contacts stand, by what they may do there.
FIELD_OF_RIGHTS = {"manager": "manager_ids", "second": "substitute_ids"}
# What a row says of one of their absences, in the cells of the contact's own.
ABSENCE_KEYS = {"away_to": "date_to", "substitute": "substitute"}


def get_rights(space, contact):
    """What somebody may do at a space: who manages it needs nobody's absence."""
    return "manager" if contact in space.manager_ids else "second"


class ContactRows:
    """The part of ``TakeOverRecorder`` about the contacts of spaces."""

    def _prepare_contacts(self, lines):
        """Which e-mails the rows give to people of one name at one space: each is somebody else."""
        for line in lines:
            emails = self.emails_of_contact.setdefault(self._get_contact_key(line.cells), set())
            emails.add(email_normalize(line.cells.get("email") or "") or False)

    @staticmethod
    def _get_contact_key(row):
        return plain(row.get("space_id")), words_of(row.get("name"))

    def _record_contacts(self, rows):
        """A contact of a space with the days on which they are away, a row each."""
        line, row = rows[0]
        space = self._find_space(row["space_id"])
        terms = self._get_common_terms(CONTACTS, rows)
        rights = {row["rights"]: line for line, row in rows if "rights" in row}
        if len(rights) > 1:
            raise RowProblem(
                self.env._(
                    "The rows of %s do not agree on this: they are one, of which it is said"
                    " once, or give it another name.",
                    row["name"],
                ),
                "rights",
                list(rights.values())[-1],
            )
        details = {key: terms[key] for key in ("phone", "function") if key in terms}
        contact, news = self._find_contact_of_space(space, row), set()
        if contact:
            if key := find_change(contact, details):
                line = next(line for line, row in rows if key in row)
                raise RowProblem(self._describe_otherwise_there(), key, line)
            if rights and get_rights(space, contact) not in rights:
                raise RowProblem(
                    self._describe_otherwise_there(), "rights", next(iter(rights.values()))
                )
        else:
            news.add(line)
            contact = self._take_contact(space, row, details)
            space[FIELD_OF_RIGHTS[next(iter(rights), "manager")]] |= contact
        news |= {line for line, row in rows if self._take_absence(space, contact, line, row)}
        return {line: line not in news for line, __ in rows}, None

    def _find_contact_of_space(self, space, row):
        """Who of this name and e-mail is a contact of a space, or nobody.

        :raise RowProblem: where somebody of this name is, with an e-mail that no row says
        """
        email = email_normalize(row.get("email", "")) or False
        called = (space.manager_ids | space.substitute_ids).filtered(
            lambda contact: words_of(contact.name) == words_of(row["name"])
        )
        same = called.filtered(lambda contact: contact.email_normalized == email)
        emails = self.emails_of_contact[self._get_contact_key(row)]
        if same or not called:
            return same[:1]
        if not email and len(called) == 1:
            return called
        if any(contact.email_normalized not in emails for contact in called):
            raise RowProblem(self._describe_otherwise_there(), "email")
        return same

    def _take_contact(self, space, row, details):
        """The contact of this name and e-mail who is there already, or one that is made."""
        Partner, email = self.env["res.partner"], email_normalize(row.get("email", ""))
        if "email" in row and not email:
            raise RowProblem(
                self.env._("This is not an e-mail address. Example: camille@example.org"), "email"
            )
        organisations = (space.partner_id | space.operator_id).commercial_partner_id
        found = Partner.search(
            Domain("is_company", "=", False)
            & Domain("company_id", "in", (False, self.company.id))
            & (
                Domain("email_normalized", "=", email)
                if email
                else Domain("commercial_partner_id", "in", organisations.ids)
            ),
            order="id",
        ).filtered(lambda contact: words_of(contact.name) == words_of(row["name"]))[:1]
        if found:
            found.write({key: text for key, text in details.items() if not found[key]})
            return found
        return Partner.create(
            {
                **details,
                "name": row["name"],
                "email": row.get("email", False),
                "parent_id": space.partner_id.id,
                "company_id": space.partner_id.company_id.id,
            }
        )

    def _take_absence(self, space, contact, line, row):
        """The days that a row says somebody is away.

        :return: whether they are new
        """
        said = {name: row[key] for key, name in ABSENCE_KEYS.items() if key in row}
        for key in ("away_from", "away_to"):
            if key not in row and (said or "away_from" in row):
                column = CONTACTS.get_column(key)
                raise self.cells.make_empty_problem(CONTACTS, column, line)
        if not said:
            return False
        there = space.absence_ids.filtered(
            lambda absence: (absence.partner_id, absence.date_from) == (contact, row["away_from"])
        )[:1]
        if not there:
            values = {"space_id": space.id, "partner_id": contact.id, "date_from": row["away_from"]}
            there.create({**values, **said})
            return True
        if name := find_change(there, said):
            key = next(key for key, field in ABSENCE_KEYS.items() if field == name)
            raise RowProblem(self._describe_otherwise_there(), key, line)
        return False
