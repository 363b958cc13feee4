"""A French user reads no English: on screens, and in what code leaves behind by itself."""

from datetime import timedelta
from functools import cache
from unittest.mock import patch

import polib

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged
from odoo.tools import file_path

from ..common import CoworkingCase, d
from ..french import find_english

# What people do not read as words: codes, paths, fingerprints, what a visitor's browser said.
CODES = {
    "access_token",
    "address_hash",
    "among_domain",
    "answered_domain",
    "cause",
    "charge_kind",
    "checksum",
    "code",
    "domain",
    "eligible_kinds",
    "field_name",
    "item",
    "lang",
    "left_state",
    "line_key",
    "path",
    "public_domain",
    "res_model",
    "sealed_hash",
    "split_key",
    "token_hash",
    "user_agent",
    "value",
}
# What the menu of a search offers to group by, without being asked for.
GROUPED = {"boolean", "char", "date", "datetime", "integer", "many2many", "many2one", "selection"}
# Some spaces have an English name; what is sealed of a claim is for machines.
NOT_READ = {("coworking.space", "name"), ("coworking.claim.sending", "content")}


def test_english_is_found_where_it_is():
    assert find_english("Monthly Statement créé") == ["monthly", "statement"]
    assert find_english("<p>Draft → Sent</p>") == ["draft", "sent"]
    assert not find_english("État mensuel créé : brouillon, envoyé à La Grappe")
    assert not find_english("7289af9eefc2c0a0742add" * 2)
    assert not find_english("UKJYE5TRY7")


class FrenchCase(TransactionCase):
    """Reads what was left behind, by whoever it was."""

    def _get_texts(self, since=0):
        """(where, text) of all that chatters, activities, mails and our records say.

        :param since: dict of the last id of each model: only what came afterwards
        """
        since = since or {}
        ours = [name for name in self.registry if name.startswith("coworking.")]
        of_ours = [*ours, "account.move", "calendar.event", "account.payment"]

        def search(model, *domain):
            domain = [("id", ">", since.get(model, 0)), *domain]
            return self.env[model].sudo().with_context(active_test=False).search(domain)

        for message in search("mail.message", ("model", "in", of_ours)):
            yield f"message of {message.model}", f"{message.subject or ''} {message.body}"
        for value in search("mail.tracking.value", ("mail_message_id.model", "in", of_ours)):
            place = f"change of {value.field_id.model}.{value.field_id.name}"
            for name in ("old_value_char", "new_value_char", "old_value_text", "new_value_text"):
                yield place, value[name]
        for activity in search("mail.activity", ("res_model", "in", of_ours)):
            yield f"activity of {activity.res_model}", f"{activity.summary} {activity.note}"
        for mail in search("mail.mail"):
            yield f"mail on {mail.model}", f"{mail.subject} {mail.body_html}"
        for name in ours:
            model = self.env[name]
            if not model._auto or model._abstract or model._transient:
                continue
            written = [
                field.name
                for field in model._fields.values()
                if field.type in ("char", "text", "html") and field.store and not field.translate
                if field.name not in CODES and field.export_string_translation
            ]
            for record in search(name):
                for field in written:
                    if (name, field) in NOT_READ:
                        continue
                    yield f"{name}.{field}", record[field]

    def _get_last_ids(self):
        models = [name for name in self.registry if name.startswith("coworking.")]
        models += ["mail.message", "mail.tracking.value", "mail.activity", "mail.mail"]
        return {
            name: self.env[name]
            .sudo()
            .with_context(active_test=False)
            .search([], order="id desc", limit=1)
            .id
            or 0
            for name in models
            if self.env[name]._auto and not self.env[name]._abstract
        }

    def assertFrench(self, texts):
        found = {
            (place, " ".join(words), (text or "").strip()[:200])
            for place, text in texts
            if (words := find_english(text))
        }
        self.assertFalse(found, "\n".join(map(str, sorted(found))))


@tagged("post_install", "-at_install")
class TestLeftBehind(FrenchCase):
    def test_the_demonstration_leaves_no_english(self):
        self.assertTrue(self.env["mail.tracking.value"].search_count([]))
        self.assertFrench(self._get_texts())

    def test_the_jobs_of_others_run_as_whom_they_are_said_to(self):
        """Who may not read actions and models, as most users may not."""
        user = new_test_user(self.env, login="t_job", groups="base.group_user")
        action = self.env["ir.actions.server"].create(
            {
                "name": "Job",
                "model_id": self.env.ref("base.model_res_partner").id,
                "state": "code",
                "code": "env.user.partner_id.write({'comment': 'done'})",
            }
        )
        job = self.env["ir.cron"].search([], limit=1).with_user(user)
        with patch.object(self.env.cr, "commit"), patch.object(self.env.cr, "rollback"):
            job._callback("Job", action.id)
        self.env.invalidate_all()
        self.assertIn("done", user.partner_id.comment)

    def test_scheduled_actions_leave_no_english(self):
        before = self._get_last_ids()
        jobs = self.env["ir.cron"].search([("model_id.model", "=like", "coworking.%")])
        self.assertGreater(len(jobs), 7)
        with freeze_time(fields.Datetime.now() + timedelta(days=40)):
            for job in jobs:
                with self.enter_registry_test_mode():
                    job.method_direct_trigger()
        texts = list(self._get_texts(before))
        for place in ("message of coworking.statement", "activity of", "change of", "mail on"):
            self.assertTrue([text for where, text in texts if where.startswith(place)], place)
        self.assertFrench(texts)


@cache
def _read_catalogue(name):
    entries = polib.pofile(file_path(f"{name}/i18n/fr.po"))
    return {entry.msgid: entry.msgstr for entry in entries if entry.msgstr}


@tagged("post_install", "-at_install")
class TestNamesOfOdoo(TransactionCase):
    def test_models_of_odoo_keep_the_names_that_odoo_gives_them(self):
        """A catalogue names each model that it extends, and would rename it for everybody."""
        for entry, xmlid in self._get_named():
            known = self.env.ref(xmlid).modules.split(", ")
            theirs = [name for name in known if not name.startswith("coworking_")]
            names = {_read_catalogue(name).get(entry.msgid) for name in theirs} - {None}
            if names:
                with self.subTest(model=xmlid):
                    self.assertIn(entry.msgstr, names)

    def _get_named(self):
        """(entry, external id of a model) of the catalogues of what is installed."""
        ours = [("state", "=", "installed"), ("name", "=like", r"coworking\_%")]
        for name in self.env["ir.module.module"].search(ours).mapped("name"):
            for entry in polib.pofile(file_path(f"{name}/i18n/fr.po")):
                for occurrence, _line in entry.occurrences:
                    if occurrence.startswith("model:ir.model,name:"):
                        yield entry, occurrence.rpartition(":")[2]


@tagged("post_install", "-at_install")
class TestLabels(FrenchCase):
    def test_every_label_of_our_models_is_french(self):
        """Those that come from Odoo's mixins too: the tooltip of a column's bar shows them."""
        texts = []
        for name in self.registry:
            if name.startswith("coworking."):
                labels = (
                    self.env[name]
                    .with_context(lang="fr_FR")
                    .fields_get(attributes=["string", "selection"])
                )
                for field, label in labels.items():
                    if not self.env[name]._fields[field].export_string_translation:
                        continue  # on no screen: see the next test
                    texts.append((f"{name}.{field}", label["string"]))
                    if isinstance(label.get("selection"), list):
                        texts += [(f"{name}.{field}", text) for _value, text in label["selection"]]
        self.assertGreater(len(texts), 1000)
        self.assertFrench(texts)
        board = self.env["coworking.participant"].with_context(lang="fr_FR")
        self.assertEqual(
            dict(board._fields["activity_state"]._description_selection(board.env)),
            {"overdue": "En retard", "today": "Aujourd'hui", "planned": "Planifié"},
        )

    def test_a_day_in_a_name_is_written_as_in_french(self):
        for name, model in self.env.items():
            if not name.startswith("coworking.") or model._abstract or model._transient:
                continue
            with self.subTest(name):
                for record in model.with_context(lang="fr_FR").search([], limit=20):
                    self.assertNotRegex(record.display_name or "", r"\b\d{4}-[01]\d-\d\d\b")

    def test_what_a_list_may_be_grouped_by_is_french(self):
        """The menu of a search offers every field that is stored, shown or not, of Odoo's too."""
        untold = [
            f"{name}.{field.name}"
            for name, model in self.registry.items()
            if not model._transient
            if self.env["ir.actions.act_window"].search_count([("res_model", "=", name)], limit=1)
            for field in model._fields.values()
            if field._module and field._module.startswith("coworking_")
            if field.store and field.type in GROUPED and field.groups != "."
            if not field.export_string_translation
        ]
        self.assertFalse(untold, "fields without a French label")

    def test_what_is_noted_of_a_record_that_is_made_agrees_with_it(self):
        seat = self.env["coworking.seat"].with_context(lang="fr_FR").search([], limit=1)
        self.assertEqual(seat._creation_message(), "Création\N{NO-BREAK SPACE}: Place financée")


class TestRefusals(FrenchCase, CoworkingCase):
    """What is used is not deleted; who tries is told what uses it, and is led there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        for user in cls.coordinator | cls.accompanist | cls.accountant:
            user.lang = "fr_FR"
        cls.coordinator.group_ids += cls.env.ref("base.group_partner_manager")
        cls.tariff.name, cls.tariff_b.name = "Nomade", "Bureau"
        cls.seat_product.name = "Place de coworking"
        cls.seat = cls._new_seat("1/6", "30/6", "Camille")

    def _delete(self, record, user=None):
        record.with_user(user or self.coordinator).with_context(lang="fr_FR").unlink()

    def assertToldWhat(self, record, *words, opens, user=None):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self._delete(record, user)
        message, action, button, _context = caught.exception.args
        for word in words:
            self.assertIn(word, message)
        self.assertFalse(find_english(f"{message} {button} {action['name']}"), message)
        self.assertEqual(
            (action["res_model"], action["domain"]),
            opens and (opens._name, [("id", "in", opens.ids)]),
        )
        self.assertTrue(record.exists())

    def test_who_referred_somebody(self):
        agency = self.env["res.partner"].create({"name": "Agence du Nord", "is_company": True})
        self.seat.participant_id.prescriber_id = agency
        self.assertToldWhat(agency, "Agence du Nord", "Camille", opens=self.seat.participant_id)

    def test_a_file_with_a_seat(self):
        self.seat.state = "draft"
        self.assertToldWhat(
            self.seat.participant_id,
            "Camille",
            "Place financée (1)",
            self.seat.name,
            opens=self.seat,
        )

    def test_a_tariff_with_a_seat(self):
        self.assertToldWhat(self.tariff, "Nomade", self.seat.name, opens=self.seat)

    def test_a_contact_with_a_file(self):
        file = self.seat.participant_id
        self.assertToldWhat(file.partner_id, "Camille", opens=file)

    def test_a_product_of_tariffs(self):
        self.coordinator.group_ids += self.env.ref("base.group_system")
        self.assertToldWhat(
            self.seat_product, "Place de coworking", opens=self.tariff | self.tariff_b
        )

    def test_what_one_may_not_read_is_counted_and_not_named(self):
        criterion = self.env["coworking.criterion"].create({"name": "Habite le quartier"})
        proof = self.env["coworking.proof"].create(
            {"participant_id": self.seat.participant_id.id, "criterion_id": criterion.id}
        )
        model = type(proof)
        with (
            patch.object(model, "_filtered_access", lambda self, operation: self.browse()),
            self.assertRaises(UserError) as caught,
            self.env.cr.savepoint(),
        ):
            self._delete(criterion)
        self.assertIn("(1)", str(caught.exception))
        self.assertNotIn("Camille", str(caught.exception))
        self.assertFalse(find_english(str(caught.exception)))

    def test_what_goes_with_it_is_used(self):
        """PostgreSQL finds what is further down; it is put in words as well."""
        self.env = self.env(context={**self.env.context, "lang": "fr_FR"})
        with (
            # Odoo keeps the list of these checks from the first record that is deleted on.
            patch.object(type(self.space), "_ondelete_methods", []),
            self.assertRaises(ValidationError) as caught,
            self.as_request(),
        ):
            self.space.unlink()
        message = str(caught.exception)
        self.assertIn("«\N{NO-BREAK SPACE}Place financée\N{NO-BREAK SPACE}»", message)
        self.assertFalse(find_english(message), message)

    def test_what_nothing_uses_goes(self):
        tariff = self._new_tariff("Unused", 10.0)
        self._delete(tariff)
        self.assertFalse(tariff.exists())


class TestVisitors(FrenchCase, CoworkingCase):
    """Somebody reads our pages in English; what they leave behind is for the staff, in French."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        for partner in cls.company.partner_id | cls.coordinator.partner_id:
            partner.lang = "fr_FR"
        cls.manager.name, cls.coordinator.name, cls.accompanist.name = "Marie", "Denise", "Claire"
        cls.accompanist.lang = "fr_FR"
        cls.tariff.name, cls.tariff_b.name = "Nomade", "Bureau"
        cls.seat = cls._new_seat("1/6", "30/6", "Camille", user_id=cls.accompanist.id)
        cls.statement = cls._generate()
        cls.statement.state = "sent"
        cls.env.flush_all()
        cls.env.cr.flush()  # what was done so far notes no changes
        public = cls.env.ref("base.public_user")
        cls.partner = cls.manager.partner_id
        cls.visit = cls.env(
            user=public,
            su=True,
            context={
                "lang": "en_US",
                "tz": "Europe/Paris",
                "allowed_company_ids": cls.company.ids,
            },
        )

    def test_what_a_manager_reports(self):
        before = self._get_last_ids()
        visit, partner = self.visit, self.partner
        seat, statement = self.seat.with_env(visit), self.statement.with_env(visit)
        with freeze_time("2015-06-15"):
            visit["coworking.portal"]._report_something(
                partner, "link", seat, "leaving", d("20/6"), "Trouvé un emploi"
            )
            visit["coworking.portal.month"]._dispute_line(
                partner, "link", statement.charge_ids, "Parti le 20"
            )
            visit["coworking.portal.space"]._propose_price(
                partner, "link", self.tariff.with_env(visit), 190.0, d("1/9"), "Nouveau bail"
            )
            self.visit.flush_all()
            self.visit.cr.flush()  # changes are noted when a transaction ends
        texts = list(self._get_texts(before))
        for place in ("activity of coworking.seat", "activity of coworking.statement"):
            self.assertIn(place, dict(texts))
        self.assertFrench(texts)

    def test_what_a_person_asks(self):
        before = self._get_last_ids()
        event = self.env["calendar.event"].create(
            {
                "name": "Rendez-vous",
                "coworking_kind": "appointment",
                "coworking_program_id": self.program.id,
                "start": "2015-06-20 09:00:00",
                "stop": "2015-06-20 10:00:00",
                "user_id": self.accompanist.id,
            }
        )
        attendance = self.env["coworking.attendance"].create(
            {"event_id": event.id, "participant_id": self.seat.participant_id.id}
        )
        with freeze_time("2015-06-15"):
            self.visit["coworking.portal.person"]._ask_to_move(
                attendance.with_env(self.visit), "Plutôt lundi"
            )
        texts = list(self._get_texts(before))
        self.assertIn("activity of coworking.participant", dict(texts))
        self.assertFrench(texts)


@tagged("post_install", "-at_install")
class TestMenus(FrenchCase):
    """Every list says what it is for when it is empty, every menu can be read at a glance."""

    def test_empty_lists_say_what_to_do(self):
        actions = self.env["ir.actions.act_window"].with_context(lang="fr_FR").search([])
        ours = actions.filtered(
            lambda row: (
                row.get_external_id()[row.id].startswith("coworking_incubation.")
                and row.target != "new"
                and "list" in row.view_mode
            )
        )
        self.assertGreater(len(ours), 30)
        self.assertFalse(ours.filtered(lambda row: not row.help).mapped("name"))
        self.assertFrench((row.name, row.help) for row in ours)

    def test_a_right_that_is_not_given_is_no_english_word_on_the_form_of_users(self):
        """Odoo's own is “No”, which nobody can translate."""
        privileges = self.env["res.groups.privilege"].browse(
            self.env["ir.model.data"]
            .search(
                [
                    ("module", "=like", "coworking_incubation%"),
                    ("model", "=", "res.groups.privilege"),
                ]
            )
            .mapped("res_id")
        )
        self.assertTrue(privileges)
        self.assertEqual(set(privileges.mapped("placeholder")), {"–"})

    def test_menus_have_headings_and_no_two_the_same_name(self):
        root = self.env.ref("coworking_incubation.coworking_incubation_menu")
        menus = self.env["ir.ui.menu"].with_context(lang="fr_FR", **{"ir.ui.menu.full_list": True})
        entries = menus.search([("id", "child_of", root.id), ("child_id", "=", False)])
        names = entries.mapped("name")
        self.assertEqual(sorted(set(names)), sorted(names))
        for menu in menus.search([("id", "child_of", root.id), ("parent_id", "!=", root.id)]):
            in_a_row = menu.child_id.filtered(lambda child: not child.child_id)
            self.assertLess(len(in_a_row), 11, menu.name)
