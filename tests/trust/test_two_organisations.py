"""Two organisations in one Odoo: no role of one reads, finds or counts anything of the other.

The other one is that of the demonstration, where every model has records; the people who look are
those of the tests' own company. The same matrix is run with holes made on purpose.
"""

from psycopg2.extras import Json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from ..common import ACCOMPANIST, ACCOUNTANT, COORDINATOR, SENSITIVE, CoworkingCase

# What has no organisation: words that all of them use, and pages that are made of other records.
SHARED = {
    "coworking.amenity",
    "coworking.criterion",
    "coworking.document.type",
    "coworking.exit.reason",
    "coworking.objective.theme",
    "coworking.refusal.reason",
    "coworking.registration.attempt",
    "coworking.requirement",
    "coworking.review.axis",
    "coworking.sector",
    "coworking.stage",
}
# Whose organisation is that of its people.
PATHS = {
    "coworking.cover": "user_id.company_ids",
    # Or that of the spaces it is about.
    "coworking.month.run": "line_ids.program_id.company_id",
    "coworking.month.run.line": "program_id.company_id",
}
# What a counsellor reads whatever the program: the network, and who stands in for whom.
OF_ALL_PROGRAMS = {
    "coworking.cover",
    "coworking.hosting.template",
    "coworking.program",
    "coworking.space",
    "coworking.space.absence",
    "coworking.space.membership",
    "coworking.tariff",
    "coworking.tariff.price",
}
SAMPLE = 20
WAYS = {
    "search": lambda records, ids: records.search([("id", "in", ids)]),
    "list": lambda records, ids: records.search([]).filtered(lambda row: row.id in ids),
    "count": lambda records, ids: records.search_count([("id", "in", ids)]),
    "name_search": lambda records, ids: records.name_search("", [("id", "in", ids)]),
    "group": lambda records, ids: records.formatted_read_group(
        [("id", "in", ids)], [], ["__count"]
    )[0]["__count"],
    "read": lambda records, ids: records.browse(ids[0]).read(["display_name"]),
    "export": lambda records, ids: records.browse(ids[0]).export_data(["display_name"]),
}


class TestTwoOrganisations(CoworkingCase):
    shared = SHARED
    told = "that of two organisations"  # in SECURITY.md

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everything = new_test_user(
            cls.env,
            login="t_everything",
            groups=f"{COORDINATOR},{ACCOUNTANT},{SENSITIVE}",
            company_id=cls.company.id,
        )
        file = cls._new_participant("Seen on the portal")
        person = new_test_user(
            cls.env, login="t_person", groups="base.group_portal", company_id=cls.company.id
        )
        file.partner_id = person.partner_id
        program = cls.env.ref("coworking_incubation.coworking_program_2015")
        statement = cls.env["coworking.statement"].search(
            [("program_id", "=", program.id)], limit=1
        )
        cls.env["coworking.month.run"].sudo().create(
            {
                "step": "generate",
                "line_ids": [
                    Command.create(
                        {
                            "program_id": statement.program_id.id,
                            "space_id": statement.space_id.id,
                            "date_from": statement.date_from,
                        }
                    )
                ],
            }
        )
        cls.env["coworking.announcement"].sudo().create(
            {
                "partner_id": statement.space_id.manager_ids[:1].id or cls.env.user.partner_id.id,
                "role": "space",
                "kind": "closure",
                "res_id": statement.space_id.id,
                "space_id": statement.space_id.id,
                "date": "2015-08-03",
                "date_last": "2015-08-14",
                "told_on": "2015-07-20",
            }
        )
        # An act of staff, of which a touch is.
        admin = cls.env.ref("base.user_admin")
        cls.env["coworking.audit"].with_user(admin)._record("reminded", statement)
        cls.users = {
            "accompanist": cls.accompanist,
            "coordinator": cls.coordinator,
            "accountant": cls.accountant,
            "sensitive": cls.sensitive,
            "everything": everything,
            "employee": cls.employee,
            "manager": cls.manager,
            "participant": person,
        }
        cls.ours = sorted(
            name
            for name, model in cls.env.items()
            if name.startswith("coworking.") and not model._abstract and not model._transient
        )

    def _get_company_path(self, model, seen=()):
        """The shortest way from a record to its organisation, through what it must have."""
        fields = self.env[model]._fields
        if "company_id" in fields or model in PATHS:
            return PATHS.get(model, "company_id")
        for name, field in fields.items():
            if field.type == "many2one" and field.required and field.comodel_name in self.ours:
                if field.comodel_name in seen or field.comodel_name == model:
                    continue
                path = self._get_company_path(field.comodel_name, (*seen, model))
                if path:
                    return f"{name}.{path}"
        return None

    def _get_theirs(self):
        """Some records of the other organisation, by model: the first and the last ones."""
        theirs = {}
        for model in self.ours:
            path = self._get_company_path(model)
            if path:
                other = [(path, "!=", False), (path, "!=", self.company.id)]
                records = self.env[model].sudo().with_context(active_test=False)
                found = records.search(other, limit=SAMPLE, order="id")
                found |= records.search(other, limit=SAMPLE, order="id desc")
                theirs[model] = found.ids or self._make_theirs(records, other)
        theirs.update(self._get_theirs_of_odoo(theirs))
        return theirs

    def _make_theirs(self, records, other):
        """A row of a model of which the demonstration has none, with what it must have and no
        more, past the code of the model: only who sees it is of interest.
        """
        values = {"create_uid": 1, **self._get_made_values(records._name)}
        for name, field in records._fields.items():
            if not field.store or not field.column_type or name in ("id", "create_uid"):
                continue
            if field.type == "many2one" and (field.required or name == "company_id"):
                path = "company_id"
                if field.comodel_name in self.ours:
                    path = self._get_company_path(field.comodel_name)
                there = [(path, "=", self.env.ref("base.main_company").id)]
                related = self.env[field.comodel_name].sudo().with_context(active_test=False)
                usable = there if path and path.split(".")[0] in related._fields else []
                values[name] = related.search(usable, limit=1).id
                if name == "company_id":
                    values[name] = self.env.ref("base.main_company").id
            elif field.required:
                values[name] = {
                    "char": "Theirs",
                    "text": "Theirs",
                    "html": "Theirs",
                    "date": "2015-06-01",
                    "datetime": "2015-06-01 09:00:00",
                    "boolean": False,
                }.get(field.type, 1)
                if field.type == "selection":
                    values[name] = field.get_values(self.env)[0]
                if field.translate:
                    values[name] = Json({"en_US": "Theirs"})
        columns = SQL(", ").join(SQL.identifier(name) for name in values)
        ((record_id,),) = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(records._table),
                columns,
                tuple(values.values()),
            )
        )
        records.invalidate_model()
        return records.search([*other, ("id", "=", record_id)]).ids

    def _get_made_values(self, model):
        """Of which columns a row says more than that they must be filled in."""
        return {}

    def _get_theirs_of_odoo(self, theirs):
        """What Odoo keeps of records of ours: messages, files, things to do, meetings, bills."""
        env = self.env(su=True)
        found = {"mail.message": [], "ir.attachment": [], "mail.activity": []}
        for model, ids in theirs.items():
            for odoos, ids_found in found.items():
                name = "model" if odoos == "mail.message" else "res_model"
                domain = [(name, "=", model), ("res_id", "in", ids)]
                if odoos == "ir.attachment":  # without it, those of fields are left out
                    domain.append(("id", "!=", False))
                ids_found += env[odoos].search(domain, limit=SAMPLE).ids
        events = env["calendar.event"].search(
            [("coworking_program_id.company_id", "!=", self.company.id)], limit=SAMPLE
        )
        moves = env["account.move"].search([("company_id", "!=", self.company.id)], limit=SAMPLE)
        people = env["coworking.participant"].browse(theirs["coworking.participant"]).partner_id
        people[:3].company_id = env.ref("base.main_company")  # as one who is noted by staff has it
        return {
            **found,
            "calendar.event": events.filtered("coworking_program_id").ids,
            "account.move": moves.ids,
            # those of no organisation are everybody's, as in Odoo
            "res.partner": people.filtered("company_id").ids,
        }

    def _look(self, records, way, ids):
        """What somebody sees by this way; who has no right at all sees nothing."""
        try:
            with self.env.cr.savepoint(flush=False):
                return WAYS[way](records, ids)
        except (AccessError, UserError):  # an export says that it is not allowed
            return None

    def _find_holes(self, models=None):
        """(cells looked at, {(model, role, way)} in which something of the others is seen)."""
        cells, holes = 0, set()
        for model, ids in self._get_theirs().items():
            if not ids or models and model not in models:
                continue
            for role, user in self.users.items():
                env = self.env(
                    user=user, su=False, context={"allowed_company_ids": self.company.ids}
                )
                for way in WAYS:
                    cells += 1
                    env.invalidate_all()
                    if self._look(env[model], way, ids):
                        holes.add((model, role, way))
        return cells, holes

    def test_every_model_leads_to_an_organisation_or_is_shared_by_all(self):
        without = {model for model in self.ours if not self._get_company_path(model)}
        self.assertEqual(without, self.shared)

    def test_the_matrix_looks_at_records_of_every_model(self):
        self.assertEqual({model for model, ids in self._get_theirs().items() if not ids}, set())

    def test_who_was_invited_sees_the_meeting_of_another_organisation(self):
        event = self.env["calendar.event"].sudo().browse(self._get_theirs()["calendar.event"][:1])
        guest = event.with_user(self.employee).with_context(allowed_company_ids=self.company.ids)
        self.assertFalse(guest.has_access("read"))
        event.partner_ids |= self.employee.partner_id
        self.assertTrue(guest.has_access("read"))

    def test_nobody_covers_for_somebody_of_another_organisation(self):
        theirs = new_test_user(
            self.env,
            login="t_elsewhere",
            groups=COORDINATOR,
            company_id=self.env.ref("base.main_company").id,
        )
        days = {"date_from": "2015-06-01", "date_to": "2015-06-30"}
        with self.assertRefused("organisation", error=ValidationError):
            self.env["coworking.cover"].create(
                {"user_id": self.accompanist.id, "cover_user_id": theirs.id, **days}
            )
        theirs.company_ids |= self.company
        cover = self.env["coworking.cover"].create(
            {"user_id": self.accompanist.id, "cover_user_id": theirs.id, **days}
        )
        self.assertTrue(cover.with_user(self.coordinator).has_access("read"))

    def test_nothing_of_the_others_is_seen(self):
        cells, holes = self._find_holes()
        self.assertFalse(holes)
        self.assertToldSize(self.told, cells)

    def test_who_counsels_in_no_program_sees_nothing_of_any(self):
        """Of one organisation too: whatever leads to a person is of the programs it is in."""
        company = self.env.ref("base.main_company")
        newcomer = new_test_user(
            self.env, login="t_newcomer", groups=ACCOMPANIST, company_id=company.id
        )
        env = self.env(user=newcomer, su=False, context={"allowed_company_ids": company.ids})
        seen = set()
        for model, ids in self._get_theirs().items():
            if model == "coworking.exception":  # but for closures, which are for all
                ids = self.env[model].sudo().browse(ids).filtered("program_id").ids
            if model in self.ours and any(self._look(env[model], way, ids) for way in WAYS):
                seen.add(model)
        self.assertEqual(seen, OF_ALL_PROGRAMS)

    def test_three_holes_made_on_purpose_are_found(self):
        """A rule that was forgotten, one that lets everything through, one that lets some."""
        rule = self.env["ir.rule"]
        for model, hole in (
            ("coworking.charge", {"active": False}),
            ("coworking.tariff", {"domain_force": "[(1, '=', 1)]"}),
            (
                "coworking.space",
                {"domain_force": "['|', ('company_id', 'in', company_ids), ('code', '!=', False)]"},
            ),
        ):
            with self.subTest(model):
                self.assertFalse(self._find_holes({model})[1])
                found = rule.search([("model_id.model", "=", model), ("groups", "=", False)])
                before = found.read(["active", "domain_force"])
                found.write(hole)
                self.assertEqual({where for where, *__ in self._find_holes({model})[1]}, {model})
                for row in before:
                    rule.browse(row.pop("id")).write(row)
