from odoo import api, models


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
        }

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
