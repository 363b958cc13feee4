"""A coordinator invites colleagues: an account in one of our roles, and nothing else."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.coworking_incubation.wizard.coworking_invitation import ROLES
from odoo.addons.mail.tests.common import MockEmail

from ..common import ACCOUNTANT, COORDINATOR, CoworkingCase

NEVER = (
    "base.group_system",
    "base.group_erp_manager",
    "base.group_no_one",
    "base.group_multi_company",
    "account.group_account_manager",
    "coworking_incubation.group_coworking_sensitive",
    "coworking_incubation.group_coworking_export",
)


class TestInvitation(MockEmail, CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # mails are made as they are for users, and caught
        cls.env = cls.env(context={"allowed_company_ids": cls.company.ids, "lang": "en_US"})

    def _new(self, user=None, context=(), **values):
        model = self.env(user=user or self.coordinator)["coworking.invitation"]
        values = {
            "program_id": self.program.id,
            "name": "Inès Martin",
            "email": "ines@example.org",
            **values,
        }
        return model.with_context(**dict(context)).create(values)

    def _invite(self, *args, **values):
        """The account that was made, if any."""
        before = self._everybody()
        with self.mock_mail_gateway():
            self._new(*args, **values).action_invite()
        return self._everybody() - before

    def _everybody(self):
        return self.env["res.users"].with_context(active_test=False).search([])

    def _make_accountant_too(self):
        self.coordinator.group_ids += self.env.ref(ACCOUNTANT)

    @staticmethod
    def _get_offered(invitation):
        models = invitation.get_views([(False, "form")])["models"]
        return [role for role, __ in models[invitation._name]["fields"]["role"]["selection"]]

    def _get_mails(self, email):
        return [mail for mail in self._mails if any(email in to for to in mail["email_to"])]

    def test_the_account_has_the_one_group_of_its_role_and_is_of_this_company(self):
        self._make_accountant_too()
        for role, group in ROLES.items():
            with self.subTest(role):
                user = self._invite(email=f" T_{role}.New@Example.org ", role=role)
                self.assertEqual(user.login, f"t_{role}.new@example.org")
                self.assertEqual(user.group_ids, self.env.ref(group))
                self.assertEqual(user.all_group_ids, self.env.ref(group).all_implied_ids)
                for other in NEVER:
                    self.assertFalse(user.has_group(other), other)
                self.assertTrue(user._is_internal())
                self.assertEqual((user.company_id, user.company_ids), (self.company,) * 2)
                self.assertEqual((user.lang, user.state), (self.coordinator.lang, "new"))
                (mail,) = self._get_mails(user.email)
                self.assertIn("/web/signup?", mail["body"])

    def test_a_coordinator_makes_no_accountant_who_is_none(self):
        """Themselves neither, by a second address."""
        invitation = self.env(user=self.coordinator)["coworking.invitation"]
        before = self._everybody()
        with self.mock_mail_gateway():
            ready = self._new(role="accountant", email="second@example.org")
            with self.assertRefused("Inès Martin", "ask an administrator", error=AccessError):
                ready.action_invite()
        self.assertFalse(self._mails)
        self.assertEqual(self._everybody(), before)
        self.assertNotIn("accountant", self._get_offered(invitation))
        self._make_accountant_too()
        self.assertIn("accountant", self._get_offered(invitation))
        with self.mock_mail_gateway():
            ready.action_invite()
        self.assertTrue((self._everybody() - before).has_group(ACCOUNTANT))

    def test_who_could_not_join_the_team_is_not_mailed(self):
        program = self.registry["coworking.program"]
        with (
            self.mock_mail_gateway(),
            patch.object(program, "write", side_effect=UserError("No")),
            self.assertRefused("No", error=UserError),
        ):
            self._new().action_invite()
        self.assertFalse(self._get_mails("ines@example.org"))

    def test_a_counsellor_joins_the_team_and_nobody_else_does(self):
        self._make_accountant_too()
        team = self.program.accompanist_ids
        self._invite(email="a@example.org", role="coordinator")
        self._invite(email="b@example.org", role="accountant")
        self.assertEqual(self.program.accompanist_ids, team)
        user = self._invite(email="c@example.org")
        self.assertEqual(self.program.accompanist_ids, team | user)
        self.assertEqual(self.program.user_id, self.coordinator)

    def test_the_dialog_asks_for_a_name_an_address_and_a_role(self):
        model = self.env(user=self.coordinator)["coworking.invitation"]
        form = Form(model.with_context(default_program_id=self.program.id))
        self.assertEqual(form.role, "accompanist")
        form.name, form.email = "Inès", "ines@example.org"
        self.assertEqual(form.save().company_id, self.company)
        with Form(model) as form:
            form.name, form.email, form.role = "Paul", "paul@example.org", "coordinator"
        self.assertEqual(form.record.company_id, self.company, "without a program too")

    def test_administrators_are_told(self):
        administrator = new_test_user(self.env, "t_admin", groups="base.group_system")
        user = self._invite(role="coordinator")
        message = user.partner_id.message_ids.filtered(lambda row: "Coordinator" in row.body)
        self.assertEqual(message.author_id, self.coordinator.partner_id)
        self.assertIn(administrator.partner_id, message.notified_partner_ids)

    def test_nobody_but_a_coordinator_invites(self):
        ready = self._new()
        for user in (
            self.accompanist,
            self.sensitive,
            self.accountant,
            self.employee,
            self.manager,
            self.env.ref("base.public_user"),
        ):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self._new(user)
                with self.assertRaises(AccessError):
                    ready.with_user(user).action_invite()
        self.coordinator.group_ids -= self.env.ref(COORDINATOR)
        with self.assertRaises(AccessError):
            ready.action_invite()

    def test_a_program_of_another_company_is_refused(self):
        other = self._new_company("Elsewhere")
        program = self._new_program(
            "Elsewhere", "ELS", company_id=other.id, user_id=False, accompanist_ids=False,
            copayment_product_id=False, analytic_account_id=False,
        )  # fmt: skip
        before = self._everybody()
        with self.assertRaises(AccessError):
            self._new(program_id=program.id).action_invite()
        with self.assertRaises(AccessError):
            self._new(program_id=False, context={"allowed_company_ids": other.ids}).action_invite()
        self.assertEqual(self._everybody(), before)

    def test_what_a_call_adds_has_no_place_in_the_account(self):
        admin = self.env.ref("base.user_admin")
        user = self._invite(
            context={
                "default_password": "known to the caller",
                "default_partner_id": admin.partner_id.id,
                "default_group_ids": self.env.ref("base.group_system").ids,
                "default_company_ids": self._new_company("Elsewhere").ids,
                "default_active": False,
                "install_mode": True,
                "no_reset_password": True,
            }
        )
        self.assertNotEqual(user.partner_id, admin.partner_id)
        self.assertEqual(user.group_ids, self.env.ref(ROLES["accompanist"]))
        self.assertEqual(user.company_ids, self.company)
        self.env.flush_all()
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", user.ids)
        self.assertFalse(self.env.cr.fetchone()[0])
        self.assertTrue(self._get_mails("ines@example.org"))

    def test_an_address_that_is_somebody_s_is_refused_and_says_what_to_do(self):
        other = self._new_company("Elsewhere")
        archived, portal, abroad, here = (
            new_test_user(self.env, login, groups=groups, email=f"{login}@example.org", **values)
            for login, groups, values in (
                ("t_gone", "base.group_user", {"company_id": self.company.id}),
                ("t_visitor", "base.group_portal", {"company_id": self.company.id}),
                (
                    "t_abroad",
                    "base.group_user",
                    {"company_id": other.id, "company_ids": [Command.set(other.ids)]},
                ),
                ("t_here", "base.group_user", {"company_id": self.company.id}),
            )
        )
        archived.active = False
        for user, words in (
            (archived, ("archived", "brings it back")),
            (portal, ("portal", "decides")),
            (abroad, ("another company", self.company.name)),
            (here, (here.name, "choose them", "gives them the role")),
            (self.env.ref("base.user_admin"), ("another company",)),
        ):
            user.email = user.email or "root@example.org"
            rights = user.group_ids, user.company_ids, user.active
            with self.subTest(user.login):
                with self.assertRefused(user.email.upper(), *words, error=UserError):
                    self._invite(email=user.email.upper(), role="coordinator")
                self.assertEqual((user.group_ids, user.company_ids, user.active), rights)
        with self.assertRaises(UserError) as refused:
            self._invite(email=abroad.email)
        self.assertNotIn(abroad.name, str(refused.exception))
        self.assertNotIn(other.name, str(refused.exception))

    def test_a_login_counts_as_an_address_and_its_signs_for_themselves(self):
        new_test_user(self.env, "A_b@example.org", groups="base.group_user", email=False)
        with self.assertRaises(UserError):
            self._invite(email="a_B@example.org")
        self.assertTrue(self._invite(email="axb@example.org"))

    def test_who_has_an_account_as_a_contact_alone_keeps_it_apart(self):
        contact = self.env["res.partner"].create({"name": "Inès", "email": "ines@example.org"})
        self.assertNotEqual(self._invite().partner_id, contact)

    def test_who_was_invited_and_never_came_is_mailed_again(self):
        user = self._invite()
        self.program.accompanist_ids -= user
        self.assertFalse(self._invite())
        self.assertTrue(self._get_mails(user.email))
        self.assertIn(user, self.program.accompanist_ids)
        with self.assertRaises(UserError):
            self._invite(role="coordinator")
        self.assertEqual(user.group_ids, self.env.ref(ROLES["accompanist"]))
        user.group_ids += self.env.ref("base.group_system")
        with self.assertRaises(UserError):
            self._invite()

    def test_without_mail_nothing_is_kept(self):
        before = self._everybody()
        with (
            patch.object(
                self.registry["res.users"],
                "_action_reset_password",
                side_effect=MailDeliveryException("no server"),
            ),
            self.assertRefused("ines@example.org", "outgoing mail", error=UserError),
        ):
            self._invite()
        self.assertEqual(self._everybody(), before)

    def test_what_is_no_address_is_refused(self):
        for email in ("ines", "a@example.org, b@example.org", "ines@"):
            with self.subTest(email), self.assertRefused(email, error=UserError):
                self._invite(email=email)
