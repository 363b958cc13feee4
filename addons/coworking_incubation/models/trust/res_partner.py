from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import KNOWN_PERSON, find_referred
from ..base.coworking_record_mixin import EXPORT_GROUP, NAMES


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Of who has a file, more than the name leaves Odoo with the right to export personal data
        only, and is traced; other contacts are Odoo's.
        """
        asked = {"/".join(path) for path in fields if path and not self._leads_to_ours(path)}
        asked -= {*NAMES, "name", "complete_name"}
        files = self.env["coworking.participant"]
        if asked and not self.env.su:
            # sudo: who has a file, not what is in it
            people = self.sudo().with_context(active_test=False)
            files = people.coworking_participant_ids.with_env(self.env)
        if files and not self.env.user.has_group(EXPORT_GROUP):
            raise AccessError(
                self.env._(
                    "%(count)s of these contacts have a file in a program: only the group “Export"
                    " of Personal Data” takes more than their names out of Odoo. Ask an"
                    " administrator for that right, or leave out these columns or contacts:"
                    " %(columns)s.",
                    count=len(files.sudo().partner_id),
                    columns=", ".join(sorted(asked)),
                )
            )
        if files:
            files._trace_export(asked, _is_toplevel_call)
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _leads_to_ours(self, path):
        """Whether a column is of records that guard themselves."""
        field = self._fields.get(path[0])
        there = field and field.relational and len(path) > 1 and self.env[field.comodel_name]
        return getattr(there, "_processing", None) is not None

    def _coworking_forget_files(self):
        """Of who has no file any more, none that was purged either, the mark goes with it.

        Whoever gives one of them a file at the same moment begins again, or this does.
        """
        contacts = self.exists()
        contacts -= find_referred(contacts, ("coworking.participant", "partner_id"))
        if contacts:
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner SET coworking_has_file = NULL WHERE id IN %s",
                    tuple(contacts.ids),
                )
            )
            contacts.invalidate_recordset([KNOWN_PERSON])

    def unlink(self):
        # sudo: whoever deletes a contact need not know the months that it confirmed or billed, nor
        # the files that it sent, archived or not: they stay, without it
        env = self.sudo().with_context(active_test=False).env
        accounts = env["res.partner.bank"].search([("partner_id", "in", self.ids)])
        of_operators = env["coworking.space"]._filter_operators(
            accounts.partner_id.commercial_partner_id
        )
        # PostgreSQL takes them along when nothing tells any more whose they were
        accounts.filtered(
            lambda account: (
                account.active and account.partner_id.commercial_partner_id in of_operators
            )
        ).unlink()
        billed = Domain("operator_id", "in", self.ids)
        confirmed = Domain("confirmed_by", "in", self.ids)
        if not (
            env["coworking.statement"].search_count(billed | confirmed, limit=1)
            or env["coworking.invoice.file"].search_count(billed, limit=1)
        ):
            return super().unlink()
        with self.env["coworking.audit"]._saying_who():
            return super().unlink()
