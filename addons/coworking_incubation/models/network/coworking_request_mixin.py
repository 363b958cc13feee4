from odoo import models


class CoworkingRequestMixin(models.AbstractModel):
    """For what is asked of the coordinator of a program, who has it to do until it is answered.

    For models with a ``program_id`` and activities.
    """

    _name = "coworking.request.mixin"
    _description = "Asked of a Coordinator"

    # External id of the activity type, of which no other activity of the record is.
    _request_type = None

    def _ask_coordinator(self):
        """Schedule the activity, once, in the words of who reads it."""
        # sudo: an accompanist plans a coordinator's work
        for record in self.sudo():
            # Odoo plans an activity of its own type where somebody deleted ours.
            kind = self.env.ref(self._request_type, raise_if_not_found=False)
            if not kind or kind not in record.activity_ids.activity_type_id:
                user = record.program_id._get_responsible()
                record.activity_schedule(
                    self._request_type,
                    summary=record.with_context(lang=user.lang)._describe_request(),
                    user_id=user.id,
                )

    def _close_request(self):
        """It was answered, or is not asked any more."""
        if self:
            # sudo: as above
            self.sudo().activity_unlink([self._request_type])

    def _describe_request(self):
        """What there is to do, in one line."""
        raise NotImplementedError
