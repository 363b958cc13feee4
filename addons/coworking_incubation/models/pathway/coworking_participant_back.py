from datetime import timedelta

from odoo import fields, models


class CoworkingParticipant(models.Model):
    """A step by mistake: who took it takes it back the same day, whatever the gate says.

    What the stage did on entry is put as it was, and neither step counts in funnels and delays. A
    mail that was sent stays sent.
    """

    _inherit = "coworking.participant"

    def _get_steps_back(self, targets, reason=None):
        """Which of these files would go back to where the user took them from today.

        :param targets: dict file -> the stage it is to enter
        :param reason: why they are moved: who gives one, such as for a person who comes back, means
            another step
        :return: dict file -> the ``coworking.move`` that it takes back
        """
        if reason:
            return {}
        today = fields.Date.context_today(self)
        # sudo: whoever moves a file may know its passages
        moves = self.env["coworking.move"].sudo()
        recent = moves.search_fetch(
            [
                ("participant_id", "in", self.ids),
                ("date", ">=", fields.Datetime.now() - timedelta(days=1)),
            ],
            ["participant_id", "from_stage_id", "to_stage_id", "user_id", "date", "taken_back"],
        )
        last = {file.id: rows[0] for file, rows in recent.grouped("participant_id").items()}
        steps = {}
        for file in self:
            move = last.get(file.id, moves)
            if (
                move.from_stage_id
                and move.from_stage_id == targets[file]
                and move.to_stage_id == file.stage_id
                and move.user_id.id == self.env.uid
                and not move.taken_back
                and fields.Datetime.context_timestamp(self, move.date).date() == today
            ):
                steps[file] = move
        return steps

    def _take_back(self, steps):
        """These files are where they came from again.

        :param steps: see ``_get_steps_back``
        """
        # sudo: passages are written by the engine alone
        for file, move in steps.items():
            file._put_back(move.effects or {})
            (move | file.sudo().move_ids.sorted("id")[-1:]).taken_back = True

    def _put_back(self, effects):
        """What a stage did on entry is undone, but for what changed since.

        :param effects: dict: ``date``, name of the date that was filled in; ``exit``, the day of
            exit that came along; ``plan``, ids of the activities that were planned; ``seats`` and
            ``reviews``, what was ended or dropped
        """
        self.ensure_one()
        self._restore_seats(effects.get("seats", ()))
        date = effects.get("date")
        if date and self[date] == fields.Date.context_today(self):
            self[date] = False
        if effects.get("exit") and str(self.date_exit) == effects["exit"]:
            self.date_exit = False
        if not self.date_exit:
            self.followup_ids.filtered(lambda row: row.state == "pending").state = "cancelled"
        # sudo: activities that the stage planned, whoever is to do them
        self.env["mail.activity"].sudo().browse(effects.get("plan", ())).exists().unlink()
        self._plan_reviews_again(effects.get("reviews", ()))
