from odoo import fields, models


class CoworkingStage(models.Model):
    """A column of the board. What it means is its phase, never its name."""

    _name = "coworking.stage"
    _description = "Pathway Stage"
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
    program_ids = fields.Many2many(
        "coworking.program", string="Programs", help="Empty: shared by all programs."
    )
    rotting_threshold_days = fields.Integer(
        string="Days to rot",
        help="Days in this stage after which a file is shown as going stale. 0: never.",
    )

    _rotting_positive = models.Constraint(
        "CHECK (rotting_threshold_days >= 0)", "A number of days cannot be negative."
    )
