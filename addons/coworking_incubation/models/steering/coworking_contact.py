from odoo import api, models
from odoo.fields import Domain


class CoworkingContact(models.AbstractModel):
    """The manager of spaces, who is told what is to come there; anybody to whom mails do not go."""

    _inherit = "coworking.contact"

    @api.model
    def _get_link_holders(self, partner, purpose):
        if purpose != "coming":
            return super()._get_link_holders(partner, purpose)
        return partner if self.env["coworking.portal"]._get_spaces(partner) else partner.browse()

    @api.model
    def _is_link_open(self, partner, purpose):
        return purpose == "coming" or super()._is_link_open(partner, purpose)

    @api.model
    def _is_link_unwanted(self, partner):
        """Managers get the mails of their space, whatever they want of what is about themselves."""
        if "coworking_coming" in self.env.context:
            return False
        return super()._is_link_unwanted(partner)

    @api.model
    def _get_link_target(self, purpose):
        return "/my/coworking/coming" if purpose == "coming" else super()._get_link_target(purpose)

    @api.model
    def _get_link_words(self, partner, purpose):
        if purpose != "coming":
            return super()._get_link_words(partner, purpose)
        spaces = self.env["coworking.portal"]._get_spaces(partner)
        return {
            "subject": self.env._("To come at %s", spaces.name)
            if len(spaces) == 1
            else self.env._("To come at your spaces"),
            "text": self.env._(
                "Here is what is to come. It happens by itself, and you have nothing to do."
                " Something is wrong? Answer this mail, or call us."
            ),
            "facts": self.env.context.get("coworking_coming"),
            "button": self.env._("See what is to come"),
        }

    # === MAILS THAT COME BACK ===#

    @api.model
    def _report_bounce(self, partners, email):
        """Whoever follows the person, places people in their space or hears of whom they refer asks
        for another address: once, however many mails come back.
        """
        # sudo: what comes in by mail is nobody's
        for partner in partners.sudo():
            told = reversed(self._find_where_asked(partner))
            for user, record in dict(told).items():  # the first of each
                summary = self._get_words_to_ask(user.lang, email, partner)
                if summary not in record.activity_ids.mapped("summary"):
                    record.activity_schedule(
                        "mail.mail_activity_data_todo", summary=summary, user_id=user.id
                    )

    @api.model
    def _find_where_asked(self, partner):
        """:return: list of (``res.users``, record on which they are asked about this contact)"""
        files, spaces = partner.env["coworking.participant"], partner.env["coworking.space"]
        going_on = Domain("phase", "!=", "closed")
        own = files.search(going_on & Domain("partner_id", "=", partner.id))
        run = spaces.search(
            Domain("manager_ids", "=", partner.id) | Domain("substitute_ids", "=", partner.id)
        )
        referred = files.search(going_on & Domain("prescriber_contact_id", "=", partner.id))
        told = [(record._get_responsible(), record) for record in (*own, *run)]
        return told + [(file.program_id._get_responsible(), partner) for file in referred[:1]]

    @api.model
    def _get_words_to_ask(self, lang, email, partner):
        return self.with_context(lang=lang).env._(
            "Mails to %(email)s come back: ask %(person)s for another address",
            email=email,
            person=partner.name,
        )

    @api.model
    def _forget_bounce(self, partner, email):
        """Nobody asks for another address any more: there is one. Where none was there before, of
        whichever was taken away.
        """
        # sudo: whoever corrects an address need not be who was to ask for it
        partner = partner.sudo()
        if not email:
            for __, record in self._find_where_asked(partner):
                record.activity_ids.filtered(lambda row: self._is_answered(row, partner)).unlink()
            return
        asked = partner.env["mail.activity"].search(
            [
                ("automated", "=", True),
                ("res_model", "in", ("coworking.participant", "coworking.space", "res.partner")),
                ("summary", "ilike", email),
            ]
        )
        name = partner.name or ""
        asked.filtered(lambda row: email in row.summary.lower() and name in row.summary).unlink()

    @api.model
    def _is_answered(self, activity, partner):
        """Whether it asks for another address of this contact than the one there is."""
        words = activity.summary or ""
        for lang, __ in self.env["res.lang"].get_installed():
            before, after = self._get_words_to_ask(lang, "\0", partner).split("\0")
            if words.startswith(before) and words.endswith(after):
                email = words.removeprefix(before).removesuffix(after)
                return email.lower() != partner.email_normalized
        return False
