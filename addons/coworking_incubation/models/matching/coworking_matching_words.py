from odoo import api, models
from odoo.tools import format_amount, format_date

from ...tools import short_number, to_decimal


class CoworkingMatching(models.AbstractModel):
    """What may explain a gap, in words."""

    _inherit = "coworking.matching"

    @api.model
    def _describe_fact(self, fact, seats, possible=1):
        """``Camille: billed from 1 June, arrived on 16 June``.

        :param seats: the seats it touches
        :param possible: how many seats it may be, when nobody can tell which
        """
        text = getattr(self, f"_describe_{fact.cause}")(fact.detail)
        if fact.cause == "rounding" or not seats:
            return text
        if possible > 1:
            who = self.env._("one of %(count)s seats", count=possible)
        elif len(seats) > 1:
            who = self.env._("%(count)s seats", count=len(seats))
        else:
            who = seats.partner_id.name or seats.name
        return self.env._("%(who)s: %(what)s", who=who, what=text)

    def _format_day(self, day):
        return format_date(self.env, day)

    def _describe_missing(self, detail):
        if detail["kind"] == "adjustment":
            return self.env._(
                "the correction of %(month)s was not billed",
                month=self._format_month(detail["month"]),
            )
        if detail["kind"] == "pack":
            return self.env._("the pack was not billed")
        if detail["kind"] == "overage":
            return self.env._("the days beyond what is included were not billed")
        return self.env._("one whole seat that was not billed")

    def _describe_start_day(self, detail):
        return self.env._(
            "billed from %(day)s, arrived on %(arrived)s",
            day=self._format_day(detail["day"]),
            arrived=self._format_day(detail["instead"]),
        )

    def _describe_departed(self, detail):
        if "day" in detail:
            return self.env._(
                "billed until %(day)s, left on %(left)s",
                day=self._format_day(detail["day"]),
                left=self._format_day(detail["left"]),
            )
        return self.env._("billed, but left on %(left)s", left=self._format_day(detail["left"]))

    def _describe_price(self, detail):
        return self.env._(
            "billed at the price of %(since)s, %(price)s",
            since=self._format_day(detail["since"]),
            price=format_amount(self.env, float(detail["price"]), self.env.company.currency_id),
        )

    def _describe_suspension(self, detail):
        if detail["charged"]:
            return self.env._("the days of the suspension were billed")
        return self.env._("the days of the suspension were not billed")

    def _describe_closure(self, detail):
        if detail["charged"]:
            return self.env._("the days of the closure were billed")
        return self.env._("the days of the closure were not billed")

    def _describe_presence(self, detail):
        if detail["days"] > 0:
            return self.env._("%(count)s more than the presences recorded", count=detail["days"])
        return self.env._("%(count)s less than the presences recorded", count=-detail["days"])

    def _describe_commitment(self, detail):
        return self.env._("the commitment or notice was not billed")

    def _describe_membership(self, detail):
        if detail.get("extra"):
            return self.env._("a membership fee that is not due")
        return self.env._("the membership fee was not billed")

    def _describe_deposit(self, detail):
        if detail.get("extra"):
            return self.env._("a deposit of one month")
        return self.env._("the deposit was not billed")

    def _describe_not_covered(self, detail):
        return self.env._("not a seat: room, printing, personal order")

    def _describe_unknown(self, detail):
        return self.env._("nobody we know")

    def _describe_other_month(self, detail):
        charge = self.env["coworking.charge"].browse(detail["charge"])
        if charge.kind == "adjustment":
            return self.env._(
                "the correction of %(month)s", month=self._format_month(charge.period)
            )
        return self.env._("the seat of %(month)s", month=self._format_month(charge.period))

    def _describe_other_program(self, detail):
        charge = self.env["coworking.charge"].browse(detail["charge"])
        return self.env._(
            "the seat of %(month)s, program %(program)s",
            month=self._format_month(charge.period),
            program=charge.program_id.name,
        )

    def _format_month(self, month):
        return format_date(self.env, month, date_format="MMMM y")

    def _describe_duplicate(self, detail):
        return self.env._("billed twice")

    def _describe_already_paid(self, detail):
        if detail.get("copayment"):
            return self.env._("the participant's part")
        return self.env._("what the participant paid to the space")

    def _describe_tax(self, detail):
        if not detail["rate"]:
            return self.env._("billed without tax")
        return self.env._(
            "tax of %(rate)s %% on top of the price",
            rate=short_number(self.env, to_decimal(detail["rate"]) * 100),
        )

    def _describe_rounding(self, detail):
        return self.env._("rounding")
