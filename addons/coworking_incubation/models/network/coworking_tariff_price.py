from odoo import api, fields, models
from odoo.tools import format_date

from ... import pricing
from ...pricing_inputs import PRICING_INPUTS
from ...tools import to_decimal, to_decimal_or_none


class CoworkingTariffPrice(models.Model):
    """A price in force from a day on. The prices of a day are a ladder, and replace those before.

    They are numbered by rank, 1, 2, 3... without a hole; seats beyond the last rank pay its price.
    A ladder that is shorter than the one before would thus change prices that it does not list:
    ``fewer_ranks`` says that it is meant.
    """

    _name = "coworking.tariff.price"
    _description = "Dated Price of a Tariff"
    _inherit = ["coworking.portal.mixin", "coworking.record.mixin"]
    _order = "tariff_id, date_start desc, rank"

    tariff_id = fields.Many2one("coworking.tariff", required=True, ondelete="cascade", index=True)
    space_id = fields.Many2one(
        related="tariff_id.space_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(related="tariff_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_start = fields.Date(required=True, default=lambda self: self._default_date_start())
    price = fields.Monetary(required=True)
    rank = fields.Integer(
        required=True,
        default=1,
        help="From which seat of the program on this price applies: 1, then 2 for the second "
        "desk...",
    )
    fewer_ranks = fields.Boolean(
        string="Fewer Ranks on Purpose",
        help="The prices before go up to a higher rank: from this date on the seats beyond this"
        " rank pay this price.",
    )
    overage_price = fields.Monetary(help="Price of a day beyond those included.")
    daily_cap = fields.Monetary(help="0: the tariff's own.")
    monthly_cap = fields.Monetary(help="0: the tariff's own.")

    _price_positive = models.Constraint(
        "CHECK (price >= 0 AND overage_price >= 0 AND daily_cap >= 0 AND monthly_cap >= 0)",
        "A price cannot be negative.",
    )
    _rank_positive = models.Constraint("CHECK (rank >= 1)", "The first rank is 1.")
    _date_rank_uniq = models.Constraint(
        "UNIQUE(tariff_id, date_start, rank)",
        "This tariff already has a price of this rank from that day.",
    )

    @api.model
    def _default_date_start(self):
        """For the first price of a tariff; one that comes later has a day of its own."""
        return self.env.context.get("coworking_first_price") and self._get_first_day()

    @api.model
    def _get_first_day(self):
        """The day on which the running program starts, or the first of this month."""
        program = self.env["coworking.program"]._get_running()
        return program.date_start or fields.Date.context_today(self).replace(day=1)

    @api.model
    def _get_portal_fields(self):
        return {"tariff_id", "currency_id", "date_start", "price", "rank", "overage_price"}

    @api.depends("tariff_id.name", "date_start", "price")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            day = format_date(self.env, row.date_start)
            row.display_name = " ".join(filter(None, (row.tariff_id.name, day)))

    @api.constrains("tariff_id", "date_start", "rank", "fewer_ranks")
    def _check_ranks(self):
        self.tariff_id._check_prices()

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_month_not_settled()
        rows.tariff_id._prices_changed()
        return rows

    def write(self, vals):
        amounts = PRICING_INPUTS[self._name]
        if amounts & vals.keys():
            self._check_month_not_settled()
        before = self.tariff_id
        result = super().write(vals)
        (before - self.tariff_id)._check_prices()
        if amounts & vals.keys():
            self.flush_recordset()  # the database refuses in words what nobody can compute with
            self._check_month_not_settled()
            (before | self.tariff_id)._prices_changed()
        return result

    def unlink(self):
        tariffs = self.tariff_id
        result = super().unlink()
        tariffs._check_prices()
        tariffs._prices_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._check_month_not_settled()

    # === BUSINESS METHODS ===#

    def _check_month_not_settled(self):
        """Hook of who settles months: a price may be refused a day."""

    def _to_price(self):
        """This row as ``pricing.Price``."""
        return pricing.Price(
            date_start=self.date_start,
            price=to_decimal(self.price),
            rank=self.rank,
            overage_price=to_decimal_or_none(self.overage_price),
            daily_cap=to_decimal_or_none(self.daily_cap),
            monthly_cap=to_decimal_or_none(self.monthly_cap),
        )
