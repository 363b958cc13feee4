"""What follows from other facts is typed on no way: Odoo keeps it read-only on screens alone."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.coworking_incubation.models.base.coworking_record_mixin import is_computed

from ..common import CoworkingCase


@tagged("post_install", "-at_install")
class TestComputedFacts(CoworkingCase):
    def test_nobody_writes_them_on_any_model_of_ours(self):
        seen = 0
        for model in self.env.values():
            if model._abstract or not model._name.startswith("coworking."):
                continue
            for field in filter(is_computed, model._fields.values()):
                seen += 1
                with (
                    self.subTest(model=model._name, field=field.name),
                    self.assertRaisesRegex(AccessError, "computed from other facts"),
                ):
                    model.with_user(self.coordinator).browse().write({field.name: False})
        self.assertGreater(seen, 100)

    def test_whose_program_a_seat_is_and_what_a_gap_is_stay(self):
        seat = self._new_seat("1/6", "30/6")
        other = self._new_program("Other", "OTH")
        with self.assertRaises(AccessError):
            seat.with_user(self.coordinator).write({"program_id": other.id})
        self.assertEqual(seat.program_id, self.program)
        values = {"seat_id": seat.id, "date": "2015-06-02", "slot": "am", "state": "present"}
        presences = self.env["coworking.presence"].with_user(self.coordinator)
        with self.assertRaises(AccessError):
            presences.create({**values, "program_id": other.id})
        presence = presences.with_context(default_program_id=other.id).create(values)
        self.assertEqual(presence.program_id, self.program)
        with self.assertRaises(AccessError):
            self.env["coworking.match"].with_user(self.accountant).browse().write({"gap": 0.0})
