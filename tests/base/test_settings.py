"""Configuration > Settings: what an administrator chooses, within bounds, and what obeys."""

from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user

from odoo.addons.coworking_incubation.models.base.ir_config_parameter import PREFIX, SETTINGS

from ..common import COORDINATOR, CoworkingCase

SHOWN = ("half_day_border", "suspension_backdate_days", "registration_hold_hours")


class TestSettings(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            login="t_admin",
            groups=f"base.group_system,{COORDINATOR}",
            company_id=cls.company.id,
        )
        cls.env["ir.config_parameter"].search([("key", "=like", f"{PREFIX}%")]).unlink()

    def _choose(self, **values):
        """Open the settings as an administrator, type these, press Save."""
        form = Form(self.env(user=self.admin)["res.config.settings"])
        for name, value in values.items():
            setattr(form, f"coworking_{name}", value)
        form.save().execute()

    def _set(self, **parameters):
        """Type these under Settings > Technical > System Parameters."""
        for name, text in parameters.items():
            self.env["ir.config_parameter"].set_param(PREFIX + name, text)

    def _stored(self, name):
        return self.env["ir.config_parameter"].get_param(PREFIX + name)

    def _holds(self, name):
        return self.env["ir.config_parameter"]._coworking_get(name)

    def test_the_screen_shows_what_holds(self):
        form = Form(self.env(user=self.admin)["res.config.settings"])
        shown = {name: getattr(form, f"coworking_{name}") for name in SHOWN}
        self.assertEqual(
            shown,
            {
                "half_day_border": 13.5,
                "suspension_backdate_days": 30,
                "registration_hold_hours": 24,
            },
        )
        self.assertFalse(form.coworking_registration_captcha)
        self.assertEqual(form.coworking_match_tolerance, 0.05)

    def test_every_setting_is_in_the_section_of_the_app(self):
        view = self.env(user=self.admin)["res.config.settings"].get_view(view_type="form")
        app = etree.fromstring(view["arch"]).find(".//app[@name='coworking_incubation']")
        names = {field.get("name").removeprefix("coworking_") for field in app.iter("field")}
        self.assertLessEqual({*SHOWN, "registration_captcha", "match_tolerance"}, names)
        self.assertFalse(({*SETTINGS} - {*SHOWN}) & names)

    def test_what_is_saved_holds_and_is_shown_again(self):
        self._choose(
            half_day_border=12.25,
            suspension_backdate_days=5,
            registration_hold_hours=48,
            registration_captcha=True,
            match_tolerance=1.5,
        )
        self.assertEqual(self._stored("half_day_border"), "12:15")
        self.assertEqual([self._holds(name) for name in SHOWN], [12.25, 5, 48])
        self.assertEqual(self._stored("registration_captcha"), "True")
        self.assertEqual(self.company.coworking_match_tolerance, 1.5)
        form = Form(self.env(user=self.admin)["res.config.settings"])
        self.assertEqual(form.coworking_half_day_border, 12.25)
        self.assertEqual(form.coworking_registration_hold_hours, 48)

    def test_the_code_obeys(self):
        self._choose(half_day_border=12.25, registration_hold_hours=48)
        self.assertEqual(self.space._get_half_day_border(), 12.25)
        self.assertEqual(self.env["coworking.attendance"]._get_hold_hours(), 48)
        self._set(registration_limit_address="1")
        attempts = self.env["coworking.registration.attempt"]
        with self.enter_registry_test_mode():
            self.assertFalse(attempts._is_too_many("192.0.2.1", "camille@example.org"))
            self.assertTrue(attempts._is_too_many("192.0.2.2", "camille@example.org"))

    def test_none_is_not_the_same_as_unsaid(self):
        self._choose(suspension_backdate_days=0)
        self._set(registration_min_seconds="0")
        self.assertEqual(self._holds("suspension_backdate_days"), 0)
        self.assertEqual(self._holds("registration_min_seconds"), 0)

    def test_what_nobody_touched_is_not_stored(self):
        self._choose(registration_hold_hours=48)
        stored = self.env["ir.config_parameter"].search([("key", "=like", f"{PREFIX}%")])
        self.assertEqual(stored.mapped("key"), [f"{PREFIX}registration_hold_hours"])
        self._choose(registration_hold_hours=24)
        self.assertEqual(self._holds("registration_hold_hours"), 24)

    def test_a_value_out_of_bounds_is_refused_in_words(self):
        for name, value, *words in (
            ("half_day_border", 9.75, "The Afternoon Begins At", "9:45", "10:00", "17:00"),
            ("half_day_border", 17.25, "17:15"),
            ("suspension_backdate_days", -1, "Suspensions Recorded Late", "-1", "0 to 365"),
            ("suspension_backdate_days", 366, "366"),
            ("registration_hold_hours", 0, "Time to Confirm", "1 to 720"),
            ("registration_hold_hours", 721, "721"),
            ("match_tolerance", -0.01, "cannot be negative"),
        ):
            with (
                self.subTest(name=name, value=value),
                self.assertRefused(*words, error=ValidationError),
            ):
                self._choose(**{name: value})

    def test_a_parameter_that_is_not_on_the_screen_is_refused_by_its_key(self):
        for name, text, bounds in (
            ("registration_limit_network", "0", "1 to 1000"),
            ("registration_limit_address", "101", "1 to 100"),
            ("registration_limit_minutes", "1441", "1 to 1440"),
            ("registration_min_seconds", "61", "0 to 60"),
        ):
            with (
                self.subTest(name=name),
                self.assertRefused(PREFIX + name, text, bounds, error=ValidationError),
            ):
                self._set(**{name: text})

    def test_saving_the_screen_leaves_what_is_not_on_it(self):
        self._set(registration_limit_network="200")
        self._choose(registration_hold_hours=48)
        self.assertEqual(self._holds("registration_limit_network"), 200)

    def test_the_technical_menu_keeps_the_same_bounds(self):
        parameters = self.env["ir.config_parameter"]
        for name, text in (
            ("half_day_border", "13h30"),
            ("half_day_border", "13:75"),
            ("half_day_border", "13"),
            ("registration_limit_network", "many"),
            ("registration_limit_network", "2.5"),
            ("registration_hold_hours", "0"),
        ):
            with (
                self.subTest(name=name, text=text),
                self.assertRefused(text, error=ValidationError),
            ):
                parameters.set_param(PREFIX + name, text)
        parameters.set_param(f"{PREFIX}registration_unknown", "many")
        parameters.set_param("registration_hold_hours", "many")

    def test_what_was_stored_before_there_were_bounds_closes_no_screen(self):
        parameter = self.env["ir.config_parameter"].create(
            {"key": f"{PREFIX}half_day_border", "value": "13:00"}
        )
        self.env.cr.execute(
            "UPDATE ir_config_parameter SET value = '1 pm' WHERE id = %s", [parameter.id]
        )
        self.env.registry.clear_cache("stable")
        self.env.invalidate_all()
        form = Form(self.env(user=self.admin)["res.config.settings"])
        self.assertEqual(form.coworking_half_day_border, 13.5)
        self._choose(half_day_border=12.5)
        self.assertEqual(self._stored("half_day_border"), "12:30")

    def test_it_is_refused_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.env(context={**self.env.context, "lang": "fr_FR"})
        with self.assertRefused(
            "«\xa0Délai pour confirmer (heures)\xa0» ne peut pas être 0\xa0: tapez un nombre"
            " entier de 1 à 720.",
            error=ValidationError,
        ):
            french["ir.config_parameter"].set_param(f"{PREFIX}registration_hold_hours", "0")
        with self.assertRefused("tapez une heure de 10:00 à 17:00", error=ValidationError):
            french["ir.config_parameter"].set_param(f"{PREFIX}half_day_border", "9:00")

    def test_only_administrators_open_it(self):
        menu = self.env.ref("coworking_incubation.res_config_settings_menu")
        for user, may in (
            (self.admin, True),
            (self.coordinator, False),
            (self.accompanist, False),
            (self.accountant, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(
                    menu.id in self.env["ir.ui.menu"].with_user(user)._visible_menu_ids(), may
                )
                settings = self.env(user=user)["res.config.settings"]
                if may:
                    settings.create({})
                else:
                    with self.assertRaises(AccessError):
                        settings.create({})
