import logging
from collections import defaultdict
from itertools import zip_longest

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.constants import GC_UNLINK_LIMIT

from ...tools import hold
from ..base.processing import SEATS

_logger = logging.getLogger(__name__)

# The pages on which somebody reads what is to come, by the part that they have.
PAGES = {"space": "coworking.portal", "person": "coworking.portal.person"}
# Of which model the record of each kind is: see ``Fact`` of the pages.
MODELS = {
    "seat_end": "coworking.seat",
    "seat_on": "coworking.seat",
    "price_change": "coworking.tariff",
    "own_part": "coworking.seat",
    "program_end": "coworking.program",
    "closure": "coworking.space",
}
# Of these a space, or a seat, has several at once, each with its day.
SEVERAL = {"closure", "own_part", "price_change"}
# A seat that was to end and goes on is one thing that changed.
SAME = {"seat_on": "seat_end"}


class CoworkingAnnouncement(models.Model):
    """What somebody was told by mail of what is to come, so that it is told once, and again when it
    changes or does not happen after all. It goes once the day is over.
    """

    _name = "coworking.announcement"
    _description = "Announced to Somebody"
    _processing = SEATS
    _inherit = ["coworking.record.mixin"]
    _order = "date desc, id desc"
    _rec_name = "kind"

    partner_id = fields.Many2one(
        "res.partner", string="Who", required=True, readonly=True, index=True, ondelete="cascade"
    )
    role = fields.Selection(
        [("space", "Manager of a space"), ("person", "Participant")], required=True, readonly=True
    )
    kind = fields.Selection(
        [
            ("seat_end", "Seat ends"),
            ("seat_on", "Seat goes on"),
            ("price_change", "Price changes"),
            ("own_part", "Own part changes"),
            ("program_end", "Program ends"),
            ("closure", "Space closes"),
        ],
        required=True,
        readonly=True,
    )
    res_id = fields.Integer(string="Record", required=True, readonly=True, aggregator=None)
    space_id = fields.Many2one(
        "coworking.space", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="space_id.company_id", store=True, precompute=True)
    date = fields.Date(required=True, readonly=True)
    date_last = fields.Date(string="Until", required=True, readonly=True)
    terms = fields.Char(readonly=True, help="The price that was announced.")
    told_on = fields.Date(required=True, readonly=True)
    taken_back = fields.Boolean(readonly=True, help="They were told that it does not happen.")

    _once = models.UniqueIndex(
        "(partner_id, role, kind, res_id, space_id, date, date_last, COALESCE(terms, ''))"
        " WHERE taken_back IS NOT TRUE",
        "This was already announced to this contact.",
    )

    # === WHOM TO TELL ===#

    @api.model
    def _cron_announce(self):
        """Write to each manager and participant what newly is to come for them, one mail a day.

        One process at a time. Each contact is a transaction, in which the mail is queued and what
        it says is noted. One who cannot be written to keeps no other from being told.
        """
        with hold(self.env.cr, self._table) as is_held:
            if is_held:
                self._announce_to_all()

    @api.model
    def _announce_to_all(self):
        cron = self.env["ir.cron"]
        reached = cron._get_reached_before() or [0]
        partners = self._get_recipients().filtered(lambda partner: partner.id > reached[0])
        cron._commit_progress(remaining=len(partners))
        for partner in partners:
            try:
                with self.env.cr.savepoint():
                    self._announce_to(partner)
            except Exception:
                _logger.exception("What is to come could not be told to contact %s", partner.id)
            cron._note_reached([partner.id])
            if not cron._commit_progress(1):
                break

    @api.model
    def _get_recipients(self):
        """Managers who get today's mails of a space, and people in programs, who have an address:
        those for whom something may be to come, or was told to be.

        :return: ``res.partner``, by id
        """
        seats = self.env["coworking.seat"].search(self.env["coworking.portal"]._get_coming_domain())
        told = self.search([("date_last", ">=", "today -1d")])
        partners = seats.participant_id.partner_id | told.partner_id
        for space in seats.space_id.filtered(lambda space: space.state != "prospect"):
            partners |= space._get_contacts_to_write_to()
        return partners.filtered(lambda partner: partner.active and partner.email).sorted("id")

    @api.model
    def _announce_to(self, partner):
        """One mail an organisation, if something is new; who has two parts hears of the second the
        day after.
        """
        if self.search_count(
            [("partner_id", "=", partner.id), ("told_on", "=", fields.Date.context_today(self))],
            limit=1,
        ):
            return
        spoken = self.with_context(lang=partner.lang or self.env.lang)
        for role in PAGES:
            if spoken._announce_as(role, partner):
                break

    @api.model
    def _announce_as(self, role, partner):
        """:return: whether there was something new"""
        scopes = self._get_scope(role, partner).grouped("company_id").values()
        told = [self._announce_of(role, partner, scope) for scope in scopes]  # each of them
        return any(told)

    @api.model
    def _announce_of(self, role, partner, scope):
        """One mail of one organisation: to a manager it writes of its own spaces alone."""
        news = self._find_news(role, partner, scope)
        if not news:
            return False
        record = partner if role == "space" else scope
        facts = [self._prepare_news(fact, row, words) for fact, row, words in news]
        self.env["coworking.portal.link"]._send_link(
            record.with_company(scope.company_id).with_context(coworking_coming=facts),
            "coming" if role == "space" else "participant",
            partner,
        )
        # Who does not want to be written to is told by staff: the file says so.
        for fact, row, __ in news:
            self._note_told(role, partner, fact, row)
        return True

    @api.model
    def _note_all(self):
        """Note all that is to come as told to everybody, of which nobody is to be written to."""
        for partner in self._get_recipients():
            for role in PAGES:
                if scope := self._get_scope(role, partner):
                    for fact, row, __ in self._find_news(role, partner, scope):
                        self._note_told(role, partner, fact, row)

    @api.model
    def _get_scope(self, role, partner):
        """The spaces of whose mails the contact is today's reader, or the file under way."""
        pages = self.env[PAGES[role]]
        if role == "person":
            return pages._get_file(partner).filtered("active")
        return pages._get_spaces(partner).filtered(
            lambda space: partner in space._get_contacts_to_write_to()
        )

    # === WHAT IS NEW ===#

    @api.model
    def _find_news(self, role, partner, scope):
        """What the contact was not told yet, or otherwise, or what does not happen after all.

        :param scope: see ``_get_scope``
        :return: list of (``Fact`` or nothing, what was told of it before, words)
        """
        pages = self.env[PAGES[role]]
        facts = pages._get_coming(partner)
        rows = self.search([("partner_id", "=", partner.id), ("role", "=", role)], order="date, id")
        rows = rows.filtered(
            lambda row: not row.taken_back and row.date_last >= row.space_id._get_today()
        )
        if role == "space":
            facts = [fact for fact in facts if fact.space in scope]
            rows = rows.filtered(lambda row: row.space_id in scope)
        fresh = {self._get_terms(fact): fact for fact in facts}
        days = {(self._get_terms(fact)[0], fact.day) for fact in fresh.values()}
        left = self.browse()
        for row in rows:
            if fresh.pop(row._get_own_terms(), None):
                continue
            alone = row.kind in SEVERAL and (row._get_own_terms()[0], row.date) not in days
            if alone and not row._describe_gone(pages):
                continue  # it holds, and is none of theirs any more: another is not its change
            left |= row
        return [
            (fact, row, words)
            for fact, row in self._pair(fresh.values(), left)
            if (words := fact.words if fact else row._describe_gone(pages))
        ]

    @api.model
    def _pair(self, facts, rows):
        """What is told, with what was told before of the same thing.

        :return: list of (``Fact`` or nothing, what was told or nothing)
        """
        before, now = rows.grouped(lambda row: row._get_own_terms()[0]), defaultdict(list)
        for fact in facts:
            now[self._get_terms(fact)[0]].append(fact)
        return [
            pair
            for about in dict.fromkeys([*now, *before])
            for pair in zip_longest(now[about], before.get(about, ()), fillvalue=self.browse())
        ]

    @api.model
    def _get_terms(self, fact):
        """:return: tuple of what a fact is about, whenever it happens, and of what is told of it"""
        about = SAME.get(fact.kind, fact.kind), fact.record.id, fact.space.id
        return about, fact.kind, fact.day, fact.last, fact.terms

    def _get_own_terms(self):
        """As ``_get_terms``, of what was told."""
        self.ensure_one()
        about = SAME.get(self.kind, self.kind), self.res_id, self.space_id.id
        return about, self.kind, self.date, self.date_last, self.terms or ""

    def _describe_gone(self, pages):
        """:return: what is told of something that is not to come any more; nothing where it is over
        or none of theirs
        """
        self.ensure_one()
        record = self.env[MODELS[self.kind]].browse(self.res_id).exists()
        return record and pages._describe_gone(self.kind, record, self.space_id, self.date)

    # === TELLING ===#

    @api.model
    def _prepare_news(self, fact, row, words):
        """:return: dict ``day``, ``words``, ``space`` and ``note``, what was said before"""
        day, space = (fact.day, fact.space) if fact else (row.date, row.space_id)
        return {
            "day": self.env["coworking.portal"]._format_day(day),
            "words": words[:1].upper() + words[1:],
            "space": space.name,
            "note": row and row._describe_before(fact),
        }

    def _describe_before(self, fact):
        """What had been announced, of something that changed."""
        self.ensure_one()
        day = self.env["coworking.portal"]._format_day(self.date)
        if fact and fact.day == self.date and fact.kind == self.kind:
            return self.env._("This corrects what was announced.")
        if self.kind == "seat_end":
            return self.env._("The end was announced for %s.", day)
        if self.kind == "seat_on":
            return self.env._("It was announced that the seat goes on after %s.", day)
        return self.env._("It was announced for %s.", day)

    @api.model
    def _note_told(self, role, partner, fact, row):
        today = fields.Date.context_today(self)
        if not fact:
            row.write({"taken_back": True, "told_on": today})
            return
        vals = {
            "kind": fact.kind,
            "date": fact.day,
            "date_last": fact.last,
            "terms": fact.terms,
            "told_on": today,
            "taken_back": False,
        }
        if row:
            row.write(vals)
            return
        key = {
            "partner_id": partner.id,
            "role": role,
            "res_id": fact.record.id,
            "space_id": fact.space.id,
        }
        self.create({**key, **vals})

    # === END ===#

    @api.autovacuum
    def _gc_over(self):
        """What is over is told no more: nothing is kept of it."""
        over = self.search([("date_last", "<", "today -7d")], limit=GC_UNLINK_LIMIT)
        over.unlink()
        return len(over), len(over) == GC_UNLINK_LIMIT

    @api.model
    def _get_person_domain(self, partner, files):
        return Domain("partner_id", "=", partner.id)

    @api.model
    def _forget_repeated(self, partners):
        """These become one contact, who is told once."""
        seen = set()
        for row in self.search([("partner_id", "in", partners.ids), ("taken_back", "=", False)]):
            told = row.role, row._get_own_terms()
            if told in seen:
                row.unlink()
            seen.add(told)
