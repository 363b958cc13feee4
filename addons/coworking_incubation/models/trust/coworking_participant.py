from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ..base.coworking_record_mixin import EXPORT_GROUP
from .coworking_retention import STATUSES

KEEP_MONTHS = 12
# Of an anonymised file, what may still be said: who takes care of it.
STILL_WRITTEN = {"user_id"}
# Of the end of its data, what a file shows.
RETENTION_READ = ["last_contact", "status", "date_purge", "is_confirmed"]
# What not even code changes of it.
NEVER_WRITTEN = {"stage_id", "program_id", "partner_id", "kept_until", "birth_date", "project"}


class CoworkingParticipant(models.Model):
    """When the data of a file ends, what keeps it longer, and that it ended."""

    _name = "coworking.participant"
    _inherit = ["coworking.participant", "coworking.guard.mixin"]
    _code_fields = {
        "purge_notice_on",
        "kept_until",
        "kept_reason",
        "kept_by_id",
        "purged_on",
        "evidence_purged_on",
        "purge_failed_on",
    }

    purge_notice_on = fields.Date(
        string="Notice of the End", readonly=True, copy=False, groups="base.group_user"
    )
    kept_until = fields.Date(readonly=True, copy=False, tracking=True)
    kept_reason = fields.Char(string="Reason to Keep", readonly=True, copy=False)
    kept_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    purged_on = fields.Date(
        string="Anonymised On", readonly=True, copy=False, index="btree_not_null"
    )
    evidence_purged_on = fields.Date(
        readonly=True, copy=False, help="Day on which signatures and signed agreements went too."
    )
    purge_failed_on = fields.Date(
        readonly=True, copy=False, help="It is tried again a week after; the server's log says why."
    )
    retention_from = fields.Date(
        string="Term Counted From",
        compute="_compute_retention",
        help="The last contact that counts for how long the file is kept.",
    )
    retention_status = fields.Selection(
        STATUSES, string="End of Data", compute="_compute_retention"
    )
    date_purge = fields.Date(string="To Be Anonymised On", compute="_compute_retention")

    _kept_with_reason = models.Constraint(
        "CHECK (kept_until IS NULL OR kept_reason IS NOT NULL)",
        "Say why the file is kept.",
    )

    def _compute_retention(self):
        # sudo: whoever may read a file may read when it ends; facts of all rooms decide it
        rows = self.env["coworking.retention"].sudo()
        self.env.flush_all()
        found = {
            row.id: row
            for row in rows.search_fetch([("id", "in", self._origin.ids)], RETENTION_READ)
        }
        for file in self:
            row = found.get(file._origin.id, rows)
            file.retention_from = row.last_contact
            file.retention_status = row.status
            # nothing has a day before somebody answers for the terms
            file.date_purge = (row.is_confirmed or file.purged_on) and row.date_purge

    # === CRUD METHODS ===#

    def unlink(self):
        # sudo: that somebody had a file is code's to mark
        contacts = self.sudo().partner_id
        result = super().unlink()
        contacts._coworking_forget_files()
        return result

    def write(self, vals):
        self._check_not_purged(vals.keys())
        facts = self._get_sensitive_names() & vals.keys()
        # sudo: what it was, to say that it changed
        before = {(row, name): row[name] for row in self.sudo() for name in facts}
        result = super().write(vals)
        mended = [key for key, value in before.items() if key[0][key[1]] != value]
        if mended:
            changed = self.browse(dict.fromkeys(row.id for row, __ in mended))
            changed._trace("changed", fields=sorted({name for __, name in mended}))
        return result

    def _check_not_purged(self, names):
        """Nothing brings an anonymised file back, or into another program or to another person.

        Code may still note on it what concerns others: that a settled month is to be checked.
        """
        written = names & NEVER_WRITTEN if self.env.su else names - STILL_WRITTEN
        # sudo: whether it was is no secret for who writes it
        purged = self.sudo().filtered("purged_on") if written else self.browse()
        if purged:
            raise UserError(purged[0]._describe_purged())

    def _check_may_be_noted(self):
        self._check_not_purged({"message_ids"})
        return super()._check_may_be_noted()

    def _describe_purged(self):
        self.ensure_one()
        return self.env._(
            "%(file)s was anonymised on %(date)s: nothing can be added to it or changed in it. Make"
            " a new file if the person comes back.",
            file=self.display_name,
            date=format_date(self.env, self.purged_on),
        )

    # === KEEPING LONGER ===#

    def action_keep_data(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Keep the file longer"),
            "res_model": "coworking.participant.keep",
            "view_mode": "form",
            "target": "new",
            "context": {"default_participant_id": self.id},
        }

    def _keep_data(self, until, reason):
        """Somebody who may write the file gives a reason to keep it, until a day."""
        self.ensure_one()
        self.check_access("write")
        self._check_not_purged({"kept_until"})
        today = fields.Date.context_today(self)
        last = today + relativedelta(months=KEEP_MONTHS)
        if not until or not today < until <= last:
            raise ValidationError(
                self.env._(
                    "A file is kept until a day to come, at the latest %s. A new reason may be"
                    " given then.",
                    format_date(self.env, last),
                )
            )
        reason = (reason or "").strip()
        if not reason:
            raise ValidationError(self.env._("Say why the file is kept."))
        # sudo: these fields are written here alone
        self.sudo().write(
            {"kept_until": until, "kept_reason": reason, "kept_by_id": self.env.user.id}
        )
        self._get_retention_activities().action_feedback(feedback=reason)

    def _get_retention_activities(self):
        kind = self.env.ref(
            "coworking_incubation.mail_activity_type_retention", raise_if_not_found=False
        )
        # sudo: whoever it was given to
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", kind.id if kind else 0),
                ]
            )
        )

    # === WHAT IS HELD ON A PERSON ===#

    def action_get_all_data(self):
        """Everything held on this person, in one archive, to be handed to them."""
        self.ensure_one()
        self._check_may_get_all_data()
        return {
            "type": "ir.actions.act_url",
            "url": f"/coworking_incubation/person/{self.id}/data",
            "target": "download",
        }

    def _check_may_get_all_data(self):
        self.check_access("read")
        if not self.env.user.has_group("coworking_incubation.group_coworking_coordinator"):
            raise AccessError(
                self.env._("Only a coordinator makes the file of everything held on a person.")
            )
        if not self.env.user.has_group(EXPORT_GROUP):
            raise AccessError(
                self.env._(
                    "Only a coordinator of the group “Export of Personal Data” takes everything"
                    " held on a person out of Odoo: ask an administrator for that right."
                )
            )

    def _make_all_data(self):
        """The archive, as a file open at its beginning."""
        self.ensure_one()
        # sudo: the contact, of which the archive reads what the user may
        partner = self.sudo().partner_id.with_env(self.env)
        stream, made = self.env["coworking.person.data"]._make_zip(partner)
        given, __ = self.env["coworking.person.data"]._get_given_fields(self._name)
        made.files._trace(
            "exported",
            format="zip",
            count=sum(map(len, made.ids.values())),
            fields=sorted(field.name for field in given),
        )
        return stream
