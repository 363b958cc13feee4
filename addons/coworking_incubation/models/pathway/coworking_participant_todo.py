from odoo import api, fields, models
from odoo.fields import Domain

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

    @api.model
    def _get_todo_domains(self):
        """Each reason to look at a file, as a domain: the one definition of the queue."""
        open_file = Domain("phase", "not in", ("closed",)) & Domain("active", "=", True)
        incubated = Domain("phase", "=", "incubation")
        planned_review = Domain("state", "=", "planned") & Domain("date", "<=", "today")
        return {
            "todo_review": open_file & Domain("review_ids", "any", planned_review),
            "todo_exit": incubated
            & Domain("date_exit", "=", False)
            & Domain("date_exit_planned", "!=", False)
            & Domain("date_exit_planned", "<=", f"today +{EXIT_DAYS}d"),
            "todo_proof": open_file
            & Domain("phase", "!=", "followup")
            & Domain(
                "proof_ids",
                "any",
                Domain("date_expiry", "<=", f"today +{PROOF_DAYS}d"),
            ),
            "todo_call": open_file
            & Domain("partner_id.email", "=", False)
            & Domain("phase", "in", ("recruitment", "selection", "incubation")),
        }

    def _get_todo_labels(self):
        return {
            "is_ready": self.env._("ready to move on"),
            "todo_review": self.env._("review due"),
            "todo_exit": self.env._("leaves within %s days", EXIT_DAYS),
            "todo_proof": self.env._("a proof expires"),
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
        files = self.env[self._name]
        domains = self._get_todo_domains()
        found = {
            name: set(files.search(Domain("id", "in", self.ids) & domain).ids)
            for name, domain in {
                **domains,
                "is_rotting": Domain("is_rotting", "=", True),
            }.items()
        }
        labels = self._get_todo_labels()
        for file in self:
            reasons = []
            for name in domains:
                file[name] = file.id in found[name]
            for name, label in labels.items():
                if name == "is_ready":
                    # nothing was asked for, or nothing is to be done: no reason to look
                    ready = file.is_ready and file.readiness_total and file.phase != "closed"
                else:
                    ready = file.id in found[name]
                if ready:
                    reasons.append(label)
            file.todo_any = bool(reasons)
            file.todo_label = ", ".join(reasons)

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
        return Domain.OR(
            [
                *self._get_todo_domains().values(),
                self._get_ready_domain(asked=True) & Domain("phase", "!=", "closed"),
                Domain("is_rotting", "=", True),
            ]
        )
