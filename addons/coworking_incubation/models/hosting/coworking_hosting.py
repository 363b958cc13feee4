import hashlib
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext, is_html_empty, plaintext2html

from ...tools import without_defaults
from ..base.discussion import get_address_words
from ..base.processing import AGREEMENTS

HOSTING_STATES = [
    ("draft", "Being Written"),
    ("ready_to_sign", "To Be Signed"),
    ("partially_signed", "Partly Signed"),
    ("in_review", "To Be Checked"),
    ("validated", "Signed by All"),
    ("rejected", "Turned Down"),
    ("cancelled", "Cancelled"),
    ("superseded", "Replaced"),
]
# Of several agreements of a seat, the one that counts.
STATE_RANK = (
    "validated",
    "in_review",
    "partially_signed",
    "ready_to_sign",
    "draft",
    "rejected",
    "superseded",
)
OPEN_STATES = ("draft", "ready_to_sign", "partially_signed", "in_review", "rejected")
SEALED_STATES = ("validated", "superseded")
# Of seats: those that an agreement is for.
HOSTED_STATES = ("requested", "confirmed", "active")
# What staff type, and when. The rest is written by the buttons.
PAPER = {"scan", "scan_filename", "paper_date"}
TYPED = {
    "draft": {"body", "reason", "template_id", "signatory_ids", *PAPER},
    **dict.fromkeys(("ready_to_sign", "partially_signed", "in_review"), PAPER),
    **dict.fromkeys(("rejected", "validated", "cancelled", "superseded"), frozenset()),
}
CREATED = {"seat_id", "reason", "template_id", "body", "signatory_ids"}
REMINDER_DAYS = (5, 10)


class CoworkingHosting(models.Model):
    """The agreement of a seat, signed by the participant, the space and the programme.

    One a seat; a change of space, of tariff or of dates is an amendment, numbered, of the first one
    of the file. What was signed by all is sealed: the document is kept with its SHA-256, and
    neither it nor what it says can be changed afterwards.
    """

    _name = "coworking.hosting"
    _description = "Hosting Agreement"
    _processing = AGREEMENTS
    _inherit = [
        "coworking.thread.mixin",
        "mail.activity.mixin",
        "coworking.form.lock.mixin",
        "coworking.state.mixin",
        "coworking.record.mixin",
    ]
    _order = "create_date desc, id desc"
    _rec_names_search = ["seat_id.name", "participant_id.partner_id.name"]

    name = fields.Char(compute="_compute_name")
    seat_id = fields.Many2one(
        "coworking.seat", required=True, index=True, ondelete="restrict", copy=False
    )
    participant_id = fields.Many2one(
        related="seat_id.participant_id", store=True, precompute=True, index=True
    )
    program_id = fields.Many2one(
        related="seat_id.program_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="seat_id.company_id", store=True, precompute=True, index=True
    )
    user_id = fields.Many2one(
        related="seat_id.user_id", string="Counsellor", store=True, precompute=True
    )
    origin_id = fields.Many2one(
        "coworking.hosting", string="First Agreement", readonly=True, index="btree_not_null"
    )
    number = fields.Integer(
        readonly=True, help="0 for the agreement, then the number of the amendment."
    )
    reason = fields.Char(string="What Changes", help="Said in an amendment.")
    template_id = fields.Many2one("coworking.hosting.template", ondelete="restrict")
    space_id = fields.Many2one("coworking.space", readonly=True, ondelete="restrict")
    tariff_id = fields.Many2one("coworking.tariff", readonly=True, ondelete="restrict")
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    body = fields.Html(string="Text")
    text_hash = fields.Char(
        string="Fingerprint of the Text", compute="_compute_text_hash", help="SHA-256."
    )
    version = fields.Integer(default=1, readonly=True)
    version_ids = fields.One2many(
        "coworking.hosting.version", "hosting_id", string="Earlier Texts", readonly=True
    )
    signatory_ids = fields.One2many(
        "coworking.hosting.signatory", "hosting_id", string="Signatories"
    )
    next_signatory_id = fields.Many2one(
        "coworking.hosting.signatory", string="Signs Next", compute="_compute_next_signatory_id"
    )
    contact_words = fields.Char(
        string="Written To",
        compute="_compute_next_signatory_id",
        help="Who gets the link by e-mail when it is sent, at which address.",
    )
    my_turn = fields.Boolean(compute="_compute_next_signatory_id", export_string_translation=False)
    has_left_words = fields.Char(
        string="Does Not Sign Any More", compute="_compute_next_signatory_id"
    )
    state = fields.Selection(
        HOSTING_STATES,
        required=True,
        default="draft",
        readonly=True,
        index=True,
        tracking=True,
        group_expand=True,
    )
    # What it was before its seat was cancelled, and is again where that is taken back.
    left_state = fields.Char(
        readonly=True, copy=False, groups=fields.NO_ACCESS, export_string_translation=False
    )
    is_outdated = fields.Boolean(
        compute="_compute_is_outdated", help="The seat is not what the text says any more."
    )
    reject_reason = fields.Char(string="Why Not", readonly=True, tracking=True)
    scan = fields.Binary(string="Signed on Paper", attachment=True, copy=False)
    scan_filename = fields.Char()
    paper_date = fields.Date(string="Signed on Paper On")
    sealed_attachment_id = fields.Many2one(
        "ir.attachment", string="Signed Document", readonly=True, ondelete="restrict"
    )
    sealed_hash = fields.Char(string="Seal", readonly=True, help="SHA-256 of the document.")
    sealed_on = fields.Datetime(readonly=True)
    seal_state = fields.Selection(
        [("intact", "Intact"), ("broken", "Broken: the file is not the one that was signed")],
        compute="_compute_seal_state",
    )

    _one_agreement = models.UniqueIndex(
        "(seat_id) WHERE number = 0 AND state != 'cancelled'",
        "This seat already has a hosting agreement.",
    )
    _one_amendment = models.UniqueIndex(
        "(origin_id, number) WHERE origin_id IS NOT NULL AND state != 'cancelled'",
        "This amendment already exists.",
    )
    _one_open = models.UniqueIndex(
        "(seat_id) WHERE state IN"
        " ('draft', 'ready_to_sign', 'partially_signed', 'in_review', 'rejected')",
        "An agreement of this seat is under way already: finish or cancel it first.",
    )
    _sealed = models.Constraint(
        "CHECK (state NOT IN ('validated', 'superseded')"
        " OR (sealed_attachment_id IS NOT NULL AND sealed_hash IS NOT NULL"
        " AND sealed_on IS NOT NULL))",
        "An agreement is signed by all with its document and its seal.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("seat_id.name", "number", "origin_id.seat_id.name")
    @api.depends_context("lang")
    def _compute_name(self):
        for hosting in self:
            reference = (hosting.origin_id or hosting).seat_id.name or ""
            hosting.name = (
                self.env._(
                    "Agreement %(reference)s, amendment %(number)s",
                    reference=reference,
                    number=hosting.number,
                )
                if hosting.number
                else self.env._("Agreement %(reference)s", reference=reference)
            )

    @api.depends("name", "participant_id.display_name")
    def _compute_display_name(self):
        for hosting in self:
            hosting.display_name = " · ".join(
                filter(None, (hosting.participant_id.display_name, hosting.name))
            )

    @api.depends("body")
    def _compute_text_hash(self):
        for hosting in self:
            hosting.text_hash = hosting._get_fingerprint(str(hosting.body or "").encode())

    @api.depends("signatory_ids.has_left", "signatory_ids.state", "signatory_ids.sequence", "state")
    @api.depends_context("uid", "lang")
    def _compute_next_signatory_id(self):
        for hosting in self:
            waiting = hosting.signatory_ids.filtered(lambda row: row.state == "waiting").sorted(
                lambda row: (row.sequence, row._origin.id)
            )
            sent = hosting.state in ("ready_to_sign", "partially_signed")
            hosting.next_signatory_id = waiting[:1] if sent else False
            hosting.contact_words = get_address_words(waiting[:1].partner_id)
            hosting.my_turn = hosting.next_signatory_id.partner_id == self.env.user.partner_id
            is_under_way = hosting.state not in ("draft", "cancelled")
            left = hosting.signatory_ids._filter_left() if is_under_way else ()
            hosting.has_left_words = ". ".join(row._describe_left() for row in left)

    @api.depends(
        "seat_id.space_id", "seat_id.tariff_id", "seat_id.date_start", "seat_id.date_end", "state"
    )
    def _compute_is_outdated(self):
        """The seat has another space, tariff or first day, or goes on for longer.

        Leaving earlier is what the text provides for: it needs no amendment.
        """
        for hosting in self:
            seat = hosting.seat_id
            longer = hosting.date_to and (not seat.date_end or seat.date_end > hosting.date_to)
            hosting.is_outdated = hosting.state not in ("cancelled", "superseded") and (
                hosting.space_id != seat.space_id
                or hosting.tariff_id != seat.tariff_id
                or hosting.date_from != seat.date_start
                or bool(longer)
            )

    def _compute_seal_state(self):
        for hosting in self:
            if not hosting.sealed_hash:
                hosting.seal_state = False
                continue
            # sudo: the document is read to be checked, whoever looks at the record
            # Lists and forms ask for sizes instead of contents.
            document = hosting.sudo().sealed_attachment_id.with_context(bin_size=False)
            content = document.raw or b""
            intact = hosting._get_fingerprint(content) == hosting.sealed_hash
            hosting.seal_state = "intact" if intact else "broken"

    def _is_as_sealed(self):
        return self.seal_state == "intact"

    @api.model
    def _get_fingerprint(self, content):
        return hashlib.sha256(content).hexdigest()

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su and not vals.keys() <= CREATED | self._free_fields():
                raise AccessError(self.env._("An agreement starts as a text to be sent."))
            seat_id = vals.get("seat_id") or self.env.context.get("default_seat_id")
            if seat := self.env["coworking.seat"].browse(seat_id):  # PostgreSQL asks for one
                vals.update({**self._prepare_from_seat(seat), **vals})
        if not self.env.su:
            typed = CREATED | self._free_fields()
            self = without_defaults(self, lambda field: field.name not in typed)
        hostings = super().create(vals_list)
        for hosting in hostings:
            if not hosting.signatory_ids:
                hosting.signatory_ids = hosting._prepare_signatories()
            if is_html_empty(hosting.body):
                hosting._fill_text()
        return hostings

    def write(self, vals):
        own = vals.keys() - self._free_fields()
        for hosting in self if own else ():
            if not self.env.su and own - TYPED[hosting.state]:
                raise AccessError(
                    self.env._(
                        "%(agreement)s is %(state)s: %(fields)s cannot be changed.",
                        agreement=hosting.name,
                        state=hosting._get_state_words(),
                        fields=", ".join(
                            self._fields[name]._description_string(self.env)
                            for name in sorted(own - TYPED[hosting.state])
                        ),
                    )
                )
            # replaced by an amendment is all that can happen to what was signed
            if hosting.state in SEALED_STATES and own != {"state"}:
                raise UserError(
                    self.env._(
                        "%s was signed by all: it is kept as it is. Make an amendment.",
                        hosting.name,
                    )
                )
        return super().write(vals)

    @api.model
    def _free_fields(self):
        """Fields of Odoo's own mixins: messages, followers, activities."""
        return {
            name
            for name, field in self._fields.items()
            if name.startswith(("message_", "activity_", "my_activity", "website_message"))
            or name in ("write_date", "write_uid", "create_date", "create_uid")
            or not (field.store or field.type in ("one2many", "many2many", "binary"))
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        for hosting in self:
            if hosting.state not in ("draft", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(agreement)s is %(state)s: cancel it instead of deleting it.",
                        agreement=hosting.name,
                        state=hosting._get_state_words(),
                    )
                )

    def _get_state_words(self):
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    # === MAKING THE TEXT ===#

    @api.model
    def _prepare_from_seat(self, seat):
        """Values of the next agreement of a seat: the first one, or an amendment of it."""
        seat.ensure_one()
        if seat.state in ("ended", "refused", "cancelled"):
            raise UserError(
                self.env._(
                    "Seat %(seat)s is %(state)s: there is nothing to agree on.",
                    seat=seat.name,
                    state=dict(seat._fields["state"]._description_selection(self.env))[seat.state],
                )
            )
        chain = self.sudo().search(  # sudo: numbers go on over what the user may not read
            [("participant_id", "=", seat.participant_id.id), ("state", "!=", "cancelled")]
        )
        signed = chain.filtered(lambda row: row.state in SEALED_STATES)
        origin = (signed.origin_id or signed.filtered(lambda row: not row.number))[:1]
        return {
            "origin_id": origin.id,
            "number": (
                max(chain.filtered(lambda row: row.origin_id == origin).mapped("number"), default=0)
                + 1
                if origin
                else 0
            ),
            "template_id": (
                seat.program_id.hosting_template_id
                or self.env["coworking.hosting.template"].search(
                    [("company_id", "in", (False, seat.company_id.id))], limit=1
                )
            ).id,
            **self._prepare_terms(seat),
        }

    @api.model
    def _prepare_terms(self, seat):
        return {
            "space_id": seat.space_id.id,
            "tariff_id": seat.tariff_id.id,
            "date_from": seat.date_start,
            "date_to": seat.date_end,
        }

    def _prepare_signatories(self):
        """Participant, then space, then programme."""
        return [
            Command.create({"role": role, "partner_id": partner.id, "sequence": 10 * rank})
            for rank, (role, partner) in enumerate(self._get_proposed().items(), 1)
        ]

    def _get_proposed(self):
        """Who is proposed to sign, by role: of a space a manager, or who bills for it."""
        self.ensure_one()
        coordinator = self.program_id._get_responsible(or_admin=False)
        return {
            "participant": self.participant_id.partner_id,
            "space": self.space_id.manager_ids[:1] or self.space_id.operator_id,
            "program": coordinator.partner_id or self.company_id.partner_id,
        }

    def _get_text_lang(self):
        """The language of the text: the organisation's, which all three parties share."""
        self.ensure_one()
        return self.company_id.partner_id.lang or self.env.lang

    def _fill_text(self):
        """Write the text anew from the template and the records."""
        for hosting in self:
            if not hosting.template_id:
                raise UserError(
                    self.env._(
                        "No template of agreements for %s: make one under Configuration.",
                        hosting.program_id.name,
                    )
                )
            space = hosting.space_id
            # sudo: what the records say is written as it is, not typed
            hosting.sudo().write(self._prepare_terms(hosting.seat_id))
            if hosting.space_id != space:
                of_space = hosting.sudo().signatory_ids.filtered(lambda row: row.role == "space")
                of_space.partner_id = hosting._get_proposed()["space"]
            named = hosting.with_context(lang=hosting._get_text_lang())
            hosting.sudo().body = named.template_id._fill_text(named)

    def _check_draft(self):
        for hosting in self:
            if hosting.state != "draft":
                raise UserError(
                    self.env._(
                        "%(agreement)s is %(state)s: take it back before changing who signs.",
                        agreement=hosting.name,
                        state=hosting._get_state_words(),
                    )
                )

    # === ACTION METHODS ===#

    def action_fill(self):
        """Take the text from the template and the records again."""
        self.check_access("write")
        self._check_draft()
        self._fill_text()
        return True

    def action_send(self):
        """Ready to be signed: the first signatory gets the link."""
        self.check_access("write")
        for hosting in self:
            hosting._check_state_in("draft")
            hosting._check_text_is_ready()
            # sudo: states follow from what is done, nobody types them
            hosting.sudo().state = "ready_to_sign"
            hosting.sudo().next_signatory_id._ask_signature()
        return True

    def _check_text_is_ready(self):
        self.ensure_one()
        problems = []
        if is_html_empty(self.body):
            problems.append(self.env._("%s has no text.", self.name))
        if self.is_outdated:
            problems.append(
                self.env._(
                    "The seat of %s changed since the text was written. Fill the text again.",
                    self.name,
                )
            )
        missing = {"participant", "space", "program"} - set(self.signatory_ids.mapped("role"))
        if missing:
            roles = dict(self.signatory_ids._fields["role"]._description_selection(self.env))
            problems.append(
                self.env._(
                    "%(agreement)s: say who signs for %(roles)s.",
                    agreement=self.name,
                    roles=", ".join(roles[role].lower() for role in sorted(missing)),
                )
            )
        if self.number and not self.reason:
            problems.append(self.env._("%s: say what changes.", self.name))
        elif self.number and self._is_reason_left_out():
            problems.append(
                self.env._(
                    "%s: the text does not say what changes yet. Fill it again, or write it there.",
                    self.name,
                )
            )
        if problems:
            raise UserError("\n".join(problems))

    def _is_reason_left_out(self):
        """Whether the reason was typed after the text was made of a template that says it."""
        text = " ".join(html2plaintext(self.body or "").split())
        says_it = "object.agreement_reason" in (self.template_id.body or "")
        return says_it and " ".join(self.reason.split()) not in text

    def action_revise(self):
        """Take it back to change the text: the one that was sent stays as an earlier version."""
        self.check_access("write")
        for hosting in self:
            hosting._check_state_in("ready_to_sign", "partially_signed", "in_review", "rejected")
            signatories = hosting.signatory_ids
            hosting.sudo().write(  # sudo: see action_send
                {
                    "version_ids": [
                        Command.create(
                            {
                                "number": hosting.version,
                                "body": hosting.body,
                                "text_hash": hosting.text_hash,
                                "signatures": "\n".join(row._describe() for row in signatories),
                                "replaced_by_id": self.env.uid,
                                "replaced_on": fields.Datetime.now(),
                            }
                        )
                    ],
                    "version": hosting.version + 1,
                    "state": "draft",
                    "reject_reason": False,
                    **dict.fromkeys(PAPER, False),
                }
            )
            # sudo: who signed is written by code alone
            signatories.sudo()._replace_left()
            signatories.sudo()._restart_signatures()
            hosting._drop_calls()
        return True

    def action_validate(self):
        """A coordinator saw that all signed: the paper is sealed, or what was signed online."""
        self._check_coordinator()
        for hosting in self:
            hosting._check_state_in("in_review")
            if "paper" in hosting.signatory_ids.mapped("method"):
                hosting._seal_document(*hosting._check_scan())
            else:
                hosting._seal_document(hosting._render_document(), "pdf")
        return True

    def action_reject(self):
        """The paper is not what was to be signed."""
        self._check_coordinator()
        for hosting in self:
            hosting._check_state_in("in_review")
            # sudo: see action_send
            hosting.sudo().state = "rejected"
        return True

    def action_cancel(self):
        self.check_access("write")
        for hosting in self:
            hosting._check_state_in(*OPEN_STATES)
            # sudo: see action_send
            hosting.sudo().state = "cancelled"
        return True

    def action_remind(self):
        """Send the link again to the one whose turn it is."""
        self.check_access("write")
        for hosting in self:
            hosting._check_state_in("ready_to_sign", "partially_signed")
            signatory = hosting.next_signatory_id
            if signatory.has_left:
                raise UserError(hosting.has_left_words)
            if not signatory.email:
                raise UserError(
                    self.env._(
                        "%s has no e-mail: copy the link, or print the agreement.",
                        signatory.partner_id.name,
                    )
                )
            if signatory._is_link_unwanted(signatory.partner_id):
                raise UserError(signatory.partner_id._coworking_describe_opposition())
            signatory._send_link()
        return True

    def action_sign(self):
        """The page on which the user signs for the programme."""
        self.ensure_one()
        if not self.my_turn:
            raise UserError(self.env._("%s does not wait for your signature.", self.name))
        return {
            "type": "ir.actions.act_url",
            "url": self.next_signatory_id._get_link_target("hosting"),
            "target": "new",
        }

    def action_open_document(self):
        """The signed document, as it was sealed."""
        self.ensure_one()
        self._check_state_in(*SEALED_STATES)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.sealed_attachment_id.id}?download=true",
            "target": "download",
        }

    def _check_coordinator(self):
        self.check_access("write")
        if not self.env.user.has_group("coworking_incubation.group_coworking_coordinator"):
            raise AccessError(
                self.env._("Only a coordinator says that an agreement is signed by all.")
            )

    # === SIGNATURES AND SEAL ===#

    def _lock_for_signature(self):
        """One signature at a time: a second request waits, then sees what the first one did."""
        self.ensure_one()
        self.env.cr.execute("UPDATE coworking_hosting SET id = id WHERE id = %s", [self.id])
        self.invalidate_recordset()

    def _on_signed(self, signatory):
        """Somebody signed: nobody calls them any more, and the next one is asked, or the document
        is sealed.
        """
        self.ensure_one()
        self._drop_calls()
        self.message_post(
            body=signatory.with_env(self._speak_to_staff().env)._describe(),
            author_id=signatory.partner_id.id,
        )
        self._track_set_author(signatory.partner_id)
        if any(row.state == "waiting" for row in self.signatory_ids):
            self.state = "partially_signed"
            self.next_signatory_id._ask_signature()
            return
        try:
            document = self._render_document()
        except UserError as error:
            # the signatures are kept: a coordinator makes the document later
            self.state = "in_review"
            words = self._speak_to_staff(self.program_id._get_responsible()).env
            self._tell_coordinator(words._("Make the signed document"), str(error))
            return
        self._seal_document(document, "pdf", by=signatory.partner_id)

    def _get_responsible(self, or_admin=True):
        """See the program's."""
        self.ensure_one()
        return self.program_id._get_responsible(self.user_id, or_admin=or_admin)

    def _on_declined(self, signatory):
        self.ensure_one()
        self.write({"state": "rejected", "reject_reason": signatory.decline_reason})
        self.activity_schedule(
            "mail.mail_activity_data_call",
            summary=self._speak_to_staff(self._get_responsible()).env._(
                "%s does not sign", signatory.partner_id.name
            ),
            note=plaintext2html(signatory.decline_reason),
            user_id=self._get_responsible().id,
        )

    def _drop_calls(self):
        """Whom somebody was to call has signed, or is asked to sign another text."""
        # sudo: whoever signs or cancels need not write what was planned for staff
        self.sudo().activity_unlink(["mail.mail_activity_data_call"])

    def _tell_coordinator(self, summary, note=""):
        self.ensure_one()
        self.sudo().activity_schedule(  # sudo: an accompanist plans a coordinator's work
            "mail.mail_activity_data_todo",
            summary=summary,
            note=plaintext2html(note),
            user_id=self.program_id._get_responsible().id,
        )

    def _get_funder_logos(self):
        """Logos of the funders, in the order of their agreements."""
        self.ensure_one()
        # sudo: who funds the programme is public, its agreements are not
        partners = self.sudo().program_id.agreement_ids.partner_id
        return [logo for logo in partners.mapped("image_256") if logo]

    def _render_document(self):
        self.ensure_one()
        # sudo: signatories have no right on reports, and sign the same document as staff print
        report = self.env["ir.actions.report"].sudo().with_context(lang=self._get_text_lang())
        return report._render_qweb_pdf("coworking_incubation.report_hosting", self.ids)[0]

    def _seal_document(self, content, extension, by=None):
        """Keep the document for good, with the fingerprint that shows any change of it.

        :param by: the contact who signed last, where it is not who is signed in
        """
        self.ensure_one()
        named = self.with_context(lang=self._get_text_lang())
        hosting = self.sudo()  # sudo: the seal is written by the last signature, whoever gives it
        Attachment = hosting.env["ir.attachment"].with_context(image_no_postprocess=True)
        attachment = Attachment.create(
            {
                "name": f"{named.name}.{extension}",
                "raw": content,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        replaced = hosting.search(
            Domain("state", "=", "validated")
            & Domain("id", "!=", self.id)
            & (Domain("origin_id", "=", self.origin_id.id) | Domain("id", "=", self.origin_id.id))
            if self.origin_id
            else Domain.FALSE
        )
        hosting.write(
            {
                "sealed_attachment_id": attachment.id,
                "sealed_hash": self._get_fingerprint(attachment.raw),
                "sealed_on": fields.Datetime.now(),
                "state": "validated",
            }
        )
        replaced.state = "superseded"
        hosting.activity_unlink(["mail.mail_activity_data_todo"])
        hosting._drop_calls()
        hosting.message_post(
            body=self._speak_to_staff().env._("Signed by all. Seal: %s", hosting.sealed_hash),
            author_id=by.id if by else None,
        )
        hosting.signatory_ids._send_link()

    @api.model
    def _cron_remind(self):
        """Remind who has not signed after 5 and 10 days, with the link; then somebody calls.

        It stops by itself: a signatory gets two reminders a text, whatever happens.
        """
        today = fields.Date.context_today(self)
        due = self.env["coworking.hosting.signatory"].search(
            [
                ("hosting_id.state", "in", ("ready_to_sign", "partially_signed")),
                ("state", "=", "waiting"),
                ("has_left", "=", False),
                ("requested_on", "<=", today - timedelta(days=REMINDER_DAYS[0])),
                ("reminder_count", "<", len(REMINDER_DAYS)),
            ]
        )
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for signatory in due:
            hosting = signatory.hosting_id
            age = (today - signatory.requested_on).days
            wanted = sum(age >= days for days in REMINDER_DAYS)
            if signatory._is_turn() and wanted > signatory.reminder_count:
                signatory.reminder_count = wanted
                signatory._send_link("reminder")
                if wanted == len(REMINDER_DAYS) or not signatory.email:
                    hosting.activity_schedule(
                        "mail.mail_activity_data_call",
                        summary=self.env._(
                            "%s has not signed the agreement", signatory.partner_id.name
                        ),
                        user_id=hosting._get_responsible().id,
                    )
            if not self.env["ir.cron"]._commit_progress(1):
                break
