from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date

from ..billing.coworking_statement import SETTLED_STATES
from ..network.coworking_dashboard import ACCOMPANIST, ACCOUNTANT, COORDINATOR

MONDAY = 0


class DigestDigest(models.Model):
    """Odoo's periodic mail: figures of programs, and what waits for who reads it.

    A digest that tells what waits leaves on the days that matter: when something new waits for the
    reader, and on Mondays as long as something does.
    """

    _inherit = "digest.digest"

    coworking_exceptions = fields.Boolean(
        string="What Waits in Programs",
        help="Each reader gets what waits for them, by their role, and no mail when nothing does.",
    )
    kpi_coworking_entry = fields.Boolean("Entries into Programs")
    kpi_coworking_entry_value = fields.Integer(compute="_compute_kpi_coworking_entry_value")
    kpi_coworking_presence = fields.Boolean("Half-Days of Presence")
    kpi_coworking_presence_value = fields.Integer(compute="_compute_kpi_coworking_presence_value")
    kpi_coworking_bill = fields.Boolean("Bills of the Spaces")
    kpi_coworking_bill_value = fields.Monetary(compute="_compute_kpi_coworking_bill_value")

    # === FIGURES ===#

    @api.model
    def _check_coworking_role(self, *roles):
        if not any(self.env.user.has_group(role) for role in roles):
            raise AccessError(self.env._("This figure is not for the role of who reads it."))

    def _compute_kpi_coworking_entry_value(self):
        self._check_coworking_role(ACCOMPANIST)
        self._calculate_company_based_kpi(
            "coworking.participant", "kpi_coworking_entry_value", date_field="date_entry"
        )

    def _compute_kpi_coworking_presence_value(self):
        self._check_coworking_role(ACCOMPANIST)
        self._calculate_company_based_kpi(
            "coworking.presence",
            "kpi_coworking_presence_value",
            date_field="date",
            additional_domain=Domain("state", "=", "present"),
        )

    def _compute_kpi_coworking_bill_value(self):
        self._check_coworking_role(COORDINATOR, ACCOUNTANT)
        # sudo: coordinators see what is billed month by month, not the bills
        matched = self.env["coworking.match"].sudo()._search([("statement_id", "!=", False)])
        self.sudo()._calculate_company_based_kpi(
            "account.move",
            "kpi_coworking_bill_value",
            date_field="invoice_date",
            additional_domain=Domain("state", "=", "posted")
            & Domain("move_type", "in", ("in_invoice", "in_refund"))
            & (
                Domain("coworking_statement_id", "!=", False)
                | Domain("id", "in", matched.subselect("move_id"))
            ),
            sum_field="amount_total_signed",
        )
        for digest in self:  # Odoo signs what is owed below zero
            digest.kpi_coworking_bill_value = -digest.kpi_coworking_bill_value

    def _compute_kpis_actions(self, company, user):
        return {
            **super()._compute_kpis_actions(company, user),
            "kpi_coworking_entry": "coworking_incubation.coworking_move_action",
            "kpi_coworking_presence": "coworking_incubation.coworking_presence_action",
            "kpi_coworking_bill": "coworking_incubation.coworking_month_line_action",
        }

    # === WHAT WAITS ===#

    def _check_daily_logs(self):
        """What waits is told every day, to those above all who do not connect."""
        others = self.filtered(lambda digest: not digest.coworking_exceptions)
        return super(DigestDigest, others)._check_daily_logs()

    def _action_send_to_user(self, user, tips_count=1, consume_tips=True):
        """Nothing is sent of what waits when nothing new does."""
        self.ensure_one()
        if not self.coworking_exceptions:
            return super()._action_send_to_user(user, tips_count, consume_tips)
        waiting = self._get_coworking_waiting(user)
        # sudo: what was told to somebody is noted by code alone
        user_sudo = user.sudo()
        fresh = set(waiting.ids) - set(user_sudo.coworking_told or [])
        is_monday = fields.Date.context_today(waiting).weekday() == MONDAY
        user_sudo.coworking_told = waiting.ids
        late = is_monday and waiting.filtered_domain(waiting._get_waiting_domain())
        if not (fresh or late):
            return True
        return super()._action_send_to_user(user, tips_count, consume_tips)

    def _format_coworking_today(self):
        """The day of the mail, in the language of its reader."""
        return format_date(self.env, fields.Date.context_today(self), date_format="long")

    @api.model
    def _get_coworking_waiting(self, user):
        """What waits for somebody, in their company and language, most urgent first."""
        return (
            self.env["coworking.exception"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_id.ids, lang=user.lang, tz=user.tz)
            .search(Domain.TRUE)
            if any(user.has_group(role) for role in (ACCOMPANIST, ACCOUNTANT))
            else self.env["coworking.exception"]
        )

    def _compute_tips(self, company, user, tips_count=1, consumed=True):
        """What waits stands where Odoo gives advice."""
        if not self.coworking_exceptions:
            return super()._compute_tips(company, user, tips_count, consumed)
        return [self._prepare_coworking_words(user)]

    def _prepare_coworking_words(self, user):
        """:return: ``Markup`` of a heading and a list of sentences, each a link"""
        waiting = self._get_coworking_waiting(user)
        base = self.get_base_url()
        address = f"{base}/odoo/incubation-to-handle"
        env = waiting.env
        sentences = [(words, address) for words in waiting._get_sentences()]
        answered = self._describe_coworking_answers(env)
        if answered:
            sentences.insert(0, (answered, f"{base}/odoo/incubation-statements"))
        return Markup(
            "<p class='tip_title'>%s</p><ul class='tip_content' style='text-align: left'>%s</ul>"
        ) % (
            env._("What waits for you"),
            Markup().join(
                Markup("<li><a href='%s' style='color: #374151'>%s</a></li>")
                % (link, words[:1].upper() + words[1:])
                for words, link in sentences
            ),
        )

    @api.model
    def _describe_coworking_answers(self, env):
        """How many spaces confirmed the month that is over; nothing, where none was asked."""
        if not any(env.user.has_group(role) for role in (COORDINATOR, ACCOUNTANT)):
            return ""
        month = fields.Date.context_today(self).replace(day=1) - relativedelta(months=1)
        groups = env["coworking.statement"]._read_group(
            [("date_from", "=", month), ("state", "not in", ("draft", "cancelled"))],
            ["space_id"],
            ["state:array_agg_distinct"],
        )
        asked = len(groups)
        if not asked:
            return ""
        done = sum(set(SETTLED_STATES).issuperset(states) for __, states in groups)
        values = {
            "month": format_date(env, month, date_format="MMMM y"),
            "done": done,
            "asked": asked,
        }
        if done == 1:
            return env._("%(month)s: %(done)s of %(asked)s spaces has confirmed", **values)
        return env._("%(month)s: %(done)s of %(asked)s spaces have confirmed", **values)
