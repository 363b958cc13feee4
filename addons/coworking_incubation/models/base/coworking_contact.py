from odoo import api, models


class CoworkingContact(models.AbstractModel):
    """What rooms know of contacts: hooks of ``res.partner`` for them to extend.

    Not as extensions of ``res.partner`` itself: Odoo looks through all classes of a model whenever
    it asks one of its records anything, and it asks contacts all day.
    """

    _name = "coworking.contact"
    _description = "Contact in Programs"

    @api.model
    def _filter_opposed(self, partners):
        """Those who do not want to be written to."""
        return partners.browse()

    @api.model
    def _get_fields_naming_operators(self):
        """(model, field) of each way to point at who ran a space, beside the space itself."""
        return set()

    @api.model
    def _check_may_change_company(self, partners):
        """These were contacts of another company until now."""

    @api.model
    def _prepare_unlink(self, partners):
        """These are about to be deleted.

        :return: whether the audit trail is told who deletes them; None where no room says
        """

    @api.model
    def _tell_advisers(self, batch_size=50):
        """Write to the advisers for whose people something is new; one mail a week each."""

    @api.model
    def _give_to_companies(self):
        """There are several organisations from now on: each has its own people."""

    @api.model
    def _report_bounce(self, partners, email):
        """What was written to these at that address came back."""

    @api.model
    def _forget_bounce(self, partner, email):
        """That was the address of this contact until now; empty where there was none."""

    # === LINKS ===#

    # See ``coworking.link.mixin``: the contact is the record, and alone holds its link.

    @api.model
    def _get_link_holders(self, partner, purpose):
        return partner.browse()

    @api.model
    def _is_link_open(self, partner, purpose):
        return False

    @api.model
    def _is_link_unwanted(self, partner):
        return False

    @api.model
    def _get_link_target(self, purpose):
        raise NotImplementedError

    @api.model
    def _get_link_words(self, partner, purpose):
        raise NotImplementedError
