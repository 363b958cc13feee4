from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.sql import escape_psql

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

COORDINATOR = "coworking_incubation.group_coworking_coordinator"
ACCOUNTANT = "coworking_incubation.group_coworking_accountant"
# The one group that each role gives: what it implies comes with it, and nothing else.
ROLES = {
    "accompanist": "coworking_incubation.group_coworking_accompanist",
    "coordinator": COORDINATOR,
    "accountant": ACCOUNTANT,
}


class CoworkingInvitation(models.TransientModel):
    """A colleague's account in one of our roles, made by a coordinator without an administrator.

    Accounts that exist are never changed: their rights stay the administrator's matter.
    """

    _name = "coworking.invitation"
    _description = "Invite a Colleague"
    _inherit = ["coworking.record.mixin"]

    program_id = fields.Many2one(
        "coworking.program",
        readonly=True,
        ondelete="cascade",
        help="Counsellors are added to its team.",
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    name = fields.Char(required=True)
    email = fields.Char(required=True)
    role = fields.Selection(
        [
            ("accompanist", "Counsellor"),
            ("coordinator", "Coordinator"),
            ("accountant", "Accountant"),
        ],
        required=True,
        default="accompanist",
    )

    @api.depends("program_id")
    @api.depends_context("company")
    def _compute_company_id(self):
        for invitation in self:
            invitation.company_id = invitation.program_id.company_id or self.env.company

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """The roles that the user may give."""
        found = super().fields_get(allfields, attributes)
        if "selection" in found.get("role", {}):
            offered = found["role"]["selection"]
            found["role"]["selection"] = [each for each in offered if self._may_give(each[0])]
        return found

    # === ACTION METHODS ===#

    def action_invite(self):
        """Make the account and mail its owner; who was invited and never came is mailed again."""
        self.ensure_one()
        self._check_may_invite()
        email = self._get_email()
        user = self._find_user(email)
        if user:
            self._check_still_invited(user)
        else:
            user = self._make_user(email)
        if self.program_id and self.role == "accompanist":
            self.program_id.accompanist_ids = [Command.link(user.id)]
        self._mail(user)  # last: it does not come back
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(name)s is invited: the mail to %(email)s leads to the choice of a password.",
                    name=user.name,
                    email=email,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _check_may_invite(self):
        if not self.env.user.has_group(COORDINATOR):
            raise AccessError(self.env._("Only a coordinator invites colleagues."))
        if not self._may_give(self.role):
            raise AccessError(
                self.env._(
                    "You are no accountant, and only an accountant invites another one: ask an"
                    " administrator to make the account of %s, under Settings, Users.",
                    self.name,
                )
            )
        self.program_id.check_access("write")

    @api.model
    def _may_give(self, role):
        """Who may not pay makes nobody who may: it could be themselves, by a second address."""
        return role != "accountant" or self.env.user.has_group(ACCOUNTANT)

    def _get_email(self):
        email = email_normalize(self.email)
        if not email:
            raise UserError(
                self.env._(
                    "“%s” is no e-mail address: write one, like name@example.org.", self.email
                )
            )
        return email

    # === WHO HAS THIS ADDRESS ALREADY ===#

    def _find_user(self, email):
        """Whose account has this address, in any company, archived ones included; or none."""
        domain = Domain("login", "=ilike", escape_psql(email))
        domain |= Domain("email_normalized", "=", email)
        # sudo: whoever it is, the address is taken
        users = self.env["res.users"].sudo().with_context(active_test=False).search(domain)
        return users.sorted(lambda user: (user.active, not user.share))[-1:]

    def _check_still_invited(self, user):
        """Somebody whom we invited here in this role and who never came, or it is refused.

        :param user: in sudo
        """
        if user.active and not user.share and self.company_id in user.company_ids:
            if user.state == "new" and user.group_ids == self._get_group():
                return
            known = self.env._(
                "%(email)s is the address of %(name)s, who has an account here: choose them in the"
                " list of the program. If they are not in it, an administrator gives them the role"
                " under Settings, Users.",
                email=self.email,
                name=user.name,
            )
        elif not user.active:
            known = self.env._(
                "%s is the address of an account that was archived: an administrator finds it under"
                " Settings, Users, Archived, and brings it back with its role.",
                self.email,
            )
        elif user.share:
            known = self.env._(
                "%s is the address of somebody who comes by the portal, as the manager of a space"
                " or as a participant: an administrator decides whether they become a colleague. Or"
                " invite them with another address.",
                self.email,
            )
        else:
            known = self.env._(
                "%(email)s is the address of an account of another company: an administrator lets"
                " it into %(company)s and gives it the role, under Settings, Users.",
                email=self.email,
                company=self.company_id.name,
            )
        raise UserError(known)

    # === THE ACCOUNT ===#

    def _get_group(self):
        return self.env.ref(ROLES[self.role])

    def _make_user(self, email):
        """An account of this company alone, with the group of its role. Administrators are told.

        :return: in sudo
        """
        # sudo: nobody but an administrator may make accounts. The context is made anew: defaults of
        # a call (a password, somebody else's contact) have no place in an account.
        Users = self.env(context={"no_reset_password": True})["res.users"]  # nosec B105
        user = Users.sudo().create(
            {
                "name": self.name.strip(),
                "login": email,
                "email": email,
                "lang": self.env.user.lang,
                "tz": self.env.user.tz,
                "group_ids": [Command.set(self._get_group().ids)],
                "company_id": self.company_id.id,
                "company_ids": [Command.set(self.company_id.ids)],
            }
        )
        role = dict(self._fields["role"]._description_selection(self.env))[self.role]
        administrators = self.env.ref("base.group_erp_manager").sudo().all_user_ids
        user.partner_id.message_post(
            body=self.env._(
                "Invited as %(role)s of the incubation, for %(company)s.",
                role=role,
                company=self.company_id.name,
            ),
            partner_ids=administrators.filtered("active").partner_id.ids,
        )
        return user

    def _mail(self, user):
        """Odoo's own invitation; without it, nothing was done.

        :param user: in sudo
        """
        try:
            user.with_context(create_user=True)._action_reset_password(signup_type="signup")
        except MailDeliveryException as error:
            raise UserError(
                self.env._(
                    "The invitation of %s could not be sent, and nothing was kept: ask an"
                    " administrator whether outgoing mail works, then invite them again.",
                    self.email,
                )
            ) from error
