"""Health and social data: for who has the group, and for nobody else on any path."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..common import ACCOUNTANT, COORDINATOR, SENSITIVE, CoworkingCase

# Value of each field, as it might be read, guessed or exported.
FIELDS = {
    "birth_date": "1990-05-04",
    "gender": "female",
    "labour_status": "unemployed",
    "unemployment_duration": "03",
    "education_level": "isced_3_4",
    "allowance": "rsa",
    "priority_district": "yes",
    "disability": "yes",
    "situation_note": "Unmistakable note",
}


class TestSensitiveFields(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._new_participant("Camille", **FIELDS)
        cls.seat = cls._new_seat("1/6", "30/6", cls.person)
        cls._generate()
        cls.outsiders = {
            "accompanist": cls.accompanist,
            "coordinator": cls.coordinator,
            "accountant": cls.accountant,
            "coordinator and accountant": new_test_user(
                cls.env,
                login="t_chief",
                groups=f"{COORDINATOR},{ACCOUNTANT}",
                company_id=cls.company.id,
            ),
        }
        for user in cls.outsiders.values():
            user.group_ids |= cls.env.ref("base.group_allow_export")

    def test_the_list_is_complete(self):
        """Every field with the group, and no other one that looks like it."""
        found = {
            name
            for name, field in self.env["coworking.participant"]._fields.items()
            if field.groups and SENSITIVE in field.groups
        }
        self.assertEqual(found, set(FIELDS))

    def test_no_group_besides_opens_them(self):
        for name in FIELDS:
            self.assertEqual(self.env["coworking.participant"]._fields[name].groups, SENSITIVE)

    def test_who_has_the_group_reads_and_writes_them(self):
        self.person.user_id = self.sensitive
        person = self.person.with_user(self.sensitive)
        read = person.read(list(FIELDS))[0]
        self.assertEqual(read["situation_note"], "Unmistakable note")
        person.write({"disability": "no"})
        self.assertTrue(person.search([("disability", "=", "no")]))

    def test_the_group_alone_opens_no_file(self):
        user = new_test_user(
            self.env,
            login="t_alone",
            groups=f"base.group_user,{SENSITIVE}",
            company_id=self.company.id,
        )
        with self.assertRaises(AccessError):
            self.person.with_user(user).read(["disability"])

    def _paths(self, person, seat, name):
        value = FIELDS[name]
        Participant, Seat = person.browse(), seat.browse()
        return {
            "read": lambda: person.read([name]),
            "attribute": lambda: person[name],
            "mapped": lambda: person.mapped(name),
            "web_read": lambda: person.web_read({name: {}}),
            "web_read nested": lambda: seat.web_read({"participant_id": {"fields": {name: {}}}}),
            "web_search_read": lambda: Participant.web_search_read([], {name: {}}),
            "search": lambda: Participant.search([(name, "=", value)]),
            "search from a seat": lambda: Seat.search([("participant_id." + name, "=", value)]),
            "search any": lambda: Seat.search([("participant_id", "any", [(name, "=", value)])]),
            "search_count": lambda: Participant.search_count([(name, "=", value)]),
            "name_search": lambda: Participant.name_search("", [(name, "=", value)]),
            "filtered_domain": lambda: person.filtered_domain([(name, "=", value)]),
            "order": lambda: Participant.search([], order=name),
            "order from a seat": lambda: Seat.search([], order="participant_id." + name),
            "group": lambda: Participant.formatted_read_group([], [name], ["__count"]),
            "group from a seat": lambda: Seat.formatted_read_group(
                [], ["participant_id." + name], ["__count"]
            ),
            "aggregate": lambda: Participant.formatted_read_group(
                [], [], [name + ":count_distinct"]
            ),
            "export": lambda: person.export_data([name]),
            "export from a seat": lambda: seat.export_data(["participant_id/" + name]),
            "write": lambda: person.write({name: value}),
            "create": lambda: Participant.create(
                {"partner_name": "X", "program_id": self.program.id, name: value}
            ),
            "import": lambda: self._import(Participant, name, value),
            "default": lambda: self._default(Participant, name, value),
        }

    def _import(self, Participant, name, value):
        result = Participant.load(
            ["partner_name", "program_id/.id", name], [["X", str(self.program.id), value]]
        )
        if not result["ids"]:
            raise AccessError(str(result["messages"]))

    def _default(self, Participant, name, value):
        made = Participant.with_context(**{f"default_{name}": value}).create(
            {"partner_name": "X", "program_id": self.program.id}
        )
        if not made.sudo()[name]:
            raise AccessError("the value was not taken")

    def test_nobody_else_reaches_them_by_any_path(self):
        for role, user in self.outsiders.items():
            person, seat = self.person.with_user(user), self.seat.with_user(user)
            for name in FIELDS:
                for path, act in self._paths(person, seat, name).items():
                    with self.subTest(role=role, field=name, path=path):
                        self.assertNoWay(act)

    def test_they_are_not_even_described(self):
        for role, user in self.outsiders.items():
            with self.subTest(role=role):
                described = self.person.with_user(user).fields_get()
                self.assertFalse(FIELDS.keys() & described.keys())

    def test_they_are_in_no_name_and_found_by_no_name(self):
        self.assertEqual(self.person.display_name, "Camille")
        self.assertFalse(self.person.name_search("Unmistakable"))
        for name in self.env["coworking.participant"]._rec_names_search:
            self.assertTrue(name.startswith("partner_id."))

    def test_no_other_field_repeats_them(self):
        for model in self.env.values():
            for name, field in model._fields.items():
                if field.related:
                    with self.subTest(field=f"{model._name}.{name}"):
                        self.assertNotIn(field.related.split(".")[-1], FIELDS)

    def test_a_change_is_not_tracked(self):
        person = self.person.with_context(
            tracking_disable=False, mail_notrack=False, mail_create_nolog=False
        )
        for name in FIELDS:
            self.assertFalse(getattr(person._fields[name], "tracking", None), name)
        person.write({"disability": "no", "situation_note": "Another", "project": "A café"})
        self.env.flush_all()
        self.env.cr.precommit.run()
        tracked = person.message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertFalse(FIELDS.keys() & set(tracked))
        self.assertNotIn("Unmistakable", str(person.message_ids.mapped("body")))

    def test_they_are_not_copied_into_another_file(self):
        """A second file of the person is another time of their life."""
        copy = self.person.copy({"program_id": self._new_program("Other", "OTH").id})
        self.assertEqual(copy.partner_id, self.person.partner_id)


class TestAccountantSeesNamesOnly(CoworkingCase):
    # Reviewed by hand: who it is, in which program, and what it costs.
    OPEN = {
        "id",
        "display_name",
        "partner_id",
        "partner_name",
        "program_id",
        "company_id",
        "currency_id",
        "active",
        "cost_to_date",
        "may_write",  # never
    }

    # Odoo does not check the field itself where a search method answers. These tell nothing but
    # whether there is a message or an activity, and who follows it.
    # E-mail, phone and whether they may be written to are the contact's, which all staff see.
    HARMLESS = {
        "activity_state",
        "email",
        "has_message",
        "is_opposed",
        "message_is_follower",
        "message_partner_ids",
        "phone",
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._new_participant("Camille", project="A secret project")
        cls.seat = cls._new_seat("1/6", "30/6", cls.person)
        cls.accountant.group_ids |= cls.env.ref("base.group_allow_export")
        cls.as_accountant = cls.person.with_user(cls.accountant)
        cls.seat_as_accountant = cls.seat.with_user(cls.accountant)

    def test_the_list_is_the_reviewed_one(self):
        self.assertEqual(self.person._get_accountant_fields(), self.OPEN)

    def test_the_name_is_read(self):
        read = self.as_accountant.read(sorted(self.OPEN))[0]
        self.assertEqual(read["partner_name"], "Camille")
        self.assertEqual(self.seat_as_accountant.participant_id.display_name, "Camille")

    def test_nothing_else_is_by_any_path(self):
        for name, field in self.person._fields.items():
            if name in self.OPEN:
                continue
            paths = {
                "read": lambda name=name: self.as_accountant.read([name]),
                "export": lambda name=name: self.as_accountant.export_data([name]),
                "export from a seat": lambda name=name: self.seat_as_accountant.export_data(
                    [f"participant_id/{name}"]
                ),
                "nested": lambda name=name: self.seat_as_accountant.web_read(
                    {"participant_id": {"fields": {name: {}}}}
                ),
            }
            if field._description_searchable and name not in self.HARMLESS:
                paths["search"] = lambda field=field: self.as_accountant.search(self._guess(field))
                paths["search from a seat"] = lambda name=name: self.seat_as_accountant.search(
                    [("participant_id", "any", self._guess(self.person._fields[name]))]
                )
            if field.store and field.column_type:
                paths["order"] = lambda name=name: self.as_accountant.search([], order=name)
                if field._description_groupable:
                    paths["group"] = lambda name=name: self.as_accountant.formatted_read_group(
                        [], [name], ["__count"]
                    )
            for path, act in paths.items():
                with self.subTest(field=name, path=path):
                    self.assertNoWay(act)
        self.assertLessEqual(set(self.as_accountant.fields_get()), self.OPEN)

    def test_nothing_is_written(self):
        for values in ({"project": "X"}, {"partner_name": "X"}, {"active": False}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.as_accountant.write(values)

    def test_what_was_said_about_the_person_is_not_read(self):
        message = self.person.message_post(body="Was ill again", subtype_xmlid="mail.mt_note")
        activity = self.person.activity_schedule(
            "mail.mail_activity_data_todo", summary="Illness", user_id=self.accompanist.id
        )
        for record in (message, activity):
            with self.subTest(model=record._name):
                as_accountant = record.with_user(self.accountant)
                self.assertFalse(as_accountant.search([("id", "=", record.id)]))
                with self.assertRaises(AccessError):
                    as_accountant.read()

    def test_nor_are_suspensions_and_attendance(self):
        for model in ("coworking.suspension", "coworking.attendance", "coworking.criterion"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.accountant).search([])

    def test_who_is_also_an_accompanist_reads_the_own_files(self):
        user = new_test_user(
            self.env,
            login="t_both",
            groups=f"{ACCOUNTANT},coworking_incubation.group_coworking_accompanist",
            company_id=self.company.id,
        )
        self.program.accompanist_ids |= user
        self.assertEqual(self.person.with_user(user).project, "A secret project")
