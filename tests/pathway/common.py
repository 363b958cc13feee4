"""What the tests of the pathway share: the default stages, and files at any of them."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user

from ..common import ACCOMPANIST, CoworkingCase

STAGES = (
    "orientation",
    "info_session",
    "application",
    "diagnostic",
    "selection",
    "space_choice",
    "hosting",
    "incubation",
    "final_review",
    "exit",
    "followup",
    "closed",
)


@freeze_time("2015-06-15 09:00:00")
class PathwayCase(CoworkingCase):
    """15 June 2015, in the programme of 2015; ``colleague`` is the other accompanist of it."""

    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.colleague = new_test_user(
            cls.env, login="t_colleague", groups=ACCOMPANIST, company_id=cls.company.id
        )
        cls.program.accompanist_ids |= cls.colleague
        cls.stages = {
            name: cls.env.ref(f"coworking_incubation.coworking_stage_{name}") for name in STAGES
        }
        reason = cls.env["coworking.exit.reason"]
        cls.exit_reasons = {
            category: reason.create({"name": f"Left: {category}", "category": category})
            for category in ("durable", "transition", "positive", "other", "withdrawn")
        }
        cls.refusal_reason = cls.env["coworking.refusal.reason"].create({"name": "No project"})

    @classmethod
    def _at(cls, stage, name="Camille", **values):
        """A file of the accompanist at a stage, as a coordinator takes a running programme over."""
        values = {"stage_id": cls.stages[stage].id, "move_reason": "Take-over", **values}
        if stage in ("exit", "followup"):
            values.setdefault("exit_reason_id", cls.exit_reasons["other"].id)
            values.setdefault("date_exit", "2015-06-15")
        return cls._new_participant(name, **values)

    @classmethod
    def _own_stages(cls, *names, program=None, **values):
        """Stages of the programme alone, each going to the next one only."""
        stages = cls.env["coworking.stage"].create(
            [
                {
                    "name": name,
                    "sequence": 1000 + rank,
                    "phase": "recruitment",
                    "program_ids": [Command.set((program or cls.program).ids)],
                    **values,
                }
                for rank, name in enumerate(names)
            ]
        )
        for stage, following in zip(stages[:-1], stages[1:], strict=True):
            stage.next_stage_ids = following
        return stages

    @classmethod
    def _require(cls, stage, name, domain, **values):
        return cls.env["coworking.requirement"].create(
            {"stage_id": stage.id, "name": name, "domain": str(domain), **values}
        )

    @classmethod
    def _with_mail(cls, record):
        """The record as users have it: changes are tracked and mails are made."""
        return record.with_context(
            tracking_disable=False,
            mail_notrack=False,
            mail_create_nolog=False,
            mail_create_nosubscribe=False,
        )

    @classmethod
    def _review(cls, participant, kind="monthly", ratings="3", **values):
        """A review that was held, with the same rating everywhere."""
        review = cls.env["coworking.review"].create(
            {"participant_id": participant.id, "kind": kind, **values}
        )
        review.line_ids.rating = ratings
        review.action_done()
        return review

    def _ready_for_incubation(self, participant):
        """Everything that the default pathway asks for before the entry."""
        self._new_seat("15/6", None, participant)
        participant.document_ids.filtered("mandatory").state = "seen"
        self.env["coworking.objective"].create(
            {"participant_id": participant.id, "name": "Find three clients"}
        )

    def _leave(self, participant, category="durable", **values):
        participant.write(
            {
                "stage_id": self.stages["exit"].id,
                "exit_reason_id": self.exit_reasons[category].id,
                **values,
            }
        )

    def _last_move(self, participant):
        return self.env["coworking.move"].search([("participant_id", "=", participant.id)], limit=1)

    def _again(self, record):
        """As read anew, from the database."""
        self.env.flush_all()
        self.env.invalidate_all()
        return record

    def _passes(self, attempt):
        """Whether it is allowed; nothing of it stays."""
        self.env.flush_all()
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint() as savepoint:
                attempt()
                self.env.flush_all()
                savepoint.rollback()
        except AccessError:
            return False
        finally:
            self.env.invalidate_all()
        return True
