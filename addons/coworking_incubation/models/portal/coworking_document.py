from odoo import models


class CoworkingDocument(models.Model):
    """What staff have to do with a copy that the person handed in on their page."""

    _inherit = "coworking.document"

    def write(self, vals):
        result = super().write(vals)
        if {"state", "filename"} & vals.keys():
            for document in self:
                if document.state != "missing" or not document.filename:
                    document._get_received_activities().unlink()
        return result

    def _describe_received(self, user=None):
        """In the words of who is to look at it: of this user, or of who follows the person."""
        file = self.participant_id
        staff = file._speak_to_staff(user or file._get_responsible())
        return staff.env._("Document received: %s", self.with_env(staff.env).type_id.name)

    def _get_received_activities(self):
        # sudo: whoever looks at it need not be who was to
        return self.participant_id.sudo().activity_ids.filtered(
            lambda activity: (
                activity.automated and activity.summary == self._describe_received(activity.user_id)
            )
        )
