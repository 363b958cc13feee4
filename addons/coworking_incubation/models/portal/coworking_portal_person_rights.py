from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CoworkingPortalPerson(models.AbstractModel):
    """Rights that a participant uses on the own page: a copy of what is held, and no more mails."""

    _inherit = "coworking.portal.person"

    @api.model
    def _get_followed_files(self, partner):
        """Files of this person that an adviser reads, closed ones too: while it lasts, the person
        may retract it on their page.
        """
        if not partner:
            return self.env["coworking.participant"]
        files = self.env["coworking.participant"]
        shown = files._get_shown_to_adviser_domain() & Domain("partner_id", "=", partner.id)
        files = self._filter_looked_at(files.search(shown, order="id desc"))
        return files.filtered(lambda file: file._has_adviser_in_place())

    @api.model
    def _get_rights_file(self, partner):
        """The file under way, or else one that an adviser still reads."""
        return self._get_file(partner) or self._get_followed_files(partner)[:1]

    @api.model
    def _prepare_rights(self, partner):
        file = self._get_rights_file(partner)
        return {
            "email": partner.email,
            "opposed": file.is_opposed,
            "asked": self._get_data_summary(file) in file.activity_ids.mapped("summary"),
            "adviser": self._prepare_adviser(partner),
        }

    @api.model
    def _prepare_adviser(self, partner):
        """Who reads which file of the person, as they agreed, and whether they may agree; nothing
        where there is no adviser.

        :return: dict of ``words`` (list), ``agreed`` and ``may_agree``
        """
        current = self._get_file(partner)
        agreed = current.filtered("prescriber_agreed") | self._get_followed_files(partner)
        may_agree = bool(current and current not in agreed and current._has_adviser_in_place())
        files = agreed | current if may_agree else agreed
        if not files:
            return None
        words = [(file.program_id.name, self._describe_adviser(file)) for file in files]
        return {
            "agreed": bool(agreed),
            "may_agree": may_agree,
            "words": [
                self.env._("%(program)s: %(words)s", program=program, words=text)
                if len(words) > 1
                else text
                for program, text in words
            ],
        }

    @api.model
    def _describe_adviser(self, file):
        """What the person agreed to of this file, and who reads it today, or would."""
        adviser = file._has_adviser_in_place() and file.prescriber_contact_id.name
        names = {
            "adviser": adviser,
            "organisation": file.prescriber_id.name,
            "day": file.prescriber_agreed_on and self._format_day(file.prescriber_agreed_on),
        }
        if not file.prescriber_agreed:
            return self.env._(
                "%(adviser)s, of %(organisation)s, who referred you, reads nothing of you. If you"
                " agree, your adviser there reads the step you are at and its dates: application,"
                " decision, start, midpoint, end. Nothing else, and you may retract it at any"
                " time.",
                **names,
            )
        agreed = self.env._(
            "You agreed on %(day)s that your adviser at %(organisation)s reads the step you are at"
            " and its dates: application, decision, start, midpoint, end. Nothing else.",
            **names,
        )
        today = (
            self.env._("Today it is %s.", adviser)
            if adviser
            else self.env._("Today it is nobody: nothing is read.")
        )
        return f"{agreed} {today}"

    @api.model
    def _set_followed(self, partner, agreed):
        """The person agrees that their adviser follows them, or retracts it: of every file of
        theirs, closed and archived ones too.
        """
        files = self._get_file(partner)
        if agreed and not (files and files._has_adviser_in_place()):
            raise UserError(self.env._("We do not know who referred you: tell your contact."))
        if not agreed:
            files = files.with_context(active_test=False).search([("partner_id", "=", partner.id)])
        for row in files.filtered(lambda row: row.prescriber_agreed != agreed):
            row.prescriber_agreed = agreed
            spoken = row._speak_to_staff()
            spoken._message_log(
                body=spoken.env._("Agrees that the adviser reads the step and its dates.")
                if agreed
                else spoken.env._("Took back that the adviser reads the step and its dates."),
                author_id=partner.id,
            )

    @api.model
    def _get_data_summary(self, file):
        """In the words of who does it."""
        return file._speak_to_staff(file._get_responsible()).env._(
            "Asks for a copy of their data: hand it over within a month"
        )

    @api.model
    def _ask_for_data(self, partner):
        """Staff make the copy, and hand it to the person: no file is behind a link."""
        file = self._get_rights_file(partner)
        spoken = file._speak_to_staff(file._get_responsible())
        self._tell_accompanist(
            file,
            self._get_data_summary(file),
            spoken.env._(
                "“Everything Held on the Person”, under the ⚙ of the file, makes the copy. It is"
                " there for a coordinator who has the right “Export of Personal Data”."
            ),
        )

    @api.model
    def _set_opposed(self, partner, opposed):
        file = self._get_rights_file(partner)
        if file.is_opposed != opposed:
            file.is_opposed = opposed
            self._log_opposed(file._speak_to_staff(), partner, opposed)
