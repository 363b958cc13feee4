"""A program whose switches are on, and hours that pass."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase, freeze_time

from ..common import JUNE
from ..matching.received import ReceivedCase, facturx


class MomentCase(TransactionCase):
    """Moments that PostgreSQL takes for now as well."""

    @contextmanager
    def _at(self, moment):
        """What is written then is dated so, which Odoo has from PostgreSQL."""
        with (
            freeze_time(moment),
            patch.object(type(self.env.cr), "now", lambda cr: fields.Datetime.now()),
        ):
            yield
            self.env.flush_all()


class PilotCase(MomentCase, ReceivedCase):
    """Camille has a seat at 180.00 in the first space, which the manager answers for."""

    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.company.partner_id.lang = "fr_FR"
        cls._switch("send", "bill", "post")
        cls.seat = cls._new_seat("1/6", "30/6")
        cls.account = cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": cls.operator.id,
                "allow_out_payment": True,
            }
        )

    @classmethod
    def _switch(cls, *steps, program=None):
        """On are these, and no others."""
        for step in ("send", "bill", "post"):
            (program or cls.program).sudo()[f"autopilot_{step}"] = step in steps

    def _pass_hour(self, moment):
        """The scheduled actions of an hour, at a moment in UTC."""
        with freeze_time(moment):
            for cron in ("autopilot", "month_runs"):
                with self.enter_registry_test_mode():
                    self.env.ref(f"coworking_incubation.ir_cron_{cron}").method_direct_trigger()
        self.env.invalidate_all()

    def _runs(self, program=None):
        return self.env["coworking.month.run"].search(
            [("by_program", "=", True), ("line_ids.program_id", "=", (program or self.program).id)],
            order="id",
        )

    def _confirm_by_space(self, statements):
        for statement in statements:
            statement._confirm_lines(partner=self.manager.partner_id, channel="portal")

    def _make_bill(self):
        """:return: the draft bill that the pilot made of June"""
        statement = self._generate(JUNE)
        statement.action_send()
        self._confirm_by_space(statement)
        self._pass_hour("2015-07-03 08:00:00")
        return statement.bill_id

    def _receive_document(self, statement, **values):
        """The space's own bill, as a file that is read."""
        values = {"note": statement.name, "reference": "F-2015-07", **values}
        return self._received(facturx(**values), operator=statement.operator_id)
