import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools import drawing_of, one_line, typed_text
from ..base.processing import AGREEMENTS
from .coworking_hosting import OPEN_STATES

# How long a signatory still finds the agreement once everybody has signed.
SIGNED_LINK_DAYS = 90
# How long the browser in which somebody signed still shows them what they signed.
READING_DAYS = 1
SIGNATURE_MAX_BYTES = 512 * 1024
NAME_MAX_LENGTH = 100

# Who signed what is not taken away all at once.
KEEP = """
    CREATE OR REPLACE FUNCTION coworking_hosting_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'signatures of agreements are kept as they were given: % refused', TG_OP
            USING ERRCODE = '23514';
    END $$;
"""


class CoworkingHostingSignatory(models.Model):
    """One who signs a hosting agreement, in their turn.

    Each has links of their own, see ``coworking.portal.link``: they end with the signature.
    """

    _name = "coworking.hosting.signatory"
    _description = "Signatory of a Hosting Agreement"
    _processing = AGREEMENTS
    _inherit = [
        "coworking.link.mixin",
        "coworking.guard.mixin",
        "coworking.record.mixin",
    ]
    _order = "hosting_id, sequence, id"
    # Who signed, when and how is written by the signature itself.
    _code_fields = {
        "state",
        "method",
        "signed_by",
        "signed_on",
        "signed_ip",
        "signature",
        "shown_hash",
        "decline_reason",
        "requested_on",
        "reminder_count",
        "has_left",
    }
    _rec_name = "partner_id"

    hosting_id = fields.Many2one("coworking.hosting", required=True, ondelete="cascade", index=True)
    participant_id = fields.Many2one(
        related="hosting_id.participant_id", store=True, precompute=True, index=True
    )
    program_id = fields.Many2one(related="hosting_id.program_id", store=True, precompute=True)
    company_id = fields.Many2one(related="hosting_id.company_id", store=True, precompute=True)
    sequence = fields.Integer(default=10)
    role = fields.Selection(
        [
            ("participant", "The participant"),
            ("space", "The coworking space"),
            ("program", "The programme"),
        ],
        required=True,
    )
    partner_id = fields.Many2one("res.partner", string="Signatory", required=True, index=True)
    email = fields.Char(related="partner_id.email")
    state = fields.Selection(
        [("waiting", "Waiting"), ("signed", "Signed"), ("declined", "Declined")],
        required=True,
        default="waiting",
        readonly=True,
    )
    method = fields.Selection([("portal", "Online"), ("paper", "On paper")], readonly=True)
    signed_by = fields.Char(string="Name Given", readonly=True)
    signed_on = fields.Datetime(readonly=True)
    signed_ip = fields.Char(string="IP Address", readonly=True)
    signature = fields.Binary(attachment=True, readonly=True)
    shown_hash = fields.Char(
        string="Fingerprint of the Text", readonly=True, help="SHA-256 of what was shown."
    )
    decline_reason = fields.Char(readonly=True)
    requested_on = fields.Date(readonly=True, help="Day on which their turn came.")
    reminder_count = fields.Integer(readonly=True)
    has_left = fields.Boolean(
        readonly=True, help="Does not act for the space, or the program, any more."
    )

    _role_uniq = models.Constraint(
        "UNIQUE(hosting_id, role)", "Each party signs an agreement once."
    )

    def init(self):
        self.env.cr.execute(KEEP)
        self.env.cr.execute(
            """
            DROP TRIGGER IF EXISTS coworking_hosting_signatory_truncate_trg
                ON coworking_hosting_signatory;
            CREATE TRIGGER coworking_hosting_signatory_truncate_trg
                BEFORE TRUNCATE ON coworking_hosting_signatory
                FOR EACH STATEMENT EXECUTE FUNCTION coworking_hosting_keep();
            """
        )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        signatories = super().create(vals_list)
        signatories.hosting_id._check_draft()
        return signatories

    def write(self, vals):
        if {"hosting_id", "role", "partner_id", "sequence"} & vals.keys():
            self.hosting_id._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        self.hosting_id._check_draft()

    # === LINKS ===#

    def _get_link_holders(self, purpose):
        self.ensure_one()
        return (self - self._filter_left()).partner_id

    def _is_link_open(self, purpose, partner):
        """As long as it waits for signatures, then as long as the signed document is to fetch."""
        self.ensure_one()
        hosting = self.hosting_id
        if hosting.state in ("validated", "superseded"):
            return (fields.Datetime.now() - hosting.sealed_on).days < SIGNED_LINK_DAYS
        return hosting.state in ("ready_to_sign", "partially_signed", "in_review")

    def _is_link_unwanted(self, partner):
        """The signed document is owed; a space and the program sign as part of their work."""
        self.ensure_one()
        return (
            self.role == "participant"
            and partner.coworking_no_mail
            and self.hosting_id.state not in ("validated", "superseded")
        )

    def _get_link_target(self, purpose):
        self.ensure_one()
        return f"/my/agreements/{self.id}"

    def _get_link_discussion(self):
        return self.hosting_id

    def _get_link_words(self, purpose, partner):
        self.ensure_one()
        space = self.hosting_id.space_id.name
        if self.hosting_id.state in ("validated", "superseded"):
            return {
                "subject": self.env._("Hosting agreement signed: %s", space),
                "text": self.env._(
                    "Everybody has signed the hosting agreement at %s. You can download it during"
                    " three months.",
                    space,
                ),
                "button": self.env._("See the signed agreement"),
            }
        if self.state == "signed":
            return {
                "subject": self.env._("Hosting agreement: %s", space),
                "text": self.env._(
                    "You have signed the hosting agreement at %s. You will get a message when"
                    " everybody has signed.",
                    space,
                ),
                "button": self.env._("Read the agreement"),
            }
        return {
            "subject": self.env._("Hosting agreement to sign: %s", space),
            "text": self.env._(
                "The hosting agreement at %s is ready: it is your turn to sign. It takes two"
                " minutes, on a telephone as well. If something is wrong with it, say so on the"
                " same page: we will call you.",
                space,
            ),
            "button": self.env._("Read and sign"),
        }

    def _send_link(self, channel="mail"):
        """By e-mail, where there is an address; by hand, where its owner wants no mails. Whoever
        left is told nothing: staff name another.
        """
        for signatory in self - self._filter_left():
            sent = self.env["coworking.portal.link"]._send_link(
                signatory, "hosting", signatory.partner_id, channel
            )
            if not sent and signatory.email:
                signatory._ask_to_hand_over()

    def _ask_to_hand_over(self):
        """Somebody gives them the agreement: once, however often it would have been sent."""
        self.ensure_one()
        hosting = self.hosting_id
        user = hosting._get_responsible()
        summary = hosting._speak_to_staff(user).env._(
            "%s does not want to be written to: hand the agreement over", self.partner_id.name
        )
        # sudo: whoever signed before has no right to plan staff's work
        hosting = hosting.sudo()
        if summary not in hosting.activity_ids.mapped("summary"):
            hosting.activity_schedule(
                "mail.mail_activity_data_todo", summary=summary, user_id=user.id
            )

    def _close_links(self):
        """Signed, turned down or another text: links sent until now open nothing any more."""
        self.env["coworking.portal.link"]._revoke_links_to(self, "hosting")

    def _make_link_to_read(self):
        """For the browser in which they just signed: its own link has ended with the signature."""
        self.ensure_one()
        link, __ = self.env["coworking.portal.link"]._make_link(
            self, "hosting", self.partner_id, "signature", days=READING_DAYS
        )
        return link

    # === BUSINESS METHODS ===#

    def _is_turn(self):
        self.ensure_one()
        return self == self.hosting_id.next_signatory_id

    def _ask_signature(self):
        """Their turn came: the link by e-mail, where there is an address."""
        self.ensure_one()
        self.write({"requested_on": fields.Date.context_today(self), "reminder_count": 0})
        self._send_link()

    def _restart_signatures(self):
        """The text changed: nobody has signed it, and the links of the old one are dead."""
        for signatory in self:
            signatory.write(
                {
                    **dict.fromkeys(self._code_fields - {"state", "reminder_count"}, False),
                    "state": "waiting",
                    "reminder_count": 0,
                }
            )
        self._close_links()

    def _filter_left(self):
        """Those who do not act any more for whom they are to sign."""
        return self.filtered(lambda row: row.has_left and row.state != "signed")

    @api.model
    def _note_changed(self, domain, gone, back):
        """Of these signatories some do not act any more for whom they sign, or do again: who has
        signed by then has signed this text, and no other.

        :param gone, back: contacts
        """
        # sudo: whoever says who acts for whom need not write agreements
        rows = self.sudo().search(
            domain
            & Domain("partner_id", "in", (gone | back).ids)
            # one whose seat was cancelled may come back with it
            & (
                Domain("hosting_id.state", "in", OPEN_STATES)
                | Domain("hosting_id.left_state", "!=", False)
            )
        )
        leaving = rows.filtered(lambda row: row.partner_id in gone and not row.has_left)
        leaving.has_left = True
        leaving._tell_left()
        returning = rows.filtered(lambda row: row.has_left and row.partner_id in back)
        returning.has_left = False
        returning._come_back()

    def _tell_left(self):
        """What is still written names the next who acts; what was sent is taken back by staff, who
        are told. What is there on paper was signed before.
        """
        for signatory in self._filter_left():
            hosting, gone = signatory.hosting_id, signatory.partner_id
            if hosting.state == "cancelled" or (hosting.state == "draft" and hosting.scan):
                continue
            if hosting.state == "draft":
                signatory._replace_left()
                summary = hosting._speak_to_staff(hosting._get_responsible()).env._(
                    "%(gone)s does not act for %(party)s any more, %(next)s is to sign instead:"
                    " fill the text again",
                    gone=gone.name,
                    party=signatory._get_party(),
                    next=signatory.partner_id.name,
                )
            else:
                summary = signatory._describe_to_staff()
            hosting.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                user_id=hosting._get_responsible().id,
            )

    def _come_back(self):
        """They sign after all, by another link: nobody need take the agreement back."""
        for signatory in self:
            told = signatory._describe_to_staff()
            planned = signatory.hosting_id.activity_ids
            planned.filtered(lambda activity, told=told: activity.summary == told).unlink()
            if signatory._is_turn():
                signatory._send_link()

    def _replace_left(self):
        """Whoever acts now is to sign in the place of these who left."""
        for signatory in self.filtered("has_left"):
            next_one = signatory.hosting_id._get_proposed()[signatory.role]
            signatory.write({"partner_id": next_one.id, "has_left": False})

    def _get_party(self):
        """The name of whom they sign for."""
        hosting = self.hosting_id
        return (hosting.space_id if self.role == "space" else hosting.company_id).name

    def _describe_to_staff(self):
        hosting = self.hosting_id
        spoken = hosting._speak_to_staff(hosting._get_responsible())
        return self.with_env(spoken.env)._describe_left()

    def _describe_left(self):
        self.ensure_one()
        return self.env._(
            "%(gone)s, who is to sign, does not act for %(party)s any more: “Change the Text” takes"
            " the agreement back and names who does now",
            gone=self.partner_id.name,
            party=self._get_party(),
        )

    def _record_signature(self, name, signature, ip, shown_hash):
        """Keep a signature given online; the last one seals the agreement.

        :param name: name typed by the person
        :param signature: picture drawn, in base64
        :param ip: address they signed from
        :param shown_hash: fingerprint of the text they were shown
        :raise UserError: in words, for the person who signs
        """
        self.ensure_one()
        hosting = self.hosting_id
        hosting._lock_for_signature()
        if self.state == "signed":
            raise UserError(
                self.env._(
                    "You signed this agreement on %s already.",
                    format_date(self.env, self.signed_on),
                )
            )
        if hosting.state not in ("ready_to_sign", "partially_signed"):
            raise UserError(self.env._("This agreement is not waiting for a signature any more."))
        if not self._is_turn():
            raise UserError(
                self.env._(
                    "%s signs first. You will be told when it is your turn.",
                    hosting.next_signatory_id._get_role_words(),
                )
            )
        if shown_hash != hosting.text_hash:
            raise UserError(
                self.env._("The text was changed since this page was opened. Read it again.")
            )
        name = one_line(name)
        if not name or len(name) > NAME_MAX_LENGTH:
            raise UserError(self.env._("Write your name."))
        self.write(
            {
                "state": "signed",
                "method": "portal",
                "signed_by": name,
                "signed_on": fields.Datetime.now(),
                "signed_ip": ip,
                "signature": self._clean_picture(signature),
                "shown_hash": shown_hash,
            }
        )
        self._close_links()
        hosting._on_signed(self)

    @api.model
    def _clean_picture(self, signature):
        """The signature, if it is the picture that Odoo's widget makes."""
        drawn = drawing_of(signature, SIGNATURE_MAX_BYTES)
        if not drawn:
            raise UserError(self.env._("The signature could not be read. Draw it again."))
        return base64.b64encode(drawn)

    def _decline_signature(self, reason):
        """The person does not want to sign: staff are told why."""
        self.ensure_one()
        hosting = self.hosting_id
        hosting._lock_for_signature()
        if self.state != "waiting" or not self._is_turn():
            raise UserError(self.env._("This agreement is not waiting for a signature any more."))
        reason = typed_text(reason)[:500]
        if not reason:
            raise UserError(self.env._("Say in a few words why: your contact will call you."))
        self.write({"state": "declined", "decline_reason": reason})
        self._close_links()
        hosting._on_declined(self)

    def _get_role_words(self):
        self.ensure_one()
        return dict(self._fields["role"]._description_selection(self.env))[self.role]

    def _describe(self):
        """One line for the record: who, when, how."""
        self.ensure_one()
        if self.state != "signed":
            return self.env._("%(name)s: not signed", name=self.partner_id.name)
        day = format_date(self.env, self.signed_on)
        if self.method == "paper":
            return self.env._("%(name)s: signed on paper on %(day)s", name=self.signed_by, day=day)
        return self.env._(
            "%(name)s: signed online on %(day)s from %(ip)s",
            name=self.signed_by,
            day=day,
            ip=self.signed_ip,
        )
