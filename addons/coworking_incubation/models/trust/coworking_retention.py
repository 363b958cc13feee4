from odoo import api, fields, models
from odoo.tools import SQL

from ..base.processing import PATHWAY
from .eraser import Eraser

# For how long before the end somebody is told, and may still give a reason to keep a file.
NOTICE_DAYS = 30

STATUSES = [
    ("running", "Stays: in incubation"),
    ("seat", "Stays: a seat is reserved or used"),
    ("month", "Stays: a month is not settled"),
    ("bill", "Stays: a bill is not paid"),
    ("part", "Stays: their part is to be invoiced or paid"),
    ("correction", "Stays: a correction is owed"),
    ("to_follow", "Stays: a follow-up is to come"),
    ("kept", "Stays: kept for a reason"),
    ("recent", "Stays: contact is recent"),
    ("notice", "Goes: within 30 days"),
    ("due", "Goes: today"),
    ("evidence", "Anonymised: evidence stays"),
    ("purged", "Anonymised"),
]

# Of files that nothing holds back: each ends on its day.
ENDING = ("kept", "recent", "notice", "due")

# What files and programs tell by themselves, without a look at what happened since: a file that
# may not go yet by its own days does not go by later contacts either, nor before ``not_before``.
# In the order of the list, as PostgreSQL then looks for the contacts of what it shows alone.
FILES = """
    SELECT file.id, file.program_id, file.company_id, file.user_id, file.partner_id, file.active,
           file.phase, file.date_application, file.date_support, file.date_entry, file.date_exit,
           file.create_date, file.pending_changes, file.kept_until, file.kept_reason,
           file.purge_notice_on, file.purge_failed_on, file.purged_on, file.evidence_purged_on,
           kept.rule, kept.months, file.purged_on IS NOT NULL AS is_purged,
           program.retention_confirmed_on IS NOT NULL AS is_confirmed,
           file.purged_on IS NULL
               AND (least.day <= CURRENT_DATE + %(notice)s) IS NOT FALSE AS may_go,
           COALESCE(file.purged_on, GREATEST(
               least.day, file.kept_until + 1,
               LEAST(file.purge_notice_on, CURRENT_DATE) + %(notice)s)) AS not_before
      FROM coworking_participant file
      JOIN coworking_program program ON program.id = file.program_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN file.date_entry IS NULL THEN 'application' ELSE 'file' END AS rule,
           CASE WHEN file.date_entry IS NULL
                THEN LEAST(program.application_months, program.retention_months)
                ELSE program.retention_months END AS months
) kept
CROSS JOIN LATERAL (
    SELECT (GREATEST(file.date_exit, file.date_support, file.date_entry,
                     COALESCE(file.date_application, file.create_date::date))
            + make_interval(months => kept.months))::date AS day
) least
  ORDER BY not_before, file.id
"""

# The contacts that count, from the latest on: an exchange with the person, or a day of their stay.
# Attempts without an answer, and what staff write among themselves, are none.
LAST_CONTACT = """
    SELECT fact, day FROM (
        SELECT 'appointment', MAX(date) FROM coworking_attendance
         WHERE participant_id = file.id AND state IN ('present', 'expected')
     UNION ALL SELECT 'review', MAX(date) FROM coworking_review
         WHERE participant_id = file.id AND state = 'done'
     UNION ALL SELECT 'followup', MAX(date_answer) FROM coworking_followup
         WHERE participant_id = file.id AND state = 'answered'
     UNION ALL SELECT 'presence', MAX(GREATEST(date, participant_signed_at::date))
          FROM coworking_presence
         WHERE participant_id = file.id
           AND (state = 'present' OR participant_signed_at IS NOT NULL)
     UNION ALL SELECT 'seat', MAX(date_end) FROM coworking_seat
         WHERE participant_id = file.id AND state IN ('confirmed', 'active', 'ended')
     UNION ALL SELECT 'signature', MAX(signed_at)::date FROM coworking_attendance_signature
         WHERE participant_id = file.id AND signer = 'participant'
     UNION ALL SELECT 'signature', MAX(signed_on)::date FROM coworking_hosting_signatory
         WHERE participant_id = file.id AND role = 'participant'
     UNION ALL SELECT 'message', MAX(message.date)::date FROM mail_message message
         WHERE message.author_id = file.partner_id
           AND starts_with(message.model, 'coworking.')
           AND (message.model != 'coworking.participant' OR message.res_id = file.id)
     UNION ALL SELECT 'message', MAX(message.date)::date FROM mail_message message
         WHERE message.model = 'coworking.participant' AND message.res_id = file.id
           AND (message.message_type = 'email' OR EXISTS (
                   SELECT FROM mail_notification told
                    WHERE told.mail_message_id = message.id
                      AND told.res_partner_id = file.partner_id))
     UNION ALL SELECT 'message', MAX(message.date)::date FROM mail_message message
         WHERE message.model = 'res.partner' AND message.res_id = file.partner_id
           AND (message.author_id = file.partner_id OR EXISTS (
                   SELECT FROM mail_notification told
                    WHERE told.mail_message_id = message.id
                      AND told.res_partner_id = file.partner_id))
     UNION ALL SELECT 'followup', file.date_exit
     UNION ALL SELECT 'appointment', file.date_support
     UNION ALL SELECT 'entry', file.date_entry
     UNION ALL SELECT 'application',
                      COALESCE(file.date_application, file.create_date::date)
    ) facts (fact, day)
    WHERE day IS NOT NULL ORDER BY day DESC, fact LIMIT 1
"""

UNPAID = """
    move.state != 'cancel'
    AND move.payment_state NOT IN ('paid', 'in_payment', 'reversed', 'invoicing_legacy')
"""

# What is still going on with a person: nothing of theirs ends before it is over.
GOING_ON = f"""
    CASE
        WHEN file.active AND file.phase = 'incubation' THEN 'running'
        WHEN EXISTS (
            SELECT FROM coworking_seat seat WHERE seat.participant_id = file.id
               AND seat.state IN ('requested', 'confirmed', 'active')) THEN 'seat'
        WHEN EXISTS (
            SELECT FROM coworking_charge charge
             WHERE charge.participant_id = file.id AND charge.state = 'open') THEN 'month'
        WHEN EXISTS (
            SELECT FROM coworking_seat seat
              JOIN coworking_match matched ON matched.seat_id = seat.id
              JOIN account_move_line line ON line.id = matched.move_line_id
              JOIN account_move move ON move.id = line.move_id
             WHERE seat.participant_id = file.id AND {UNPAID})
          OR EXISTS (
            SELECT FROM account_move move WHERE move.partner_id = file.partner_id
               AND move.coworking_statement_id IS NOT NULL AND {UNPAID}) THEN 'bill'
        WHEN EXISTS (
            SELECT FROM coworking_copayment part
             WHERE part.participant_id = file.id AND part.copayment_open IS TRUE
               AND part.settled AND part.residual != 0) THEN 'part'
        WHEN file.pending_changes > 0 THEN 'correction'
        WHEN EXISTS (
            SELECT FROM coworking_followup row WHERE row.participant_id = file.id
               AND row.state = 'pending' AND row.date_due >= CURRENT_DATE) THEN 'to_follow'
    END
"""  # nosec B608 # a condition written above

# The days that evidence of the file is of: signed attendances, scanned presences, and from when and
# until when each sealed agreement held.
PROVEN_DAYS = """
    SELECT attendance.date FROM coworking_attendance attendance
     WHERE attendance.participant_id = file.id
       AND (attendance.signed_at IS NOT NULL OR attendance.host_signed_at IS NOT NULL
            OR EXISTS (SELECT FROM coworking_attendance_signature signature
                        WHERE signature.attendance_id = attendance.id))
 UNION ALL SELECT date FROM coworking_presence
     WHERE participant_id = file.id AND scan_id IS NOT NULL
 UNION ALL SELECT unnest(ARRAY[COALESCE(hosting.date_from, seat.date_start),
                               LEAST(hosting.date_to, seat.date_end)])
      FROM coworking_hosting hosting JOIN coworking_seat seat ON seat.id = hosting.seat_id
     WHERE hosting.participant_id = file.id AND hosting.state IN ('validated', 'superseded')
"""

# Of the funding agreements that cover a day of the stay: until when, and whether one says no day.
# Without any, or where none covers the day of some evidence, nobody said that it may go.
EVIDENCE = f"""
    SELECT MAX(agreement.evidence_until) AS until,
           COALESCE(BOOL_OR(agreement.evidence_until IS NULL), TRUE) OR EXISTS (
               SELECT FROM ({PROVEN_DAYS}) proven (day)
                WHERE day IS NOT NULL AND NOT EXISTS (
                    SELECT FROM coworking_funding_agreement covering
                      JOIN coworking_agreement_program_rel covered
                        ON covered.agreement_id = covering.id
                     WHERE covered.program_id = file.program_id
                       AND day BETWEEN covering.date_from AND covering.date_to)) AS without_end
      FROM coworking_funding_agreement agreement
      JOIN coworking_agreement_program_rel link ON link.agreement_id = agreement.id
     WHERE link.program_id = file.program_id
       AND agreement.date_from <= GREATEST(contact.day, file.date_exit)
       AND agreement.date_to >= LEAST(file.date_application, file.date_support, file.date_entry,
                                      contact.day)
"""  # nosec B608 # a query written above


class CoworkingRetention(models.Model):
    """Each file, and when its data ends or why not yet: the one definition, nothing is stored.

    The dry run for coordinators, what the file shows and the scheduled action all read it.
    """

    _name = "coworking.retention"
    _description = "End of Data"
    _inherit = ["coworking.record.mixin"]
    _processing = PATHWAY
    _auto = False
    _order = "not_before, id"
    _rec_name = "participant_id"

    participant_id = fields.Many2one("coworking.participant", readonly=True)
    program_id = fields.Many2one("coworking.program", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Counsellor", readonly=True)
    last_contact = fields.Date(readonly=True)
    last_fact = fields.Selection(
        [
            ("appointment", "Appointment or collective time"),
            ("review", "Review"),
            ("followup", "Exit or answer afterwards"),
            ("presence", "Presence in the space"),
            ("seat", "End of the seat"),
            ("signature", "Signature"),
            ("message", "Message"),
            ("entry", "Entry"),
            ("application", "Application"),
        ],
        string="Which Contact",
        readonly=True,
    )
    rule = fields.Selection(
        [("file", "File of a person who entered"), ("application", "Application without entry")],
        readonly=True,
    )
    months = fields.Integer(string="Kept (months)", readonly=True, aggregator=None)
    date_term = fields.Date(
        string="Term", readonly=True, help="The last contact and the months that data is kept."
    )
    date_purge = fields.Date(
        string="Anonymised On",
        readonly=True,
        help="The day on which it ends, or ended: after the term, the day until which somebody"
        " keeps the file, and 30 days from the notice.",
    )
    not_before = fields.Date(
        readonly=True, help="By the days of the file alone: a later contact has it go later."
    )
    may_go = fields.Boolean(
        string="May Go within 30 Days",
        readonly=True,
        help="By the days of the file alone: a later contact, or what goes on, may hold it back.",
    )
    is_purged = fields.Boolean(string="Anonymised", readonly=True)
    status = fields.Selection(STATUSES, readonly=True)
    told = fields.Boolean(
        string="Notice Given", readonly=True, help="Of this end: not of one that moved since."
    )
    kept_until = fields.Date(readonly=True)
    kept_reason = fields.Char(string="Reason to Keep", readonly=True)
    notice_on = fields.Date(string="Notice Given On", readonly=True)
    evidence_until = fields.Date(
        readonly=True,
        help="Signatures and signed agreements stay until this day of the funding agreements that"
        " cover the stay.",
    )
    evidence_without_end = fields.Boolean(
        readonly=True,
        help="No funding agreement that covers the stay says until when evidence is kept, one of"
        " them does not, or some evidence is of a day that none covers: it stays until somebody"
        " says so.",
    )
    is_confirmed = fields.Boolean(
        string="Terms Confirmed",
        readonly=True,
        help="Until a coordinator confirms the terms of the program, none of this happens.",
    )
    failed_on = fields.Date(
        readonly=True,
        help="It is tried again a week after; the server's log says why.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT term.*,
                   CASE
                       WHEN term.purged_on IS NOT NULL THEN term.purged_on
                       WHEN term.told THEN GREATEST(term.date_held, term.notice_on + %(notice)s)
                       ELSE GREATEST(term.date_held, CURRENT_DATE + %(notice)s)
                   END AS date_purge,
                   CASE
                       WHEN term.evidence_purged_on IS NOT NULL THEN 'purged'
                       WHEN term.purged_on IS NOT NULL THEN 'evidence'
                       WHEN term.going_on IS NOT NULL THEN term.going_on
                       WHEN term.told AND CURRENT_DATE >=
                            GREATEST(term.date_held, term.notice_on + %(notice)s) THEN 'due'
                       WHEN term.date_held <= CURRENT_DATE + %(notice)s THEN 'notice'
                       WHEN term.date_held > term.date_term THEN 'kept'
                       ELSE 'recent'
                   END AS status
              FROM (%(terms)s) term
            """,
            notice=NOTICE_DAYS,
            terms=self._get_terms_query(),
        )

    def _get_terms_query(self):
        return SQL(
            """
            SELECT held.*,
                   COALESCE(held.notice_on >= held.date_held - %(notice)s, FALSE) AS told
              FROM (
                SELECT file.id, file.id AS participant_id, file.program_id, file.company_id,
                       file.user_id, file.kept_until, file.kept_reason, file.purged_on,
                       file.evidence_purged_on, file.purge_notice_on AS notice_on,
                       contact.day AS last_contact, contact.fact AS last_fact,
                       file.rule, file.months, until.date_term,
                       GREATEST(until.date_term, file.kept_until + 1) AS date_held,
                       evidence.until AS evidence_until,
                       evidence.without_end AS evidence_without_end,
                       file.is_confirmed, file.purge_failed_on AS failed_on,
                       file.not_before, file.may_go, file.is_purged, going.going_on
                  FROM (%(files)s) file
            CROSS JOIN LATERAL (%(last_contact)s) contact
            CROSS JOIN LATERAL (
                SELECT (contact.day + make_interval(months => file.months))::date AS date_term
            ) until
            CROSS JOIN LATERAL (%(evidence)s) evidence
            -- by itself (OFFSET): each place that names it would be planned and looked up anew
            CROSS JOIN LATERAL (SELECT %(going_on)s AS going_on OFFSET 0) going
              ) held
            """,
            notice=NOTICE_DAYS,
            files=SQL(FILES, notice=NOTICE_DAYS),
            going_on=SQL(GOING_ON),
            last_contact=SQL(LAST_CONTACT),
            evidence=SQL(EVIDENCE),
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        self._expect_lookups()
        return super()._search(domain, *args, **kwargs)

    def action_open_file(self):
        self.ensure_one()
        return self.participant_id._get_records_action()

    def action_confirm(self):
        """The terms of the program, for all of its files."""
        return self.program_id.action_confirm_retention()

    def action_keep(self):
        """The dialog that gives a reason to keep this file."""
        self.ensure_one()
        return self.participant_id.action_keep_data()

    def action_look(self):
        """What would become of the contact if this file ended now, and how much would go."""
        self.ensure_one()
        self.check_access("read")
        # sudo: whether the contact is used anywhere; by what, in the user's companies alone
        file = self.sudo().with_context(active_test=False).participant_id
        told = [
            self.env._(
                "Contact, as of today: %(fate)s. Of the file, %(records)s records are anonymised or"
                " deleted, with %(messages)s messages.",
                **self._look_at(file),
            )
        ]
        others = self._find_ending_before()
        if others:
            told.append(
                self.env._(
                    "Other files of the same contact that have ended by then: %(count)s. All"
                    " together: %(fate)s, %(records)s records, %(messages)s messages.",
                    count=len(others),
                    **self._look_at(file | others),
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "sticky": True,
                "title": file.display_name,
                "message": " ".join(told),
            },
        }

    def _find_ending_before(self):
        """Other files of the same contact, in the user's companies, that have ended when this one
        does.
        """
        # sudo: see action_look
        rows = self.sudo().with_context(active_test=False)
        file = rows.participant_id
        files = file.search(
            [
                ("partner_id", "=", file.partner_id.id),
                ("id", "!=", file.id),
                ("company_id", "in", self.env.companies.ids),
            ]
        )
        return rows.search(
            [
                ("id", "in", files.ids),
                ("status", "in", ENDING),
                ("is_confirmed", "=", True),
                ("date_purge", "<=", self.date_purge),
            ]
        ).participant_id

    def _look_at(self, files):
        """In words, what becomes of the one contact of these files; and how much would go."""
        eraser = Eraser(self.env)
        records, messages = eraser.look_at(files)
        partner = files.partner_id
        log = self.env["coworking.purge"]
        fate = dict(log._fields["contact"]._description_selection(self.env))[
            eraser.get_fate(partner)
        ]
        here = eraser.get_tables_of(partner, self.env.companies)
        uses = [self._name_tables(here)] if here else []
        if eraser.is_used_outside(partner, self.env.companies):
            uses.append(self.env._("used elsewhere"))
        return {
            "fate": f"{fate} ({', '.join(uses)})" if uses else fate,
            "records": records,
            "messages": messages,
        }

    def _name_tables(self, tables):
        """As people read them; a table of no model has no other name than its own."""
        models = {model._table: name for name, model in self.env.registry.items()}
        kinds = self.env["ir.model"]
        # sudo: how Odoo calls its records is no secret
        return ", ".join(
            sorted(
                {
                    kinds._get(models[table]).sudo().name if table in models else table
                    for table in tables
                }
            )
        )

    def _is_evidence_over(self, today):
        """Whether no funder may ask for the signatures of this file any more."""
        self.ensure_one()
        return not self.evidence_without_end and self.evidence_until < today

    def _prepare_log(self):
        """What the purge log keeps of this file, whoever it was."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        return {
            "participant_id": self.participant_id.id,
            "program_id": self.program_id.id,
            "company_id": self.company_id.id,
            "rule": self.rule,
            "months": self.months,
            "last_contact": self.last_contact,
            "evidence_until": not self._is_evidence_over(today) and self.evidence_until,
        }
