from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding


class CoworkingClaim(models.Model):
    """What becomes of a claim: sent, returned, accepted."""

    _inherit = "coworking.claim"

    rejected_line_ids = fields.Many2many(
        "coworking.claim.line", string="Rejected Lines", compute="_compute_rejected_lines"
    )

    @api.depends("step", "line_ids.amount_rejected")
    def _compute_rejected_lines(self):
        for claim in self:
            decided = claim.line_ids if claim.step == "accepted" else claim.line_ids.browse()
            claim.rejected_line_ids = decided.filtered("amount_rejected")

    def _submit(self):
        """Freeze an open claim as it was seen, and send it.

        :raise UserError: something is missing, or not as it was when the claim was put together
        """
        self.ensure_one()
        self._check_not_closed()
        # sudo: what changed a moment ago is read and parted, whoever's it is
        self.env["coworking.cost"].sudo()._refresh_changed()
        self.env.invalidate_all()  # what went with a share is not in the cache any more
        self._check_complete()
        # sudo: lines, numbers and steps are written by code alone
        claim = self.sudo()
        claim._freeze_files()
        for line in claim.line_ids:
            line.amount_admitted = line.amount
        claim.line_ids.allocation_id._freeze()
        # what is handed over from elsewhere was sent before it was here
        moment = not claim.number and claim.date_submitted or fields.Datetime.now()
        if not claim.number:
            claim.number = max(claim.agreement_id.claim_ids.mapped("number"), default=0) + 1
        claim.write(
            {
                "date_submitted": moment,
                "submitted_by_id": self.env.uid,
                "date_returned": False,
                "return_comment": False,
            }
        )
        claim.digest = claim.sending_ids._record_sending(claim).digest
        claim._take_step(step="submitted")
        claim._update_entries()

    def _return(self, comment):
        """The funder wants it otherwise: its shares follow the facts again.

        :param comment: what the funder says
        """
        self._check_may_change(("submitted",))
        self._check_still_claimed()
        self._check_not_archived()
        now = fields.Datetime.now()
        for claim in self.sudo():  # sudo: written by code alone
            claim.sending_ids[:1].write({"date_returned": now, "comment": comment})
            claim._take_step(step="returned", date_returned=now, return_comment=comment)
            claim.line_ids.allocation_id._thaw()
            claim._update_entries()

    def action_accept(self):
        """The funder admits what the lines say; what it rejects is to be placed."""
        self._check_may_change(("submitted",))
        for claim in self:
            claim._check_reasons()
            # sudo: written by code alone
            claim.sudo().line_ids._tell_shares()
            claim.sudo()._take_step(step="accepted", date_accepted=fields.Datetime.now())
            claim.sudo()._update_entries()
        return True

    def action_reopen(self):
        """What was said of the decision is mended: it is waited for again, of all that was asked,
        so that nobody else is asked for what was rejected meanwhile.
        """
        self._check_may_change(("accepted",))
        self._check_still_claimed()
        for claim in self.sudo():  # sudo: written by code alone
            claim._take_step(step="submitted", date_accepted=False)
            rejected = claim.line_ids.allocation_id.filtered("amount_rejected")
            rejected._reject(dict.fromkeys(rejected, 0.0))
            claim._update_entries()
        return True

    def _check_still_claimed(self):
        """:raise UserError: an agreement is closed for good: nothing could be sent again"""
        closed = self.filtered("agreement_id.date_claims_closed")[:1]
        if closed:
            raise UserError(
                self.env._(
                    "%(claim)s: %(agreement)s is closed for good since %(day)s. Choose “Open Claims"
                    " Again” on the agreement first.",
                    claim=closed.name,
                    agreement=closed.agreement_id.reference,
                    day=format_date(self.env, closed.agreement_id.date_claims_closed),
                )
            )

    def _check_not_archived(self):
        """:raise UserError: others would be asked for what is returned, and it for nothing more"""
        archived = self.filtered(lambda claim: not claim.agreement_id.active)[:1]
        if archived:
            raise UserError(
                self.env._(
                    "%(claim)s: %(agreement)s is archived, and would not take part any more in what"
                    " is returned. Unarchive it first.",
                    claim=archived.name,
                    agreement=archived.agreement_id.reference,
                )
            )

    def _take_step(self, **vals):
        """In the database at once: what follows is kept by PostgreSQL, and who did it is known.
        What was written before is of the step before.
        """
        self.env.flush_all()
        self.write(vals)
        self.flush_recordset()

    # === DIALOGS ===#

    def action_return(self):
        return self._open_dialog("return", self.env._("Returned by the Funder"))

    def action_correct(self):
        return self._open_dialog("correct", self.env._("Flat Correction"))

    def action_override_all(self):
        """One reason for all lines of which a proof is missing."""
        lines = self.line_ids.filtered("missing_codes")
        return self._open_dialog("override", self.env._("Send Without"), lines)

    def _open_dialog(self, kind, name, lines=()):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "coworking.claim.dialog",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_kind": kind,
                "default_claim_id": self.id,
                "default_line_ids": [line.id for line in lines],
            },
        }

    def action_receive(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record the Payment"),
            "res_model": "coworking.claim.receive",
            "view_mode": "form",
            "target": "new",
            "context": {"default_claim_id": self.id},
        }

    def _check_reasons(self):
        """:raise UserError: a line is not wholly admitted, and nobody says why"""
        for line in self.line_ids:
            rejected = line.currency_id.compare_amounts(line.amount, line.amount_admitted)
            if rejected and not (line.admission_reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(claim)s, %(line)s: %(amount)s of %(asked)s are admitted. Say why the"
                        " rest was rejected.",
                        claim=self.name,
                        line=line.display_name,
                        amount=line.currency_id.format(line.amount_admitted),
                        asked=line.currency_id.format(line.amount),
                    )
                )

    def _correct(self, percent, reason):
        """A flat correction takes so many per cent off what was asked, by largest remainder: what
        lines give back is admitted whole.

        :param percent: above 0, at most 100
        :raise UserError: nothing was asked that anything could be taken off, or what was said of a
            line would be lost
        """
        self._check_may_change(("submitted",))
        if self.currency_id.compare_amounts(self.amount_claimed, 0) <= 0:
            raise UserError(
                self.env._(
                    "%s asks for nothing on the whole: there is nothing to correct.", self.name
                )
            )
        decided = self.line_ids.filtered("amount_rejected")[:1]
        if decided:
            raise UserError(
                self.env._(
                    "%(claim)s: what is admitted of %(line)s was said already, and a flat"
                    " correction would write over it. Choose “Admit All” first, then correct, then"
                    " say what is admitted of single lines.",
                    claim=self.name,
                    line=decided.display_name,
                )
            )
        # sudo: written by code alone
        amounts = [(line, to_decimal(line.amount)) for line in self.sudo().line_ids]
        step = to_decimal(self.currency_id.rounding)
        for line, part in funding.spread_correction(amounts, to_decimal(percent), step):
            line.write(
                {
                    "amount_admitted": float(to_decimal(line.amount) - part),
                    "admission_reason": reason if part else False,
                }
            )

    def action_admit_all(self):
        """All that was asked is admitted: what was said before is taken back."""
        self._check_may_change(("submitted",))
        for line in self.sudo().line_ids:  # sudo: written by code alone
            line.write({"amount_admitted": line.amount, "admission_reason": False})
        return True


class CoworkingClaimLine(models.Model):
    _inherit = "coworking.claim.line"

    placed_text = fields.Char(
        string="Now With", compute="_compute_placed_text", help="Who pays for what was rejected."
    )

    @api.depends(
        "amount_rejected", "cost_id.allocation_ids.amount", "cost_id.allocation_ids.reason"
    )
    @api.depends_context("lang")
    def _compute_placed_text(self):
        """Who was given of it by hand, told once of what is parted together, and what of what was
        paid on its day is still to be placed.
        """
        rejected = self.claim_id.line_ids.filtered("amount_rejected")
        keys = {cost: cost._get_hold_key() for cost in rejected.cost_id}
        holds = self.env["coworking.allocation.hold"].search(
            [
                ("program_id", "in", rejected.cost_id.program_id.ids),
                ("item", "in", list(keys.values())),
                ("source_id", "=", False),
                ("target_id", "!=", False),
            ]
        )
        by_item, told, seen = holds.grouped("item"), {}, set()
        for line in rejected:
            item = keys[line.cost_id]
            placed = by_item.get(item, ()) if (line.claim_id, item) not in seen else ()
            seen.add((line.claim_id, item))
            told[line] = [
                self.env._(
                    "%(agreement)s: %(amount)s",
                    agreement=hold.target_id.reference,
                    amount=line.currency_id.format(hold.amount),
                )
                for hold in placed
            ]
            told[line] += [
                self.env._("to place: %s", line.currency_id.format(share.amount))
                for share in line.cost_id.allocation_ids
                if share.reason == "rejected" and share.instead_id == line.agreement_id
                if share.date_paid == line.date_paid
            ]
        for line in self:
            line.placed_text = ", ".join(told.get(line, ()))

    def action_override(self):
        """Send this line without the proofs that are missing, with a reason."""
        self.ensure_one()
        return self.claim_id._open_dialog("override", self.env._("Send Without"), self)

    def _tell_shares(self):
        """What was rejected of these lines is to be placed."""
        amounts = {}
        for line in self:
            share = line.allocation_id
            if share.currency_id.compare_amounts(share.amount_rejected, line.amount_rejected):
                amounts[share] = line.amount_rejected
        if amounts:
            # sudo: what the funder said is written by code alone
            self.env["coworking.allocation"].sudo()._reject(amounts)
