from odoo import api, models

from ...tools import ErrorWithLink

# The button leads to the others.
MOST_REASONS = 10


class CoworkingArchiveMixin(models.AbstractModel):
    """For what does not vanish from the screens while something of it still goes on."""

    _name = "coworking.archive.mixin"
    _description = "Archived Only When Nothing Goes On"

    @api.constrains("active")
    def _check_may_archive(self):
        for record in self.filtered(lambda record: not record.active):
            # sudo: what goes on is in the way of whoever may not see it too
            found = record.sudo()._get_what_goes_on()
            if found:
                __, action, button = found[0]
                reasons = [f"• {words}" for words, __, __ in found[:MOST_REASONS]]
                if len(found) > MOST_REASONS:
                    reasons.append(self.env._("• and %s more", len(found) - MOST_REASONS))
                raise ErrorWithLink(
                    self.env._(
                        "%(record)s cannot be archived yet:\n%(reasons)s",
                        record=record.display_name,
                        reasons="\n".join(reasons),
                    ),
                    action,
                    button,
                )

    def _get_what_goes_on(self):
        """What is in the way of archiving this record, most important first.

        :return: list of (in words, action that shows it, what the button of the action says)
        """
        return []
