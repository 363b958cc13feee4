from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import ValidationError

from ...tools import saying_who

PREFIX = "coworking_incubation."


class Setting(NamedTuple):
    """A whole number, or an hour of the day, that an administrator chooses within bounds."""

    default: float
    least: float
    most: float
    is_hour: bool = False

    def parse(self, text):
        """The number that a stored text says.

        :raise ValueError: it says none, or one that is out of bounds
        """
        if self.is_hour:
            hours, minutes = (int(part) for part in text.split(":"))
            if not 0 <= minutes < 60:
                raise ValueError(text)
            number = hours + minutes / 60
        else:
            number = int(text)
        if not self.least <= number <= self.most:
            raise ValueError(text)
        return number

    def show(self, number):
        """A number as it is stored, and as people read it: 30, or 13:30."""
        if not self.is_hour:
            return str(number)
        hours, minutes = divmod(round(number * 60), 60)
        return f"{hours}:{minutes:02}"


SETTINGS = {
    "half_day_border": Setting(13.5, 10, 17, is_hour=True),
    "suspension_backdate_days": Setting(30, 0, 365),
    "registration_hold_hours": Setting(24, 1, 720),
    # The five below have no field on the settings screen: who needs others sets the parameter, as
    # the guide says.
    "registration_limit_network": Setting(20, 1, 1000),
    "registration_limit_address": Setting(5, 1, 100),
    # attempts are forgotten after a day
    "registration_limit_minutes": Setting(10, 1, 1440),
    # a form is good for hours, but nobody waits a minute to send five fields
    "registration_min_seconds": Setting(3, 0, 60),
    # after how many days without anybody a seat that is paid is told on Pilotage
    "unused_seat_days": Setting(21, 1, 365),
}


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    @api.constrains("key", "value")
    def _check_coworking_setting(self):
        """Also what is typed in Odoo's technical menu: the public page reads these numbers."""
        for parameter in self:
            name = parameter.key.removeprefix(PREFIX)
            if name == parameter.key or name not in SETTINGS:
                continue
            setting = SETTINGS[name]
            try:
                setting.parse(parameter.value)
            except ValueError:
                field = f"coworking_{name}"
                on_screen = self.env["res.config.settings"].fields_get([field], ["string"])
                bounds = {
                    # what is not on the screen has no other name than its key
                    "setting": on_screen[field]["string"] if on_screen else parameter.key,
                    "value": parameter.value,
                    "least": setting.show(setting.least),
                    "most": setting.show(setting.most),
                }
                if setting.is_hour:
                    message = self.env._(
                        "“%(setting)s” cannot be %(value)s: type an hour from %(least)s to"
                        " %(most)s.",
                        **bounds,
                    )
                else:
                    message = self.env._(
                        "“%(setting)s” cannot be %(value)s: type a whole number from %(least)s to"
                        " %(most)s.",
                        **bounds,
                    )
                raise ValidationError(message) from None

    def unlink(self):
        if not any(parameter.key.startswith(PREFIX) for parameter in self):
            return super().unlink()
        with saying_who(self.env):
            return super().unlink()

    @api.model
    def _coworking_get(self, name):
        """The number that an administrator chose, or else the one that is usual."""
        # sudo: settings are for nobody to read but code
        text = self.sudo().get_param(f"{PREFIX}{name}")
        setting = SETTINGS[name]
        try:
            return setting.parse(text) if text else setting.default
        except ValueError:  # from before there were bounds: settings must open to mend it
            return setting.default

    @api.model
    def _coworking_set(self, name, number):
        """Store what differs from what holds: a setting nobody touched follows the usual one."""
        text = SETTINGS[name].show(number)
        if text != SETTINGS[name].show(self._coworking_get(name)):
            self.set_param(f"{PREFIX}{name}", text)
