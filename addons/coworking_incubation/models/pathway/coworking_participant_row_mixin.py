from odoo import models


class CoworkingParticipantRowMixin(models.AbstractModel):
    """A row of a participant's file stays in the files that its writer may write.

    Record rules look at a row before it is written, not after: without this, a row of one's own
    file could be moved to a colleague's.
    """

    _name = "coworking.participant.row.mixin"
    _description = "Row of a Participant's File"
    _inherit = ["coworking.record.mixin"]
    _owner_field = "participant_id"

    def write(self, vals):
        owner_id = vals.get(self._owner_field)
        if owner_id:
            owners = self.env[self._fields[self._owner_field].comodel_name]
            owners.browse(owner_id).check_access("write")
        return super().write(vals)
