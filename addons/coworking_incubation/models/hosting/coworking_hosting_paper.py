import base64
from datetime import datetime, time

from pytz import timezone, utc

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools import SCAN_MAX_BYTES, check_picture, get_scan_kind
from .coworking_hosting import PAPER


class CoworkingHosting(models.Model):
    """The agreement signed on paper: the scan is that of one text, with those who sign it."""

    _inherit = "coworking.hosting"

    def write(self, vals):
        if {"body", "signatory_ids"} & vals.keys() and "scan" not in vals:
            self.filtered(lambda row: row.state == "draft" and row.scan)._remove_paper()
        return super().write(vals)

    def _remove_paper(self):
        """The text is another one, or others sign it: what was signed before is not this."""
        for hosting in self:
            hosting.write(dict.fromkeys(PAPER, False))
            hosting.message_post(
                body=hosting._speak_to_staff().env._(
                    "The scan of the signed paper was removed: the text, or who signs it, is not"
                    " the same any more. Add the scan of this text once it is signed."
                )
            )

    def action_record_paper(self):
        """The paper is signed by those who did not sign online: all of them, if none was asked."""
        self.check_access("write")
        for hosting in self:
            hosting._check_state_in("draft", "ready_to_sign", "partially_signed")
            if hosting.state == "draft":
                hosting._check_text_is_ready()
            hosting._check_scan()
            hosting._check_paper_date()
            waiting = hosting.signatory_ids.filtered(lambda row: row.state == "waiting")
            signed_on = hosting._get_paper_moment()
            for signatory in waiting.sudo():  # sudo: see action_send
                signatory.write(
                    {
                        "state": "signed",
                        "method": "paper",
                        "signed_by": signatory.partner_id.name,
                        "signed_on": signed_on,
                    }
                )
                signatory._close_links()
            # sudo: states follow from signatures, they are not typed
            hosting.sudo().state = "in_review"
            hosting._tell_coordinator(self.env._("Check the signed paper"))
        return True

    def _get_paper_moment(self):
        """Noon of the day on which the paper was signed, where the space is: midnight in UTC would
        be the day before overseas.
        """
        self.ensure_one()
        if not self.paper_date:
            return fields.Datetime.now()
        zone = timezone(self.space_id._get_zone())
        noon = zone.localize(datetime.combine(self.paper_date, time(12)))
        return noon.astimezone(utc).replace(tzinfo=None)

    def _check_paper_date(self):
        if self.paper_date and self.paper_date > self.space_id._get_today():
            raise UserError(
                self.env._(
                    "%(agreement)s: nobody has signed on %(date)s yet. Mend the day of the paper.",
                    agreement=self.name,
                    date=format_date(self.env, self.paper_date),
                )
            )

    def _check_scan(self):
        self.ensure_one()
        content = base64.b64decode(self.with_context(bin_size=False).scan or b"")
        kind = get_scan_kind(content)
        if not content or not kind:
            raise UserError(
                self.env._(
                    "%s: add the scan of the signed paper, as a PDF or a picture (PNG, JPEG).",
                    self.name,
                )
            )
        if len(content) > SCAN_MAX_BYTES:
            raise UserError(
                self.env._("%s: the scan is larger than 10 MB. Scan it in grey.", self.name)
            )
        if kind != "pdf":
            content = check_picture(self.env, content)
        return content, kind
