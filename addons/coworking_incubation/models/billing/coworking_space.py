from itertools import accumulate

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, plaintext2html

from ...tools import filter_known
from ..seat.coworking_seat import HOLDING_STATES
from .coworking_statement import OPEN_STATES


class CoworkingSpace(models.Model):
    _inherit = "coworking.space"
    # Spaces that are done in one transaction; so few that a dialog does them at once.
    _spaces_at_once = 10
    # Of few seats each, more are: a seat of fifty such spaces takes a third less than one of ten.
    # As many as have so many seats.
    _seats_at_once = 250
    _small_spaces_at_once = 50

    statement_count = fields.Integer(compute="_compute_statement_count")

    def _compute_statement_count(self):
        # sudo: how many there are; accompanists do not read the statements themselves
        counts = dict(
            self.env["coworking.statement"]
            .sudo()
            ._read_group([("space_id", "in", self.ids)], ["space_id"], ["__count"])
        )
        for space in self:
            space.statement_count = counts.get(space, 0)

    def _lock_for_generation(self):
        """Take these spaces for this transaction: those that another one holds are left out.

        Two processes may generate months at the same time. The rows are locked with SKIP LOCKED,
        so that each works on what the other does not hold (others may still write records that
        refer to them); and they are really updated, because
        under Odoo's REPEATABLE READ a lock alone lets the second process go on with what it saw
        before the first one finished. The update makes it fail with a serialization error,
        which Odoo answers by starting the call again.

        :return: the spaces taken
        """
        claimed = self.try_lock_for_update(allow_referencing=True)
        if claimed:
            self.env.cr.execute(
                "UPDATE coworking_space SET lock_version = lock_version + 1 WHERE id IN %s",
                [tuple(claimed.ids)],
            )
            claimed.invalidate_recordset(["lock_version"])
        return claimed

    def _count_at_once(self, month):
        """How many of these, in their order, are done in one transaction, by the seats that a month
        may charge there.
        """
        spaces = self[: self._small_spaces_at_once]
        if len(spaces) <= self._spaces_at_once:
            return len(spaces)
        statements = self.env["coworking.statement"]
        seats = self.env["coworking.seat"].with_context(active_test=False)
        counts = dict(
            seats._read_group(
                statements._get_charged_in_domain(month) & Domain("space_id", "in", spaces.ids),
                ["space_id"],
                ["__count"],
            )
        )
        together = accumulate(counts.get(space, 0) for space in spaces)
        return max(self._spaces_at_once, sum(count <= self._seats_at_once for count in together))

    @api.model
    def _get_run_by(self, partners):
        """Spaces that these operators bill for, or billed for in some month; closed ones included.

        :param partners: ``res.partner`` of operators, or of people of theirs
        :return: dict commercial partner -> spaces
        """
        commercial = self._filter_operators(partners.commercial_partner_id)
        if not commercial:
            return {}
        by_operator = [("operator_id.commercial_partner_id", "in", commercial.ids)]
        spaces = self.with_context(active_test=False).search(by_operator).with_env(self.env)
        result = dict(spaces.grouped(lambda space: space.operator_id.commercial_partner_id))
        # sudo: who billed a space is no more than who bills it
        statements = self.env["coworking.statement"].sudo()
        for operator, billed in statements._read_group(
            by_operator, ["operator_id"], ["space_id:recordset"]
        ):
            company = operator.with_env(self.env).commercial_partner_id
            result[company] = result.get(company, self.browse()) | billed.with_env(self.env)
        return result

    @api.model
    def _filter_operators(self, commercial):
        """Those of these commercial partners of whom a company or a branch runs a space or billed a
        month. Asked of every bill of the database: of a stranger's without a query.
        """
        commercial = filter_known(commercial)
        if not commercial.ids:
            return commercial.browse()
        # Of EXISTS, PostgreSQL would plan another way too: to read all spaces, and all statements.
        operators = self.env["res.partner"]._fields["commercial_partner_id"]
        running, billing = (
            self.env[model]._fields["operator_id"] for model in (self._name, "coworking.statement")
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT %(commercial)s FROM res_partner operator
                    WHERE operator.commercial_partner_id = ANY(%(ids)s)
                      AND COALESCE((SELECT %(runs)s FROM coworking_space
                                     WHERE %(runs)s = operator.id LIMIT 1),
                                   (SELECT %(bills)s FROM coworking_statement
                                     WHERE %(bills)s = operator.id LIMIT 1)) IS NOT NULL""",
                commercial=SQL.identifier("operator", "commercial_partner_id", to_flush=operators),
                ids=commercial.ids,
                runs=SQL.identifier("coworking_space", "operator_id", to_flush=running),
                bills=SQL.identifier("coworking_statement", "operator_id", to_flush=billing),
            )
        )
        return commercial.browse(partner_id for (partner_id,) in rows)

    def _mark_statements_outdated(self):
        """The prices of these spaces changed: their open statements are to be computed again."""
        # sudo: whoever writes a price need not be allowed to read statements
        statements = self.env["coworking.statement"].sudo()
        statements.search(
            [("space_id", "in", self.ids), ("state", "in", OPEN_STATES)]
        )._mark_outdated()

    def _prices_changed(self):
        """What open months and the months to come cost here is computed again."""
        # sudo: whoever writes a price need not be allowed to read what seats cost
        spaces = self.sudo()
        spaces._mark_statements_outdated()
        seats = spaces.env["coworking.seat"].with_context(active_test=False)
        seats.search(
            Domain("space_id", "in", spaces.ids) & Domain("state", "in", HOLDING_STATES)
        )._recheck_elsewhere()
        return super()._prices_changed()

    def _report_problem(self, program, month, problem):
        """Tell the program's coordinator that a month of this space could not be generated."""
        self.ensure_one()
        summary = self.env._(
            "%(month)s cannot be generated",
            month=format_date(self.env, month, date_format="MMMM y").capitalize(),
        )
        if self.activity_ids.filtered(lambda activity: activity.summary == summary):
            return
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            note=plaintext2html(problem),
            user_id=program._get_responsible().id,
        )

    def _get_what_goes_on(self):
        statements = self.env["coworking.statement"]
        statements = statements.search([("space_id", "=", self.id), ("state", "in", OPEN_STATES)])
        if not statements:
            return super()._get_what_goes_on()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_action"
        )
        action |= {"domain": [("id", "in", statements.ids)], "context": {}}
        words = self.env._("statements still open: %s", ", ".join(statements.mapped("name")))
        return [*super()._get_what_goes_on(), (words, action, self.env._("See the statements"))]

    # === MANAGERS ===#

    def _operator_changed(self):
        """Who bills changes open months and those to come, its tax with it; not settled ones."""
        # sudo: whoever writes down an operator need not be allowed to read statements
        self.env["coworking.statement"].sudo().flush_model(["operator_id"])
        return super()._operator_changed()

    # === ACTION METHODS ===#

    def action_open_statements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_action"
        )
        action["context"] = {"search_default_space_id": self.id}
        return action
