from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...tools import period_in_words
from ..base.processing import NETWORK


class CoworkingCover(models.Model):
    """Between two dates somebody may write the files of a colleague who is away."""

    _name = "coworking.cover"
    _description = "Cover during Leave"
    _processing = NETWORK
    _inherit = ["coworking.record.mixin"]
    _order = "date_from desc"

    user_id = fields.Many2one(
        "res.users", string="Away", required=True, index=True, default=lambda self: self.env.user
    )
    cover_user_id = fields.Many2one("res.users", string="Covered By", required=True, index=True)
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True)

    _dates = models.Constraint(
        "CHECK (date_to >= date_from)", "A leave cannot end before it starts."
    )

    @api.depends("user_id", "cover_user_id")
    def _compute_display_name(self):
        for cover in self:
            cover.display_name = f"{cover.user_id.name} → {cover.cover_user_id.name}"

    @api.constrains("user_id")
    def _check_own_leave(self):
        """One says who covers oneself, never whom one covers; rules do not see what was written."""
        user = self.env.user
        if user.has_group("coworking_incubation.group_coworking_coordinator"):
            return
        if any(cover.user_id != user for cover in self):
            raise AccessError(self.env._("Only a coordinator says who covers for somebody else."))

    @api.constrains("user_id", "cover_user_id")
    def _check_other_person(self):
        for cover in self:
            if cover.user_id == cover.cover_user_id:
                raise ValidationError(
                    self.env._("%s cannot cover for themselves.", cover.user_id.name)
                )
            # sudo: in which organisations they work, whoever says who covers
            away, covering = cover.sudo().user_id, cover.sudo().cover_user_id
            if not away.company_ids & covering.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(covering)s works in no organisation of %(away)s, and could open none of"
                        " their files. Choose a colleague.",
                        covering=covering.name,
                        away=away.name,
                    )
                )

    @api.constrains("user_id", "cover_user_id")
    def _check_same_team(self):
        """Who counsels another program writes these files, and reads none."""
        for cover in self:
            # sudo: of which programs they are, whoever says who covers
            away, covering = cover.sudo().user_id, cover.sudo().cover_user_id
            files = self.env["coworking.participant"].sudo()
            files = files.search([("user_id", "=", away.id), ("phase", "!=", "closed")])
            programs = files.program_id
            if programs and not any(row._is_read_by(covering) for row in programs):
                raise ValidationError(
                    self.env._(
                        "%(covering)s counsels none of the programs of %(away)s, and could open"
                        " none of their files. Choose a colleague of the team, or add them to it.",
                        covering=covering.name,
                        away=away.name,
                    )
                )

    @api.constrains("user_id", "cover_user_id", "date_from", "date_to")
    def _check_covering_is_there(self):
        """Who covers for somebody does not go away meanwhile, unless somebody else covers then."""
        # sudo: of colleagues whom one does not see as well
        for cover in self.sudo():
            for first, then in (
                *((cover, away) for away in cover._find_beside(cover.cover_user_id)),
                *((other, cover) for other in cover._find_beside(cover.user_id, "cover_user_id")),
            ):
                begin = max(first.date_from, then.date_from)
                end = min(first.date_to, then.date_to)
                others = first._find_beside(first.user_id).filtered(
                    lambda row, first=first, begin=begin, end=end: (
                        row.cover_user_id != first.cover_user_id
                        and row.date_from <= begin
                        and end <= row.date_to
                    )
                )
                if not others:
                    raise ValidationError(
                        self.env._(
                            "%(covering)s covers for %(away)s and is away as well, %(period)s."
                            " Say first who else covers for %(away)s then.",
                            covering=first.cover_user_id.name,
                            away=first.user_id.name,
                            period=period_in_words(self.env, begin, end),
                        )
                    )

    def _find_beside(self, user, role="user_id"):
        """Others of that user, on some of the same days."""
        return self.search(
            Domain(role, "=", user.id)
            & Domain("id", "!=", self.id)
            & Domain("date_from", "<=", self.date_to)
            & Domain("date_to", ">=", self.date_from)
        )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        covers = super().create(vals_list)
        for cover in covers:
            self._tell(*cover._get_terms())
        return covers

    def write(self, vals):
        before = {cover: cover._get_terms() for cover in self}
        result = super().write(vals)
        today = fields.Date.context_today(self)
        for cover, terms in before.items():
            now = cover._get_terms()
            if now[:2] != terms[:2] or cover.date_to < today:
                self._tell(*terms, no_more=True)
            if now != terms:
                self._tell(*now)
        return result

    def unlink(self):
        for cover in self:
            self._tell(*cover._get_terms(), no_more=True)
        return super().unlink()

    # === BUSINESS METHODS ===#

    def _get_terms(self):
        """(who covers, who is away, first day, last day)"""
        self.ensure_one()
        # sudo: of colleagues whom one does not see as well
        cover = self.sudo()
        return cover.cover_user_id, cover.user_id, cover.date_from, cover.date_to

    @api.model
    def _tell(self, covering, away, date_from, date_to, no_more=False):
        """Write to who covers, in their language; of what is over nobody has to know."""
        if covering == self.env.user or date_to < fields.Date.context_today(self):
            return
        # sudo: who is told, whoever says who covers
        env = self.sudo().with_context(lang=covering.lang).env
        values = {"away": away.name, "period": period_in_words(env, date_from, date_to)}
        if no_more:
            subject = env._("You do not cover for %(away)s any more", **values)
            text = env._("It was planned %(period)s.", **values)
        else:
            subject = env._("You cover for %(away)s, %(period)s", **values)
            text = env._(
                "On these days you may write their files, which are with yours on the board,"
                " and what is to be done about their people is planned for you."
            )
        partner = covering.partner_id.with_env(env)
        partner.message_notify(
            partner_ids=partner.ids,
            subject=subject,
            body=plaintext2html(text),
            email_layout_xmlid="mail.mail_notification_light",
        )

    @api.model
    def _find_in_place_of(self, user, program):
        """Who is told today of what is for that user: whoever covers for them while they are away,
        and may read the files of that program. Who is at work themselves is not.
        """
        if user == self.env.user:
            return user
        today = fields.Date.context_today(self)
        # sudo: who covers whom is for code to know
        leaves = self.sudo().search([("date_from", "<=", today), ("date_to", ">=", today)])
        covers = leaves.filtered(lambda cover: cover.user_id == user)
        covering = covers.cover_user_id.filtered(
            lambda row: row.active and program._is_read_by(row)
        )
        there = covering - leaves.user_id
        return (there or covering)[:1].sudo(self.env.su) or user
