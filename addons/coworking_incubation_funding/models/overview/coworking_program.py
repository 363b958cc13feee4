from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding
from ...admission import Wish, hand_out

# What the stay of each person costs in all, of it what that person owes the program: what was and
# what is to come.
STAYS = """
    SELECT charge.program_id, charge.participant_id,
           SUM(CASE program.funding_base WHEN 'untaxed' THEN payable_untaxed
               ELSE payable_total END),
           SUM(CASE copayment_collector WHEN 'program' THEN copayment_amount ELSE 0 END)
      FROM coworking_charge charge
      JOIN coworking_program program ON program.id = charge.program_id
     WHERE charge.program_id = ANY(%s)
  GROUP BY 1, 2
    HAVING SUM(payable_total) > 0
  ORDER BY 3, 4
"""


class CoworkingProgram(models.Model):
    """Whether there is a place, time and money for one person more (F16)."""

    _inherit = "coworking.program"

    stay_cost = fields.Monetary(
        string="Cost of a Stay",
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
        help="What one more person costs until the end of the stay, to tell how many can be"
        " admitted. 0: as the median of the stays of the program.",
    )

    _stay_cost_positive = models.Constraint(
        "CHECK (stay_cost >= 0)", "What a stay costs cannot be negative."
    )

    def _get_admissions(self, places):
        """How many people more these programs can admit, all together: places, and grants that
        several of them draw on, are handed out in turn.

        :param places: how many are free today
        :return: dict program -> ``admission.Admission``; None where what a stay costs is not known
        """
        costs = self._get_stay_costs()
        positions = self.agreement_ids._get_positions()
        today = fields.Date.context_today(self)
        costs_model, wishes = self.env["coworking.cost"], {}
        for program in self:
            stay = program._prepare_stay(costs.get(program), today)
            # in the order in which costs are parted
            agreements = costs_model._get_agreements(program, claimed=False)
            left = [agreement._to_agreement_left(positions) for agreement in agreements]
            if stay:
                wishes[program] = Wish(left, stay, program.date_end)
        return {**dict.fromkeys(self), **hand_out(wishes, places)}

    def _get_stay_costs(self):
        """What was chosen, or the lower median of what stays cost: that of somebody. Of what was
        chosen, people owe the part that they owe of the median.

        :return: dict program -> (amount, of it what the person owes the program), as ``Decimal``
        """
        self.env.flush_all()
        stays = {}
        for program_id, __, *amounts in self.env.execute_query(SQL(STAYS, self.ids)):
            stays.setdefault(program_id, []).append(tuple(map(to_decimal, amounts)))
        result = {}
        for program in self:
            found = stays.get(program.id)
            amount, copayment = found[(len(found) - 1) // 2] if found else (Decimal(0), Decimal(0))
            if program.stay_cost:
                chosen = to_decimal(program.stay_cost)
                part = chosen * copayment / amount if amount else Decimal(0)
                step = to_decimal(program.currency_id.rounding)
                result[program] = (chosen, funding.half_up(part, step))
            elif found:
                result[program] = (amount, copayment)
        return result

    def _prepare_stay(self, amounts, today):
        """As ``funding.Cost``: from today, or from the beginning, paid at its end."""
        self.ensure_one()
        if not amounts:
            return None
        first = max(today, self.date_start)
        last = first + relativedelta(months=self.duration_months, days=-1)
        amount, copayment = amounts
        return funding.Cost(
            key=0,
            item=(0,),
            kind="seats",
            charge_kind="regular",
            amount=amount,
            copayment=copayment,
            date_from=first,
            date_to=last,
            payments=(funding.Payment(last, amount),),
            step=to_decimal(self.currency_id.rounding),
        )
