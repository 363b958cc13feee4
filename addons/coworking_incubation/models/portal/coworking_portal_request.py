from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..base.processing import NETWORK

# Days after the first mail on which a reminder goes out; then nobody is written to any more.
REMINDERS = (5, 10)
# Staff who remind write to nobody who got a mail about the month so shortly before.
REST = timedelta(days=1)
# A payment is news for so many days: what was paid long ago is not told when old months come in.
PAID_NEWS_DAYS = 31
# Arrivals older than that are for staff to settle.
ARRIVAL_DAYS = 31


class CoworkingPortalRequest(models.Model):
    """Something that a contact of a space was asked by mail, and how often they were reminded.

    What is asked follows from the facts at each run: as soon as somebody answered, nobody is
    reminded. One mail covers everything of one contact, kind and month.
    """

    _name = "coworking.portal.request"
    _description = "Asked of a Space"
    _processing = NETWORK
    _inherit = ["coworking.record.mixin"]
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Who", required=True, readonly=True, index=True, ondelete="cascade"
    )
    statement_id = fields.Many2one(
        "coworking.statement", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    seat_id = fields.Many2one(
        "coworking.seat", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    space_id = fields.Many2one(
        "coworking.space", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="space_id.company_id", store=True, precompute=True)
    first_mail_at = fields.Datetime(string="Asked On", required=True, readonly=True)
    reminders = fields.Integer(readonly=True)
    last_mail_at = fields.Datetime(string="Last Mail", readonly=True)

    _statement_once = models.UniqueIndex(
        "(partner_id, statement_id) WHERE statement_id IS NOT NULL",
        "This contact was already asked about this statement.",
    )
    _seat_once = models.UniqueIndex(
        "(partner_id, seat_id) WHERE seat_id IS NOT NULL",
        "This contact was already asked about this seat.",
    )

    @api.model
    def _forget_repeated(self, partners):
        """These become one contact: of what several of them were asked, what was reminded last is
        kept.
        """
        seen = set()
        for request in self.search(
            [("partner_id", "in", partners.ids)], order="last_mail_at DESC NULLS LAST, id"
        ):
            asked = request.statement_id or request.seat_id
            if asked and asked in seen:
                request.unlink()
            seen.add(asked)

    @api.model
    def _get_waiting(self):
        """What waits for an answer of a space now, and since when.

        :return: list of (record, moment from which it waits)
        """
        statements = self.env["coworking.statement"].search(
            [("state", "=", "sent"), ("sent_at", "!=", False)]
        )
        result = [(statement, statement.sent_at) for statement in statements]
        return result + self._get_arrivals_waiting()

    @api.model
    def _get_arrivals_waiting(self, domain=Domain.TRUE):
        """Arrivals of these weeks that nobody answered, and since when: see ``_get_waiting``."""
        today = fields.Date.context_today(self)
        seats = self.env["coworking.seat"].search(
            Domain("state", "=", "confirmed")
            & Domain("date_start", ">=", today - timedelta(days=ARRIVAL_DAYS))
            & Domain("date_start", "<=", today + timedelta(days=ARRIVAL_DAYS))
            & domain,
            order="date_start, id",
        )
        return self._wait_for(seats - seats._get_refusals().seat_id)

    @api.model
    def _wait_for(self, seats):
        """Since when these arrivals wait: see ``_get_waiting``."""
        today = fields.Date.context_today(self)
        # An arrival is announced at once; whether it happened is asked for from its day on.
        return [(seat, fields.Datetime.to_datetime(min(seat.date_start, today))) for seat in seats]

    @api.model
    def _group_by_contact(self, waiting):
        """Who is to be written to today: dict contact -> what waits for them."""
        result = defaultdict(list)
        for record, since in waiting:
            for partner in record.space_id._get_contacts_to_write_to():
                result[partner].append((record, since))
        return result

    @api.model
    def _ask_arrivals(self, seats):
        """Announce arrivals without waiting for the daily run: the mails leave with the commit."""
        waiting = self._get_arrivals_waiting(Domain("id", "in", seats.ids))
        for partner, asked in self._group_by_contact(waiting).items():
            self._ask_space(partner, asked)

    @api.model
    def _announce_anew(self, before):
        """What was announced of these arrivals holds no more: the space is told of the new day, be
        it as far as it may, and another that the person does not come.

        :param before: dict seat -> its first day and its space, as they were announced
        """
        told = self.search([("seat_id", "in", [seat.id for seat in before])])
        if not told:
            return
        since = fields.Date.context_today(self) - timedelta(days=ARRIVAL_DAYS)
        coming = told.seat_id.filtered(lambda seat: seat.state == "confirmed")
        announced = coming.filtered(lambda seat: seat.date_start >= since)
        refused = {
            # of those before this version nobody knows which day it was
            (
                answer.seat_id,
                answer.space_id,
                answer.shown_hash or str(before[answer.seat_id][0]),
            )
            for answer in self.env["coworking.portal.answer"].search(
                [("seat_id", "in", told.seat_id.ids), ("kind", "=", "not_arrived")]
            )
        }
        gone = {
            (row.seat_id, row.space_id): day
            for row in told
            if (day := before[row.seat_id][0]) >= since
            and (row.seat_id not in coming or row.space_id != row.seat_id.space_id)
            and (row.seat_id, row.space_id, str(day)) not in refused
        }
        if gone:
            self._tell_of_gone(gone)
        told.unlink()
        for partner, asked in self._group_by_contact(self._wait_for(announced)).items():
            self._ask_space(partner, asked)

    def _tell_of_gone(self, gone):
        """Hook of who tells spaces what is to come: people do not come after all.

        :param gone: dict (seat, space) -> the day that was announced
        """

    @api.model
    def _cron_ask(self):
        """Write to each contact what waits for them, then remind them twice.

        Daily and after statements are sent. Each contact is a transaction, so that a mail that was
        sent is known to be even if the run is stopped.
        """
        waiting = self._leave_out_being_sent(self._group_by_contact(self._get_waiting()))
        paid = self._take_paid_news().grouped("date_from")
        self.env["ir.cron"]._commit_progress(remaining=len(waiting) + len(paid))
        for partner, asked in waiting.items():
            self._ask_space(partner, asked)
            if not self.env["ir.cron"]._commit_progress(1):
                return
        for statements in paid.values():
            self._tell_paid(statements)
            if not self.env["ir.cron"]._commit_progress(1):
                return

    @api.model
    def _leave_out_being_sent(self, waiting):
        """The statements of a month wait until all that are being sent are: one mail a month.

        :param waiting: see ``_group_by_contact``
        """
        sending = self.env["coworking.month.run"]._get_spaces_being_sent()
        busy = {
            (partner, month)
            for month, spaces in sending.items()
            for space in spaces
            for partner in space._get_contacts_to_write_to()
        }
        return {
            partner: left
            for partner, asked in waiting.items()
            if (
                left := [
                    (record, since)
                    for record, since in asked
                    if record._name != "coworking.statement"
                    or (partner, record.date_from) not in busy
                ]
            )
        }

    @api.model
    def _take_paid_news(self):
        """Statements whose bills have just been paid and whose space does not know it yet. What
        was paid long before is no news, and is not looked at again.
        """
        statements = self.env["coworking.statement"].search(
            [("state", "=", "billed"), ("paid_told_at", "=", False)]
        )
        paid = statements._get_paid_on()
        since = fields.Date.context_today(self) - timedelta(days=PAID_NEWS_DAYS)
        old = statements.filtered(lambda row: row in paid and paid[row] < since)
        old.paid_told_at = fields.Datetime.now()
        return statements.filtered(lambda row: row in paid) - old

    @api.model
    def _tell_paid(self, statements):
        """Tell the spaces once that these statements of one month are paid: a mail a contact."""
        told = {}
        for statement in statements:
            for partner in statement.space_id._get_contacts_to_write_to():
                told.setdefault(partner, statement)
        statements.paid_told_at = fields.Datetime.now()
        for partner, statement in told.items():
            self.env["coworking.portal.link"]._send_link(statement, "month", partner)

    @api.model
    def _ask_space(self, partner, asked):
        """One mail a kind and month for one contact, if one is due today."""
        now = fields.Datetime.now()
        by_mail = defaultdict(list)
        for record, since in asked:
            is_month = record._name == "coworking.statement"
            by_mail[record.date_from if is_month else None].append((record, since))
        for month, items in by_mail.items():
            rows = self._get_rows(partner, [record for record, __ in items])
            fresh, due = [], self.browse()
            for record, since in items:
                row = rows.get(record)
                # An arrival that was announced is asked about from its day on, not before.
                if not row or (month and row.first_mail_at < since):
                    fresh.append((record, row))
                elif row.reminders < len(REMINDERS) and now >= max(
                    row.first_mail_at, since
                ) + timedelta(days=REMINDERS[row.reminders]):
                    due |= row
            if not fresh and not due:
                continue
            record = fresh[0][0] if fresh else due[0].statement_id or due[0].seat_id
            sent = self.env["coworking.portal.link"]._send_link(
                record,
                "month" if month else "arrival",
                partner,
                channel="mail" if fresh else "reminder",
            )
            if not sent:
                self._report_no_address(record, partner, month)
            for record, row in fresh:
                vals = {"first_mail_at": now, "last_mail_at": now, "reminders": 0}
                if row:
                    row.write(vals)
                else:
                    self.create({**self._get_key(partner, record), **vals})
            for row in due:
                row.write({"reminders": row.reminders + 1, "last_mail_at": now})

    @api.model
    def _remind_now(self, statements, since):
        """Staff remind of these without waiting for the daily run: one mail a contact and month,
        and none to who was written to within a day.

        :param since: what was sent from that moment on is of the same work
        :return: the statements of which somebody was written to
        """
        now = fields.Datetime.now()
        reached = statements.browse()
        for month, own in statements.grouped("date_from").items():
            waiting = self._group_by_contact([(statement, None) for statement in own])
            for partner, asked in waiting.items():
                records = own.browse(record.id for record, __ in asked)
                last = self._get_last_mail(partner, month)
                if last and now - REST < last < since:
                    continue
                if not last or last < since:
                    link = self.env["coworking.portal.link"]
                    if not link._send_link(records[0], "month", partner, channel="reminder"):
                        continue
                self._count_reminder(partner, records, now)
                reached |= records
        return reached

    @api.model
    def _get_last_mail(self, partner, month):
        """When a contact was last written to about a month."""
        domain = [("partner_id", "=", partner.id), ("statement_id.date_from", "=", month)]
        return self.search(domain, limit=1, order="last_mail_at desc").last_mail_at

    @api.model
    def _count_reminder(self, partner, statements, now):
        rows = self._get_rows(partner, statements)
        for statement in statements:
            row = rows.get(statement) or self.create(
                {**self._get_key(partner, statement), "first_mail_at": now}
            )
            row.write({"reminders": row.reminders + 1, "last_mail_at": now})

    @api.model
    def _get_key(self, partner, record):
        name = "statement_id" if record._name == "coworking.statement" else "seat_id"
        return {"partner_id": partner.id, "space_id": record.space_id.id, name: record.id}

    @api.model
    def _get_rows(self, partner, records):
        """dict record -> what the contact was already asked about it."""
        statements = [row.id for row in records if row._name == "coworking.statement"]
        seats = [row.id for row in records if row._name == "coworking.seat"]
        rows = self.search(
            Domain("partner_id", "=", partner.id)
            & (Domain("statement_id", "in", statements) | Domain("seat_id", "in", seats))
        )
        return {row.statement_id or row.seat_id: row for row in rows}

    @api.model
    def _report_no_address(self, record, partner, month):
        """Somebody has to call, or to send the link another way."""
        user = record.program_id._get_responsible()
        env = self.env(context={**self.env.context, "lang": user.lang})
        space = record.space_id
        summary = (
            env._(
                "%(manager)s has no e-mail: send the link of %(month)s another way",
                manager=partner.name,
                month=format_date(env, month, date_format="MMMM y"),
            )
            if month
            else env._(
                "%(manager)s has no e-mail: announce the arrivals by telephone",
                manager=partner.name,
            )
        )
        self._ask_to_call(space, user, summary)

    @api.model
    def _ask_to_call(self, space, user, summary):
        """Somebody calls: once, however often a mail would have gone."""
        if summary not in space.activity_ids.mapped("summary"):
            space.activity_schedule(
                "mail.mail_activity_data_call", summary=summary, user_id=user.id
            )

    # === DATA ABOUT PEOPLE ===#

    @api.model
    def _get_person_domain(self, partner, files):
        return Domain("partner_id", "=", partner.id)
