from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

EXIT_DAYS = 30
PROOF_DAYS = 30


class CoworkingParticipant(models.Model):
    """What an accompanist has to look at, derived from facts: nobody types it."""

    _inherit = "coworking.participant"

    todo_review = fields.Boolean(
        string="Review Due", compute="_compute_todo", search="_search_todo_review"
    )
    todo_exit = fields.Boolean(
        string="Leaves Soon", compute="_compute_todo", search="_search_todo_exit"
    )
    todo_proof = fields.Boolean(
        string="Proof Expires", compute="_compute_todo", search="_search_todo_proof"
    )
    todo_call = fields.Boolean(
        string="To Call", compute="_compute_todo", search="_search_todo_call"
    )
    todo_any = fields.Boolean(string="To Do", compute="_compute_todo", search="_search_todo_any")
    todo_label = fields.Char(string="Why", compute="_compute_todo")
    todo_reason = fields.Selection(
        [
            ("is_late", "The planned exit is past"),
            ("todo_review", "Review due"),
            ("todo_exit", "Leaves soon"),
            ("todo_proof", "A proof expires"),
            ("is_ready", "Ready to move on"),
            ("is_rotting", "Nothing happened for long"),
            ("todo_call", "To call"),
        ],
        string="Most Urgent",
        compute="_compute_todo",
        help="The first of the reasons to look at this file: the queue is in their order.",
    )

    @api.model
    def _get_open_domain(self):
        """Files in progress, by their phases: an index finds these few among all that ever were."""
        phases = self._fields["phase"].get_values(self.env)
        return Domain("phase", "in", [phase for phase in phases if phase != "closed"]) & Domain(
            "active", "=", True
        )

    @api.model
    def _get_todo_domains(self):
        """Each reason to look at a file, as a domain: the one definition of the queue."""
        open_file = self._get_open_domain()
        incubated = open_file & Domain("phase", "=", "incubation")
        planned_review = Domain("state", "=", "planned") & Domain("date", "<=", "today")
        # any!: whoever reads a file may know whether its reviews and proofs are due
        return {
            "todo_review": open_file & Domain("review_ids", "any!", planned_review),
            "todo_exit": incubated
            & Domain("date_exit", "=", False)
            & Domain("date_exit_planned", "!=", False)
            & Domain("date_exit_planned", "<=", f"today +{EXIT_DAYS}d"),
            "todo_proof": open_file
            & Domain("phase", "!=", "followup")
            & Domain("proof_ids", "any!", Domain("date_expiry", "<=", f"today +{PROOF_DAYS}d")),
            "todo_call": open_file
            & Domain("partner_id.email", "=", False)
            & Domain("phase", "in", ("recruitment", "selection", "incubation")),
        }

    @api.model
    def _get_todo_reason_domains(self, with_ready=True):
        """The same with those that other fields tell: everything that puts a file in the queue.

        :param with_ready: whether to look through all files for those that are ready to move on
        """
        domains = self._get_todo_domains()
        domains |= {
            "is_late": domains["todo_exit"] & Domain("date_exit_planned", "<", "today"),
            "is_rotting": self._get_stale_domain(),
        }
        if with_ready:
            # of files in progress, or all that ever were would be looked at to order a few
            domains["is_ready"] = self._get_open_domain() & self._get_ready_domain(asked=True)
        return domains

    @api.model
    def _get_stale_domain(self):
        """Files in progress of which Odoo says ``is_rotting``, whose search lists the ids of all
        of them first.
        """
        now = self.env.cr.now()
        # sudo: the same setting, by default the same number, as Odoo's search
        settings = self.env["ir.config_parameter"].sudo()
        months = int(settings.get_param("crm.lead.rot.max.months", default=12))
        stages = self.env["coworking.stage"].with_context(active_test=False)
        stages = stages.search([("rotting_threshold_days", "!=", 0)])
        return (
            self._get_open_domain()
            & Domain("date_last_stage_update", ">", now - relativedelta(months=months))
            & Domain.OR(
                Domain("stage_id", "in", alike.ids)
                & Domain("date_last_stage_update", "<=", now - timedelta(days=days))
                for days, alike in stages.grouped("rotting_threshold_days").items()
            )
        )

    def _get_todo_labels(self):
        """Each reason in words, the most urgent first."""
        return {
            "is_late": self.env._("the planned exit is past"),
            "todo_review": self.env._("review due"),
            "todo_exit": self.env._("leaves within %s days", EXIT_DAYS),
            "todo_proof": self.env._("a proof expires"),
            "is_ready": self.env._("ready to move on"),
            "is_rotting": self.env._("nothing happened for long"),
            "todo_call": self.env._("no e-mail: call"),
        }

    @api.depends(
        "stage_id",
        "date_exit",
        "date_exit_planned",
        "review_ids.state",
        "proof_ids.date_expiry",
    )
    def _compute_todo(self):
        """Evaluated by the domains of the searches, so that the list and its filters never
        differ.
        """
        flags = self._get_todo_domains()
        # who is ready is computed with the readiness of the card
        domains = self._get_todo_reason_domains(with_ready=False)
        among = Domain("id", "in", self.ids)
        found = self._find_each({name: among & domain for name, domain in domains.items()})
        labels = self._get_todo_labels()
        for file in self:
            for name in flags:
                file[name] = file.id in found[name]
            # nothing was asked for, or nothing is to be done: no reason to look
            ready = (
                file.is_ready and file.readiness_total and file.phase != "closed" and file.active
            )
            reasons = [
                name for name in labels if (ready if name == "is_ready" else file.id in found[name])
            ]
            if "is_late" in reasons:
                reasons.remove("todo_exit")
            file.todo_any = bool(reasons)
            file.todo_reason = reasons[0] if reasons else False
            file.todo_label = ", ".join(labels[name] for name in reasons)

    @api.model
    def _find_each(self, domains):
        """The files that each domain finds, in one query.

        :param domains: dict of any keys -> domains
        :return: dict of the same keys -> set of ids
        """
        found = {key: set() for key in domains}
        queries = [
            SQL(
                "(%s)",
                self._search(domain).select(SQL("%s", number), SQL.identifier(self._table, "id")),
            )
            for number, domain in enumerate(domains.values())
        ]
        keys = list(domains)
        if queries:
            for number, file_id in self.env.execute_query(SQL(" UNION ALL ").join(queries)):
                found[keys[number]].add(file_id)
        return found

    def _search_flag(self, name, operator, value):
        return self._get_todo_domains()[name] if operator == "in" else NotImplemented

    def _search_todo_review(self, operator, value):
        return self._search_flag("todo_review", operator, value)

    def _search_todo_exit(self, operator, value):
        return self._search_flag("todo_exit", operator, value)

    def _search_todo_proof(self, operator, value):
        return self._search_flag("todo_proof", operator, value)

    def _search_todo_call(self, operator, value):
        return self._search_flag("todo_call", operator, value)

    def _search_todo_any(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._expect_lookups()
        # each reason is one of files in progress: said once, these alone are read
        return self._get_open_domain() & Domain.OR(self._get_todo_reason_domains().values())

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """The queue in the order of its reasons, by their own domains."""
        if field_name != "todo_reason":
            return super()._order_field_to_sql(alias, field_name, direction, nulls, query)
        domains = self._get_todo_reason_domains(with_ready=False)
        domains["is_ready"] = self._get_open_domain() & Domain.OR(self._get_ready_rules(asked=True))
        # Asked of each file that is found, or for each reason all files in progress would be read.
        # sudo: which files are there is for the query that is ordered to say
        files = self.env[self._name].sudo().with_context(active_test=False)
        ranks = SQL(" ").join(
            SQL(
                "WHEN %s THEN %s",
                domains[name].optimize_full(files)._to_sql(files, alias, query),
                rank,
            )
            for rank, name in enumerate(self._get_todo_labels())
        )
        return SQL("CASE %s END %s %s", ranks, direction, nulls)

    # === ACTION METHODS ===#

    def action_todo(self):
        """The one step that the most urgent reason asks for."""
        self.ensure_one()
        return self._get_todo_action(self.todo_reason)

    def _get_todo_action(self, reason):
        """What the button of the queue does for a reason; where nothing is said, open the file."""
        if reason == "todo_review":
            due = self.review_ids.filtered(
                lambda review: (
                    review.state == "planned" and review.date <= fields.Date.context_today(self)
                )
            ).sorted("date")[:1]
            return due._get_records_action()
        if reason in ("is_ready", "is_late") and self.next_stage_id:
            return self._action_move_to(self.next_stage_id)
        if reason == "todo_call" and self.phone:
            return {"type": "ir.actions.act_url", "url": f"tel:{self.phone}", "target": "self"}
        return self._get_records_action()
