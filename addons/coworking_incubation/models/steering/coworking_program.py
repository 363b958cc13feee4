from odoo import api, fields, models
from odoo.exceptions import AccessError

COORDINATOR = "coworking_incubation.group_coworking_coordinator"
ACCOUNTANT = "coworking_incubation.group_coworking_accountant"
# What a program may do by itself: the step of a month's run -> the switch that allows it.
SWITCHES = {"send": "autopilot_send", "bill": "autopilot_bill", "post": "autopilot_post"}
# Who turns a switch: bills are made by whoever may ask for them, posted by accountants alone.
ALLOWED = {
    "autopilot_send": (COORDINATOR, ACCOUNTANT),
    "autopilot_bill": (COORDINATOR, ACCOUNTANT),
    "autopilot_post": (ACCOUNTANT,),
}


class CoworkingProgram(models.Model):
    """The automatic pilot of a program: which steps of a month are taken without anybody; and when
    somebody is to be called.

    Each step is a switch, off in a new program and in a copy. Nobody types a switch: who turns it,
    and when, stands in the discussion of the program and in the audit trail.
    """

    _name = "coworking.program"
    _inherit = ["coworking.program", "coworking.guard.mixin"]

    autopilot_send = fields.Boolean(
        string="Sends the Month",
        readonly=True,
        copy=False,
        tracking=True,
        help="On the first working day, statements of the month that is over go to the spaces.",
    )
    autopilot_bill = fields.Boolean(
        string="Makes the Bills",
        readonly=True,
        copy=False,
        tracking=True,
        help="A month that the space confirmed gets its draft bill.",
    )
    autopilot_post = fields.Boolean(
        string="Posts the Bills",
        readonly=True,
        copy=False,
        tracking=True,
        help="A draft bill that is ready to post is posted.",
    )

    call_after_days = fields.Integer(
        string="Call a Space After (Days)",
        default=7,
        help="A month that a space has not answered, or an arrival that nobody has confirmed, is"
        " one call to make after so many days.",
    )

    _call_after_days_positive = models.Constraint(
        "CHECK (call_after_days >= 0)",
        "A space is called after a number of days that is not below zero.",
    )

    def _is_for_code(self, name):
        return name in ALLOWED or super()._is_for_code(name)

    # === ACTION METHODS ===#

    def action_switch_send(self):
        """Let the program send its months by itself, or no longer."""
        return self._turn("autopilot_send")

    def action_switch_bill(self):
        """Let the program make the draft bills by itself, or no longer."""
        return self._turn("autopilot_bill")

    def action_switch_post(self):
        """Let the program post the bills that are ready by itself, or no longer."""
        return self._turn("autopilot_post")

    def _turn(self, switch):
        """On where the button says so, by ``coworking_turn_on``: two people who turn it off at once
        have it off.

        :raise AccessError: that switch is not this user's
        """
        self.ensure_one()
        self.check_access("read")
        self._check_may_turn(switch)
        # sudo: nobody types a switch, and accountants write nothing else of a program
        program = self.sudo()
        program[switch] = bool(self.env.context.get("coworking_turn_on"))
        if program[switch]:
            self.env["ir.cron"]._wake("coworking_incubation.ir_cron_autopilot")
        return True

    @api.model
    def _check_may_turn(self, switch):
        """:raise AccessError: that switch is not this user's"""
        if not any(self.env.user.has_group(group) for group in ALLOWED[switch]):
            if ALLOWED[switch] == (ACCOUNTANT,):
                raise AccessError(self.env._("Only an accountant lets a program post bills."))
            raise AccessError(
                self.env._("Only a coordinator or an accountant turns this switch of a program.")
            )
