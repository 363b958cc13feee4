from odoo import api, fields, models
from odoo.exceptions import UserError

from .coworking_hosting import (
    HOSTED_STATES,
    HOSTING_STATES,
    OPEN_STATES,
    SEALED_STATES,
    STATE_RANK,
)

# Of seats: those that came to nothing.
GONE_STATES = ("refused", "cancelled")


class CoworkingSeat(models.Model):
    _inherit = "coworking.seat"

    paper_agreement_date = fields.Date(
        copy=False,
        string="Agreement Signed on Paper On",
        help="Before the program was taken over: the agreement is kept on paper, and none is made"
        " here until the seat changes.",
    )
    hosting_ids = fields.One2many(
        "coworking.hosting",
        "seat_id",
        string="Hosting Agreements",
        groups="coworking_incubation.group_coworking_accompanist",
    )
    hosting_count = fields.Integer(
        compute="_compute_hosting_count", groups="coworking_incubation.group_coworking_accompanist"
    )
    hosting_state = fields.Selection(
        HOSTING_STATES,
        string="Agreement",
        compute="_compute_hosting_state",
        store=True,
        help="Of the agreement that counts: the one signed by all, else the one under way.",
    )
    hosting_todo = fields.Selection(
        [("agreement", "Agreement"), ("amendment", "Amendment"), ("open", "Under Way")],
        compute="_compute_hosting_todo",
        help="What the seat needs: an agreement, or an amendment because it changed since.",
        groups="coworking_incubation.group_coworking_accompanist",
    )

    # === COMPUTE METHODS ===#

    @api.depends("hosting_ids.state", "paper_agreement_date")
    def _compute_hosting_state(self):
        for seat in self:
            states = set(seat.hosting_ids.mapped("state"))
            if seat.paper_agreement_date:
                states.add("validated")
            seat.hosting_state = next((state for state in STATE_RANK if state in states), False)

    def _compute_hosting_count(self):
        counts = dict(
            self.env["coworking.hosting"]._read_group(
                [("seat_id", "in", self.ids)], ["seat_id"], ["__count"]
            )
        )
        for seat in self:
            seat.hosting_count = counts.get(seat, 0)

    @api.depends("state", "hosting_ids.state", "hosting_ids.is_outdated", "paper_agreement_date")
    @api.depends_context("uid")
    def _compute_hosting_todo(self):
        mine = self.participant_id._filtered_access("write")
        for seat in self:
            signed = seat.hosting_ids.filtered(lambda row: row.state == "validated")
            if seat.hosting_ids.filtered(lambda row: row.state in OPEN_STATES):
                seat.hosting_todo = "open"
            elif seat.participant_id not in mine or seat.state not in HOSTED_STATES:
                seat.hosting_todo = False
            elif signed:
                seat.hosting_todo = "amendment" if any(signed.mapped("is_outdated")) else False
            else:
                seat.hosting_todo = False if seat.paper_agreement_date else "agreement"

    # === CRUD METHODS ===#

    def write(self, vals):
        gone = self.browse()
        if "state" in vals:
            gone = self.filtered(lambda seat: seat.state in GONE_STATES)
        people = {seat: seat.partner_id for seat in self} if "participant_id" in vals else {}
        result = super().write(vals)
        given = self.filtered(lambda seat: seat in people and seat.partner_id != people[seat])
        # sudo: what was agreed with somebody else comes back for nobody
        given.sudo().hosting_ids.filtered("left_state").left_state = False
        if vals.get("state") in GONE_STATES:
            self._cancel_hostings()
        else:
            gone._restore_hostings()
        return result

    def _cancel_hostings(self):
        """An agreement under way goes with its seat."""
        # sudo: who answers for a seat need not be the one who writes its agreement
        for hosting in self.sudo().hosting_ids.filtered(lambda row: row.state in OPEN_STATES):
            hosting.left_state = hosting.state
            hosting.action_cancel()

    def _restore_hostings(self):
        """It comes back with it, signatures too, unless its number was given away meanwhile."""
        # sudo: as it was cancelled
        for hosting in self.sudo().hosting_ids.filtered("left_state"):
            taken = hosting.origin_id and hosting.search_count(
                [
                    ("origin_id", "=", hosting.origin_id.id),
                    ("number", "=", hosting.number),
                    ("state", "!=", "cancelled"),
                ],
                limit=1,
            )
            state = "cancelled" if taken else hosting.left_state
            hosting.write({"state": state, "left_state": False})
            hosting.signatory_ids._tell_left()

    def _check_may_change_person(self):
        # sudo: it is enough that there is one, whoever may read it
        hostings = self.sudo().hosting_ids.filtered(lambda row: row.state != "cancelled")
        if sealed := hostings.filtered(lambda row: row.state in SEALED_STATES)[:1]:
            raise UserError(
                self.env._(
                    "%(agreement)s is signed by all for %(person)s, and seat %(seat)s stays theirs:"
                    " make a seat for whoever else comes.",
                    agreement=sealed.name,
                    person=sealed.participant_id.partner_id.name,
                    seat=sealed.seat_id.name,
                )
            )
        if hosting := hostings[:1]:
            raise UserError(
                self.env._(
                    "%(agreement)s is made for %(person)s, and so is seat %(seat)s: make a seat for"
                    " whoever else comes, or cancel the agreement first.",
                    agreement=hosting.name,
                    person=hosting.participant_id.partner_id.name,
                    seat=hosting.seat_id.name,
                )
            )
        return super()._check_may_change_person()

    # === ACTION METHODS ===#

    def action_prepare_hosting(self):
        """The agreement of this seat, or its amendment: made if need be, and opened."""
        self.ensure_one()
        hosting = self.hosting_ids.filtered(lambda row: row.state in OPEN_STATES)[:1]
        if not hosting:
            hosting = self.env["coworking.hosting"].create({"seat_id": self.id})
        return self._open_hostings(hosting)

    def action_open_hostings(self):
        self.ensure_one()
        return self._open_hostings(self.hosting_ids)

    def _open_hostings(self, hostings):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_hosting_action"
        )
        action["context"] = {"default_seat_id": self.id}
        if len(hostings) == 1:
            action.update(res_id=hostings.id, views=[(False, "form")])
        else:
            action["domain"] = [("seat_id", "=", self.id)]
        return action
