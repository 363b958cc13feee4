from odoo import api, models
from odoo.exceptions import UserError


class CoworkingPortalPerson(models.AbstractModel):
    """Rights that a participant uses on the own page: a copy of what is held, and no more mails."""

    _inherit = "coworking.portal.person"

    @api.model
    def _prepare_rights(self, partner):
        file = self._get_file(partner)
        return {
            "email": partner.email,
            "opposed": file.is_opposed,
            "asked": self._get_data_summary(file) in file.activity_ids.mapped("summary"),
            "adviser": self._prepare_adviser(file),
        }

    @api.model
    def _prepare_adviser(self, file):
        """The adviser who referred the person, and what they read; nothing where there is none."""
        if not (file.prescriber_agreed or file._has_adviser_in_place()):
            return None
        names = {
            "adviser": ", ".join(
                filter(None, (file.prescriber_contact_id.name, file.prescriber_id.name))
            ),
            "day": file.prescriber_agreed_on and self._format_day(file.prescriber_agreed_on),
        }
        return {
            "agreed": file.prescriber_agreed,
            "words": self.env._(
                "You agreed on %(day)s that %(adviser)s reads the step you are at and its dates:"
                " application, decision, start, midpoint, end. Nothing else.",
                **names,
            )
            if file.prescriber_agreed
            else self.env._(
                "%(adviser)s, who referred you, reads nothing of you. If you agree, they read the"
                " step you are at and its dates: application, decision, start, midpoint, end."
                " Nothing else, and you may take it back at any time.",
                **names,
            ),
        }

    @api.model
    def _set_followed(self, partner, agreed):
        """The person agrees that their adviser follows them, or takes it back: of every file of
        theirs, closed ones too.
        """
        file = self._get_file(partner)
        if agreed and not file._has_adviser_in_place():
            raise UserError(self.env._("We do not know who referred you: tell your contact."))
        files = file if agreed else file.search([("partner_id", "=", partner.id)])
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
        file = self._get_file(partner)
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
        file = self._get_file(partner)
        if file.is_opposed != opposed:
            file.is_opposed = opposed
            spoken = file._speak_to_staff()
            spoken._message_log(
                body=spoken.env._("Does not want to be written to any more.")
                if opposed
                else spoken.env._("May be written to again."),
                author_id=partner.id,
            )
