from contextlib import nullcontext

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import PREFIX, saying_who
from ..base.coworking_used_mixin import find_restricting_fields, refuse_if_used

HOME = "coworking_incubation.coworking_home_action"
DIGEST = "coworking_incubation.digest_digest_exceptions"
BANK_ACCOUNT = "coworking_incubation.mail_activity_type_bank_account"
ROLES = (
    "coworking_incubation.group_coworking_accompanist",
    "coworking_incubation.group_coworking_accountant",
)


class ResUsers(models.Model):
    _inherit = "res.users"

    coworking_cover_ids = fields.One2many(
        "coworking.cover",
        "user_id",
        string="Covered During Leave",
        help="Who writes this counsellor's files while they are away.",
    )
    coworking_program_ids = fields.Many2many(
        "coworking.program",
        "coworking_program_accompanist_rel",
        "res_users_id",
        "coworking_program_id",
        string="Programs Counselled",
        copy=False,
        readonly=True,
        groups=fields.NO_ACCESS,
    )
    coworking_told = fields.Json(
        groups="base.group_system",
        copy=False,
        prefetch=False,
        help="What waited when the last mail about it was considered: only what is new is told.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        with saying_who(self.env):
            users = super().create(vals_list)
        users._set_coworking_home()
        users._filter_coworking()._subscribe_to_exceptions()
        return users

    def write(self, vals):
        if not vals.get("active", True):
            leaving = self - self.browse(self.env.context.get("coworking_handed_over"))
            if leaving:
                leaving._hand_over()
        before = "group_ids" in vals and self._filter_coworking()
        is_role = {"group_ids", "company_ids"} & vals.keys()
        with saying_who(self.env) if is_role else nullcontext():
            result = super().write(vals)
        if "active" in vals:
            partners, none = self.partner_id, self.partner_id.browse()
            changed = (none, partners) if vals["active"] else (partners, none)
            self.env["coworking.program"]._note_staff_changed(*changed)
        if "group_ids" in vals:
            self._set_coworking_home()
            (self._filter_coworking() - before)._subscribe_to_exceptions()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        refuse_if_used(self, find_restricting_fields(self))

    def unlink(self):
        with saying_who(self.env):  # their rights go with them
            return super().unlink()

    def _set_coworking_home(self):
        """Who has a role in programs lands on them at login. What somebody chose stays, and
        administrators land where Odoo has them.
        """
        home = self.env.ref(HOME, raise_if_not_found=False)
        for user in self if home else ():
            is_ours = any(user.has_group(role) for role in ROLES)
            if is_ours and not user.action_id and not user.has_group("base.group_system"):
                user.action_id = home.id

    def action_archive(self):
        """Odoo deletes the activities of who leaves, before it archives them."""
        self._hand_over()
        leaving = self.with_context(coworking_handed_over=self.ids)
        return super(ResUsers, leaving).action_archive()

    def _hand_over(self):
        """What these, who leave, were to do is planned for others."""
        # sudo: who may archive users may not read every file
        activities = self.env["mail.activity"].sudo().search(self._get_handed_over_domain())
        for activity in activities.with_context(mail_activity_quick_update=True):
            activity.user_id = self._get_heir(activity) or activity.user_id

    def _get_handed_over_domain(self):
        planned = Domain("res_model", "=like", f"{PREFIX}%")
        verified = self.env.ref(BANK_ACCOUNT, raise_if_not_found=False)
        if verified:
            planned |= Domain("activity_type_id", "=", verified.id)
        return Domain("user_id", "in", self.ids) & planned

    def _get_heir(self, activity):
        """Who does now what one of these users was to do: the coordinator, else who archives. New
        bank details are verified by another accountant.
        """
        if activity.activity_type_id == self.env.ref(BANK_ACCOUNT, raise_if_not_found=False):
            company = activity.user_id.company_id
            accountants = self._filter_staying(company._coworking_accountants())
            if accountants:
                return accountants[:1]
        # sudo: who may archive users may not read what they follow
        record = self.env[activity.res_model].sudo().browse(activity.res_id).exists()
        if "program_id" in record._fields:
            users = record.program_id.user_id
        else:
            users = self.env["coworking.program"].sudo()._get_running().user_id
        return self._filter_staying(users | self.env.user | self.env.ref("base.user_admin"))[:1]

    def _filter_staying(self, users):
        """Those of some users who read what is planned for them once these ones are gone."""
        return users.filtered(lambda user: user.active and not user.share) - self

    # === MAIL OF WHAT WAITS ===#

    def _filter_coworking(self):
        return self.filtered(lambda user: any(user.has_group(role) for role in ROLES))

    @api.model
    def _subscribe_coworking_roles(self):
        """All who have a role, however it came to them."""
        users = self.search([("share", "=", False)])
        users._filter_coworking()._subscribe_to_exceptions()

    def _subscribe_to_exceptions(self):
        """Who gets a role in programs is told what waits for them, until they unsubscribe. See also
        ``res.groups``.
        """
        digest = self.env.ref(DIGEST, raise_if_not_found=False)
        if self and digest:
            digest._action_subscribe_users(self)
