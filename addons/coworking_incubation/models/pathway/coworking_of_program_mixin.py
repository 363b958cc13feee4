from odoo import fields, models


class CoworkingOfProgramMixin(models.AbstractModel):
    """For what belongs to the programs in its ``program_ids``, or to all where it names none."""

    _name = "coworking.of.program.mixin"
    _description = "Of Some Programs or All"

    program_ids = fields.Many2many(
        "coworking.program",
        string="Programs",
        context={"active_test": False},  # of one that is over it is not of all
    )

    def _filter_of_program(self, program):
        # sudo: what is another organisation's program's own is not of all programs
        every = self.sudo()
        return every.filtered(
            lambda row: not row.program_ids or program in row.program_ids
        ).with_env(self.env)
