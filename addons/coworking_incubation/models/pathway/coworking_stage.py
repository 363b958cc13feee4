from odoo import fields, models


class CoworkingStage(models.Model):
    """A column of the board. What it means is its phase, never its name."""

    _name = "coworking.stage"
    _description = "Pathway Stage"
    _inherit = ["coworking.of.program.mixin", "coworking.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    fold = fields.Boolean(string="Folded in Kanban")
    phase = fields.Selection(
        [
            ("recruitment", "Recruitment"),
            ("selection", "Selection"),
            ("incubation", "Incubation"),
            ("followup", "Follow-up"),
            ("closed", "Closed"),
        ],
        required=True,
        default="recruitment",
        help="What the stage means to the program: incubation counts as hosted, closed as ended.",
    )
    program_ids = fields.Many2many(help="Empty: shared by all programs.")
    requirement_ids = fields.One2many(
        "coworking.requirement", "stage_id", help="What a file needs before it enters this stage."
    )
    next_stage_ids = fields.Many2many(
        "coworking.stage",
        "coworking_stage_next_rel",
        "stage_id",
        "next_stage_id",
        string="Goes To",
        help="Stages a file may go to from here. Empty: any.",
    )
    previous_stage_ids = fields.Many2many(
        "coworking.stage",
        "coworking_stage_next_rel",
        "next_stage_id",
        "stage_id",
        string="Comes From",
        help="Stages from which a file may come here.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        domain="[('model', '=', 'coworking.participant')]",
        help="Sent to the person on entry.",
    )
    activity_plan_id = fields.Many2one(
        "mail.activity.plan",
        domain="[('res_model', '=', 'coworking.participant')]",
        help="Activities scheduled on entry.",
    )
    sets_date = fields.Selection(
        [
            ("date_application", "Application"),
            ("date_support", "First support"),
            ("date_entry", "Entry"),
            ("date_exit", "Exit"),
        ],
        string="Sets the Day Of",
        help="Day that is filled in on entry, where it is empty.",
    )
    releases_seats = fields.Boolean(
        string="Ends Seats", help="On entry, the person's seats end on the day of the exit."
    )
    drops_reviews = fields.Boolean(
        string="Drops Planned Reviews",
        help="On entry, reviews planned for later go with their activities.",
    )
    rotting_threshold_days = fields.Integer(
        string="Days to rot",
        aggregator=None,
        help="Days in this stage after which a file is shown as going stale. 0: never.",
    )

    _rotting_positive = models.Constraint(
        "CHECK (rotting_threshold_days >= 0)", "A number of days cannot be negative."
    )

    def _get_allowed_for(self, program):
        """Stages a file of this program may go to from here; empty: any."""
        self.ensure_one()
        return self.next_stage_ids._filter_of_program(program).sorted("sequence")

    def _get_next_for(self, program, among=None):
        """The stage that comes next: the first allowed after this one, else the first allowed.

        :param among: all stages, where they were read before
        """
        self.ensure_one()
        allowed = self._get_allowed_for(program)
        if not allowed:
            if self.phase == "closed":
                return allowed
            among = self.search([]) if among is None else among  # pylint: disable=no-search-all
            allowed = (among - self)._filter_of_program(program)
            return allowed.filtered(lambda stage: stage.sequence > self.sequence)[:1]
        return (allowed.filtered(lambda stage: stage.sequence > self.sequence) or allowed)[:1]

    def _is_towards_exit(self, program):
        """Whether a file comes here when its stay ends: after the incubation, or in the last of
        several stages of it.
        """
        self.ensure_one()
        if self.phase != "incubation":
            return self.phase in ("followup", "closed")
        stays = self.search([("phase", "=", "incubation")])._filter_of_program(program)
        return len(stays) > 1 and self == stays[-1]
