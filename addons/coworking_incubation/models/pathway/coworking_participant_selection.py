from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CoworkingParticipant(models.Model):
    """Admitted, refused with a reason, or waiting in order for a place that is freed."""

    _inherit = "coworking.participant"

    selection_result = fields.Selection(
        [("admitted", "Admitted"), ("waiting", "Waiting list"), ("refused", "Refused")],
        copy=False,
        tracking=True,
    )
    refusal_reason_id = fields.Many2one(
        "coworking.refusal.reason", copy=False, ondelete="restrict", tracking=True
    )
    date_waiting = fields.Date(
        string="Waiting Since", compute="_compute_date_waiting", store=True, readonly=False
    )
    waiting_rank = fields.Integer(compute="_compute_waiting_rank")

    # === COMPUTE METHODS ===#

    @api.depends("selection_result")
    def _compute_date_waiting(self):
        for participant in self:
            if participant.selection_result != "waiting":
                participant.date_waiting = False
            elif not participant.date_waiting:
                participant.date_waiting = fields.Date.context_today(participant)

    @api.depends("selection_result", "date_waiting", "program_id")
    def _compute_waiting_rank(self):
        # sudo: the rank is the program's, whoever looks
        waiting = (
            self.env["coworking.participant"]
            .sudo()
            .search(
                [
                    ("program_id", "in", self.program_id.ids),
                    ("selection_result", "=", "waiting"),
                    ("phase", "=", "selection"),
                ],
                order="date_waiting, id",
            )
        )
        ranks = {}
        for files in waiting.grouped("program_id").values():
            ranks.update({file.id: rank for rank, file in enumerate(files, start=1)})
        for participant in self:
            participant.waiting_rank = ranks.get(participant.id, 0)

    # === CONSTRAINT METHODS ===#

    @api.constrains("selection_result", "refusal_reason_id")
    def _check_refusal_has_reason(self):
        for participant in self:
            if participant.selection_result == "refused" and not participant.refusal_reason_id:
                raise ValidationError(
                    self.env._("Say why %s is refused: choose a reason.", participant.display_name)
                )

    # === BUSINESS METHODS ===#

    def _offer_freed_place(self):
        """Tell the accompanists of the first ones waiting, as many as places are free, once."""
        # sudo: those waiting and those hosted may be a colleague's
        for program in self.sudo().program_id:
            if program.places_left <= 0:
                continue
            waiting = self.sudo().search_fetch(
                [
                    ("program_id", "=", program.id),
                    ("selection_result", "=", "waiting"),
                    ("phase", "=", "selection"),
                ],
                ["user_id"],
                order="date_waiting, id",
                limit=program.places_left,
            )
            for accompanist, files in waiting.grouped("user_id").items():
                user = program._get_responsible(accompanist)
                summary = self.with_context(lang=user.lang).env._("A place is free: offer it")
                told = self.env["mail.activity"].sudo()
                told = told.search_fetch(
                    [
                        ("res_model", "=", self._name),
                        ("res_id", "in", files.ids),
                        ("summary", "=", summary),
                    ],
                    ["res_id"],
                )
                untold = files - files.browse(told.mapped("res_id"))
                if untold:
                    untold.activity_schedule(
                        "mail.mail_activity_data_todo", summary=summary, user_id=user.id
                    )
