"""The people of a take-over, and when they did not come."""

from odoo.tools import email_normalize, plaintext2html

from ..tools import period_in_words, phone_key, words_of
from .take_over_cells import RowProblem, find_change


def compare_details(email, phone, birth_date):
    """By what people of one name are told apart, in a form that compares: dict of what is known."""
    found = {
        "email": email_normalize(email or ""),
        "phone": phone_key(phone),
        "birth_date": birth_date,
    }
    return {name: value for name, value in found.items() if value}


def details_of(file):
    """The same of a file; a birth date only for who may read it: to find it out by trying is to
    read it.
    """
    shown = file._has_field_access(file._fields["birth_date"], "read")
    return compare_details(file.email, file.phone, shown and file.birth_date)


class PeopleRows:
    """The part of ``TakeOverRecorder`` about the people."""

    # === PEOPLE === #

    def _learn_people(self, files):
        for file in files:
            self.people[words_of(file.partner_name)] |= file

    def _prepare_people(self, lines):
        """Who of these rows is whose file, by what tells people of one name apart; and which rows
        have the same name.
        """
        for line in lines:
            name = words_of(line.cells.get("partner_name"))
            self.rows_of_name.setdefault(name, []).append(line)
            wanted = self._get_typed_details(line.cells)
            for file in self.people.get(name, ()):
                if wanted.items() & details_of(file).items():
                    self.row_of_file.setdefault(file, line)

    def _get_typed_details(self, cells):
        return compare_details(
            cells.get("email"),
            cells.get("phone"),
            self.cells.read_birth_date(cells.get("birth_date", "")),
        )

    def _record_people(self, rows):
        ((line, row),) = rows
        file = self._find_file_of_row(line, row)
        documents = {
            column: row.pop(column.key)
            for column in self.cells.columns["people"]
            if column.about and column.key in row
        }
        if file:
            self.row_of_file[file] = line
            return {line: not self._record_documents(file, documents)}, None
        self._check_terms_are_taken()
        covers = row.pop("coworking_accident_cover", False)
        told_in_words = ("prescriber_id", "prescriber_contact_id")
        values = {name: value for name, value in row.items() if name not in told_in_words}
        prescriber = self.env["res.partner"]
        if "prescriber_id" in row:
            prescriber = self._take_company(row["prescriber_id"], "prescriber_id")
            values["prescriber_id"] = prescriber.id
        if "prescriber_contact_id" in row:
            adviser = self._take_adviser(prescriber, row["prescriber_contact_id"])
            values["prescriber_contact_id"] = adviser.id
        if covers:
            if not prescriber:
                raise RowProblem(self.env._("Write the organisation too."), "prescriber_id")
            prescriber.coworking_accident_cover = True
        if "project_description" in row:
            values["project_description"] = plaintext2html(row["project_description"])
        values.setdefault("date_application", row.get("date_support", row.get("date_entry")))
        file = self.env["coworking.participant"].create(
            {
                "user_id": False,
                **values,
                "program_id": self.program.id,
                # They are where they are for long: nobody is written to, nothing is scheduled.
                "move_reason": self.env._("Taken over"),
            }
        )

        self._record_documents(file, documents)
        self.planned |= file.followup_ids
        self.opened |= file.assignment_ids

        def learn():
            self._learn_people(file)
            self.row_of_file[file] = line

        return {}, learn

    def _find_file_of_row(self, line, row):
        """The file of this person, or none where there is none yet.

        :raise RowProblem: where it cannot be told
        """
        name = words_of(row["partner_name"])
        wanted = self._get_typed_details(line.cells)
        others = [other for other in self.rows_of_name[name] if other != line]
        if others and not wanted:
            raise RowProblem(
                self.env._(
                    "Line %s has the same name: write an e-mail, a phone or a birth date for each"
                    " of them.",
                    others[0].number,
                ),
                "email",
            )
        unsure = self.env["coworking.participant"]
        for file in self.people.get(name, unsure):
            known = details_of(file)
            owner = self.row_of_file.get(file, line)
            if wanted.items() & known.items():
                if owner != line:
                    raise RowProblem(
                        self.env._("This person is in line %s already.", owner.number),
                        "partner_name",
                    )
                return file
            if owner == line and not wanted.keys() & known.keys():
                unsure |= file
        if len(unsure) > 1 or (unsure and wanted):
            raise RowProblem(
                self.env._(
                    "Somebody called %s is in this program already. If it is the same person,"
                    " write here the e-mail or phone of that file; if not, complete that file"
                    " first.",
                    row["partner_name"],
                ),
                "email",
            )
        return unsure

    def _find_person(self, row):
        """The file that a row of another sheet is about."""
        name, telling = row["participant_id"], row.get("tell_apart", "")
        files = found = self.people.get(words_of(name), self.env["coworking.participant"])
        if telling:
            typed = compare_details(telling, telling, self.cells.read_birth_date(telling))
            found = files.filtered(lambda file: typed.items() & details_of(file).items())
        if len(found) == 1:
            return found
        if found:
            raise RowProblem(
                self.env._(
                    "Several people are called %s: write the e-mail, phone or birth date of one.",
                    name,
                ),
                "tell_apart",
            )
        raise RowProblem(
            self.env._(
                "Nobody called %(name)s has this e-mail, phone or birth date: %(text)s",
                name=name,
                text=telling,
            )
            if files
            else self.env._(
                "Nobody is called %s: add the person to the sheet of the participants, or mend"
                " their row.",
                name,
            ),
            "tell_apart" if files else "participant_id",
        )

    # === SUSPENSIONS === #

    def _record_suspensions(self, rows):
        ((line, row),) = rows
        file, values = self._find_person(row), self._get_own_values(row)
        values.pop("participant_id")
        there = file.suspension_ids.filtered(lambda other: other.date_from == row["date_from"])
        if there:
            if cell := find_change(there, values):
                raise RowProblem(self._describe_otherwise_there(), cell)
            return {line: True}, None
        for other in file.suspension_ids:
            ends_before = other.date_to and other.date_to < row["date_from"]
            if not ends_before and not ("date_to" in row and row["date_to"] < other.date_from):
                raise RowProblem(
                    self.env._(
                        "%(name)s is suspended %(period)s already: mend these days, or change them"
                        " there.",
                        name=file.partner_name,
                        period=period_in_words(self.env, other.date_from, other.date_to),
                    ),
                    "date_from",
                )
        file.suspension_ids.create({**values, "participant_id": file.id})
        return {}, None
