"""The fields that a manager reads, one by one, on every path of the ORM."""

from odoo.exceptions import AccessError, UserError

from ..common import CoworkingCase

# Reviewed by hand: nothing about who the person is, what is funded, or other spaces.
OPEN_FIELDS = {
    "coworking.space": {"name", "code", "state", "seat_capacity", "currency_id"},
    "coworking.tariff": {
        "name",
        "sequence",
        "space_id",
        "currency_id",
        "unit",
        "tax_included",
        "seat_type",
        "price_summary",
    },
    "coworking.tariff.price": {
        "tariff_id",
        "currency_id",
        "date_start",
        "price",
        "rank",
        "overage_price",
    },
    "coworking.seat": {
        "name",
        "space_id",
        "tariff_id",
        "currency_id",
        "date_start",
        "date_end",
        "state",
        "occupant_name",
        "price_summary",
    },
    "coworking.charge": {
        "seat_id",
        "space_id",
        "statement_id",
        "currency_id",
        "occupant_name",
        "period",
        "kind",
        "date_from",
        "date_to",
        "quantity",
        "payable_untaxed",
        "payable_tax",
        "payable_total",
        "review",
        "dispute_reason",
        "explanation",
    },
    "coworking.statement": {
        "name",
        "space_id",
        "operator_id",
        "currency_id",
        "date_from",
        "state",
        "charge_ids",
        "charge_count",
        "payable_untaxed",
        "payable_tax",
        "payable_total",
        "changed_since_sent",
        "dispute_reason",
        "confirmed_at",
    },
}
ALWAYS = {"id", "display_name"}
# Odoo does not check the field itself where a search method answers. These tell nothing but whether
# there is a message that one may read, or an activity.
HARMLESS = {"has_message", "message_is_follower", "activity_state"}


class TestPortalFields(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0
        cls.seat = cls._new_seat("1/6", "30/6", "Zénobie Unmistakable", occupant_name="Z.")
        cls.statement = cls._generate()
        cls.statement.action_send()
        cls.records = {
            "coworking.space": cls.space,
            "coworking.tariff": cls.tariff,
            "coworking.tariff.price": cls.tariff.price_ids,
            "coworking.seat": cls.seat,
            "coworking.charge": cls.statement.charge_ids,
            "coworking.statement": cls.statement,
        }
        cls.records = {
            model: records.with_user(cls.manager).with_context(lang="en_US")
            for model, records in cls.records.items()
        }

    def _closed(self, model):
        return [
            (name, field)
            for name, field in self.env[model]._fields.items()
            if name not in OPEN_FIELDS[model] | ALWAYS | {"active"}
        ]

    def test_the_list_is_the_reviewed_one(self):
        for model, names in OPEN_FIELDS.items():
            self.assertEqual(self.env[model]._get_portal_fields(), names, model)

    def test_open_fields_are_read(self):
        for model, names in OPEN_FIELDS.items():
            with self.subTest(model=model):
                self.assertTrue(self.records[model].read(sorted(names | ALWAYS)))
                self.records[model].web_read({name: {} for name in names})

    def test_what_is_read_by_default_is_what_is_open(self):
        for model, names in OPEN_FIELDS.items():
            with self.subTest(model=model):
                shown = names | ALWAYS | {"active"}
                self.assertLessEqual(set(self.records[model].read()[0]), shown)
                self.assertLessEqual(set(self.records[model].fields_get()), shown)

    def test_closed_fields_are_not_read(self):
        for model, records in self.records.items():
            for name, _field in self._closed(model):
                for path, act in {
                    "read": lambda records=records, name=name: records.read([name]),
                    "attribute": lambda records=records, name=name: records[name],
                }.items():
                    with (
                        self.subTest(model=model, field=name, path=path),
                        self.assertRaises(AccessError),
                    ):
                        act()

    def test_nothing_at_all_is_exported(self):
        for model, records in self.records.items():
            with self.subTest(model=model), self.assertRaises(UserError):
                records.export_data(["id"])

    def test_closed_fields_are_not_guessed_by_a_search(self):
        for model, records in self.records.items():
            for name, field in self._closed(model):
                if field._description_searchable and name not in HARMLESS:
                    with self.subTest(model=model, field=name), self.assertRaises(AccessError):
                        records.search(self._guess(field))

    def test_closed_fields_are_not_guessed_by_an_order(self):
        for model, records in self.records.items():
            for name, field in self._closed(model):
                if field.store and field.column_type:
                    with self.subTest(model=model, field=name), self.assertRaises(AccessError):
                        records.search([], order=name)

    def test_closed_fields_are_not_grouped_or_summed(self):
        for model, records in self.records.items():
            for name, field in self._closed(model):
                if field.store and field.column_type:
                    with self.subTest(model=model, field=name):
                        if field._description_groupable:
                            with self.assertRaises(AccessError):
                                records.formatted_read_group([], [name], ["__count"])
                        if field.aggregator:
                            with self.assertRaises(AccessError):
                                records.formatted_read_group([], [], [f"{name}:{field.aggregator}"])

    def test_nothing_is_reached_through_an_open_relation(self):
        charge, seat = self.records["coworking.charge"], self.records["coworking.seat"]
        statement = self.records["coworking.statement"]
        for records, path in (
            (charge, "seat_id.participant_id"),
            (charge, "seat_id.participant_id.partner_id.name"),
            (charge, "seat_id.partner_id.email"),
            (charge, "seat_id.funding_rate"),
            (charge, "statement_id.funded_amount"),
            (charge, "space_id.manager_ids.email"),
            (seat, "tariff_id.product_id.standard_price"),
            (seat, "space_id.partner_id.email"),
            (statement, "charge_ids.funded_amount"),
            (statement, "charge_ids.seat_id.participant_id.project"),
        ):
            with self.subTest(path=path), self.assertRaises(AccessError):
                records.search([(path, "=", 1)])
        for records, spec in (
            (charge, {"seat_id": {"fields": {"participant_id": {}}}}),
            (charge, {"seat_id": {"fields": {"funding_rate": {}}}}),
            (statement, {"charge_ids": {"fields": {"funded_amount": {}}}}),
            (seat, {"space_id": {"fields": {"manager_ids": {}}}}),
        ):
            with self.subTest(spec=spec), self.assertRaises(AccessError):
                records.web_read(spec)

    def test_the_person_is_the_name_that_staff_chose(self):
        for model, names in OPEN_FIELDS.items():
            shown = str(self.records[model].read(sorted(names | ALWAYS)))
            with self.subTest(model=model):
                self.assertNotIn("Zénobie", shown)
                self.assertNotIn("Unmistakable", shown)
        self.assertEqual(self.records["coworking.charge"].occupant_name, "Z.")

    def test_messages_tell_no_more_than_the_fields(self):
        """Tracking, notes and activities are for staff."""
        tracked = self.seat.with_context(
            tracking_disable=False, mail_notrack=False, mail_create_nolog=False
        )
        tracked.funding_rate = 55.0
        tracked.participant_id = self._new_participant("Unmistakable")
        tracked.message_post(body="Unmistakable is ill", subtype_xmlid="mail.mt_note")
        tracked.activity_schedule("mail.mail_activity_data_todo", note="Unmistakable")
        self.statement.message_post(body="Unmistakable again", subtype_xmlid="mail.mt_note")
        self.flush_tracking()
        messages = (tracked | tracked).message_ids | self.statement.message_ids
        self.assertTrue(messages.tracking_value_ids)
        found = (
            self.env["mail.message"].with_user(self.manager).search([("id", "in", messages.ids)])
        )
        self.assertFalse(found)
        for model in ("mail.tracking.value", "mail.activity"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.manager).search([]).read()

    def test_nothing_is_planned_for_staff_but_by_the_pages(self):
        """What these plan by themselves is made as the system: see ``mail.activity``."""
        seat = {
            "res_model_id": self.env["ir.model"]._get_id("coworking.seat"),
            "res_id": self.seat.id,
        }
        with self.assertRaises(AccessError):
            self.env["mail.activity"].with_user(self.manager).create({**seat, "summary": "Call me"})

    def test_what_staff_write_to_each_other_is_theirs_alone(self):
        """A comment, unlike a note, is not internal: the record must close it."""
        for record in (self.seat, self.statement, self.space):
            with self.subTest(model=record._name):
                theirs = record.with_user(self.coordinator).message_post(
                    body="Unmistakable is ill", subtype_xmlid="mail.mt_comment"
                )
                Message = self.env["mail.message"].with_user(self.manager)
                self.assertFalse(Message.search([("id", "=", theirs.id)]))
                with self.assertRaises(AccessError):
                    Message.browse(theirs.id).read(["body"])

    def test_a_message_to_the_manager_is_read(self):
        for record in (self.seat, self.statement, self.space):
            with self.subTest(model=record._name):
                message = record.with_user(self.coordinator).message_post(
                    body="See you on Monday",
                    subtype_xmlid="mail.mt_comment",
                    partner_ids=self.manager.partner_id.ids,
                )
                Message = self.env["mail.message"].with_user(self.manager)
                self.assertIn("Monday", Message.browse(message.id).body)

    def test_fields_added_to_bills_and_contacts_are_for_staff(self):
        for model in ("account.move", "account.move.line", "res.partner"):
            ours = [
                name
                for name, field in self.env[model]._fields.items()
                if name.startswith("coworking_")
            ]
            self.assertTrue(ours)
            readable = self.env[model].with_user(self.manager).fields_get(ours)
            with self.subTest(model=model):
                # what runs a space or was made from something of ours: no secret
                self.assertLessEqual(readable.keys(), {"coworking_known"})

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_the_public_reads_nothing(self):
        public = self.env.ref("base.public_user")
        for model, records in self.records.items():
            with self.subTest(model=model), self.assertRaises(AccessError):
                records.with_user(public).read(["display_name"])
