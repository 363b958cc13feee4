import hashlib
import itertools
import json
import logging
import random
import time
from collections import namedtuple
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.tools import SQL, float_repr, format_date, plaintext2html

from .books_rules import CONFIRMED, RULES, TRIGGERS
from .books_words import WORDS

_logger = logging.getLogger(__name__)

# Of one rule, so that a check never takes more memory than there is.
MOST_FINDINGS = 100
CONFIRMED_AT_ONCE = 1000
# What each sort and join of a rule may take: two or three go on at a time.
MEMORY = "64MB"
# For how long documents are read while somebody waits, and by the scheduled action for all.
SECONDS_WAITED, SECONDS_A_WEEK = 10, 60
SEALED_AT_ONCE = 1000
ACTIVITY = "coworking_incubation.mail_activity_type_books"

# ``record`` may be gone; ``problem`` and ``todo`` are in words.
Finding = namedtuple("Finding", ["rule", "company", "record", "problem", "todo"])


class CoworkingBooks(models.AbstractModel):
    """The check of the books: what must hold in the database, asked of the database itself.

    Nothing is stored or mended. As many queries as there are rules, whatever the number of files;
    sealed documents are read one by one, for as long as there is time. What is cancelled, corrected
    later, forecast or settled before a take-over is as it should be.
    """

    _name = "coworking.books"
    _description = "Check of the Books"

    @api.model
    def _check(self, companies=None, broken=None, seconds=None):
        """
        :param companies: ``res.company`` records; all by default
        :param broken: where the audit trail is broken, if that was looked up already
        :param seconds: for how long sealed documents are read; all of them by default
        :return: list of ``Finding``, causes before what would follow from them
        """
        self.env.flush_all()
        self._expect_all()
        rows = [("guard", row) for row in self._find_guards_missing()]
        told = set()
        for rule, query in RULES.items():
            if query:
                found = self._select(query, companies)
            elif rule == "settled":
                found = self._find_changed(companies)
            elif rule == "sealed":
                found = self._find_unlike_sealed(companies, seconds)
            else:
                found = self._find_broken_chain() if broken is None else broken
            found = [row for row in found if not {("statement", row[3]), ("move", row[4])} & told]
            rows += [(rule, row) for row in found]
            told |= {("statement", row[3]) for row in found if row[3]}
            told |= {("move", row[4]) for row in found if row[4]}
        return self._put_in_words(rows)

    # === What is found === #

    def _expect_all(self):
        """Tell PostgreSQL that each table is read as a whole, which it does faster with memory to
        join and group in, and without compiling queries of forty parts (``jit``) first.
        """
        self.env.cr.execute(
            "SELECT SET_CONFIG('jit', 'off', true), SET_CONFIG('work_mem', %s, true)", [MEMORY]
        )

    def _select(self, query, companies):
        self.env.cr.execute(
            SQL(
                "SELECT * FROM (%s) AS rows (company_id) WHERE %s LIMIT %s",
                SQL(query),
                SQL("company_id IS NULL OR company_id IN %s", tuple(companies.ids or [0]))
                if companies is not None
                else SQL("TRUE"),
                MOST_FINDINGS,
            )
        )
        return self.env.cr.fetchall()

    def _find_guards_missing(self):
        """Constraints, indexes and triggers of ours that PostgreSQL does not hold: Odoo updates a
        module without them where rows are in the way, with a line in its log.
        """
        wanted = {
            obj.full_name(model): model._name
            for model in self.env.values()
            if model._auto and not model._abstract
            for obj in model._table_objects.values()
            if obj._module in self._get_modules()
        }
        wanted |= dict.fromkeys(self._get_triggers(), self._name)
        self.env.cr.execute(
            """
            SELECT conname::text FROM pg_constraint
             WHERE conname = ANY(%(names)s) AND convalidated
             UNION
            SELECT relname::text FROM pg_class JOIN pg_index ON pg_index.indexrelid = pg_class.oid
             WHERE relname = ANY(%(names)s) AND indisvalid
             UNION
            SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger
             WHERE starts_with(tgname, 'coworking_') AND tgenabled IN ('O', 'A')
            """,
            {"names": list(wanted)},
        )
        held = {name for (name,) in self.env.cr.fetchall()}
        return [
            (None, model, 0, None, None, name, None)
            for name, model in sorted(wanted.items())
            if name not in held
        ]

    @api.model
    def _get_modules(self):
        """Addons whose constraints and indexes there must be; each adds its own."""
        return {"coworking_incubation"}

    @api.model
    def _get_triggers(self):
        """All that there must be, as ``table.trigger``."""
        kept = {f"{table}.{name}" for table, names in TRIGGERS.items() for name in names}
        return (
            kept
            | {
                f"{self.env[model]._table}.coworking_audit_{event}_trg"
                for model, audited in self.env["coworking.audit"]._get_audited().items()
                for event in audited.on
            }
            | {
                f"{table}.coworking_audit_empty_trg"
                for table in self.env["coworking.audit"]._get_followed_tables()
            }
            | {
                f"{model._table}.coworking_mark_{model._table}_{name}"
                for model in self.env.registry.values()
                for name in getattr(model, "_marks", ())
            }
        )

    def _find_broken_chain(self):
        """The trail is one for all organisations."""
        report = self.env["coworking.audit"]._verify_chain()
        if not report.broken:
            return []
        return [
            (None, "coworking.audit", report.broken_id, None, None, report.broken_position, None)
        ]

    def _find_changed(self, companies):
        """Settled statements whose lines are not those that were confirmed."""
        cr, found = self.env.cr, []
        digits = {
            company.id: company.currency_id.decimal_places for company in self._get_companies()
        }
        cr.execute(CONFIRMED, {"companies": None if companies is None else companies.ids})
        while len(found) < MOST_FINDINGS:
            cr.execute("FETCH %s FROM coworking_books", [CONFIRMED_AT_ONCE])
            rows = cr.fetchall()
            if not rows:
                break
            found += [
                (company, "coworking.statement", statement, statement, None, None, None)
                for company, statement, name, known, lines in rows
                if self._get_lines_hash(name, lines, digits[company]) != known
            ]
        cr.execute("CLOSE coworking_books")
        return found[:MOST_FINDINGS]

    @api.model
    def _get_sealed(self):
        """Model -> field of the seal, of records that know ``_is_as_sealed``; each room adds its
        own.
        """
        return {
            "coworking.attendance.signature": "digest",
            "coworking.hosting": "sealed_hash",
            "coworking.presence.scan": "digest",
        }

    def _find_unlike_sealed(self, companies, seconds):
        """Sealed documents that are lost, or are others. Which are read first is never the same:
        where there is no time for all, each has its turn in some weeks.
        """
        parts, total = [], 0
        for name, seal in self._get_sealed().items():
            domain = Domain(seal, "!=", False)
            if companies is not None:
                domain &= Domain("company_id", "in", companies.ids)
            # sudo: whoever checks need not read what is sealed
            model = self.env[name].sudo().with_context(active_test=False)
            aggregates = ["id:min", "id:max", "__count"]
            ((first, last, count),) = model._read_group(domain, aggregates=aggregates)
            total += count
            for start in range(first, last + 1, SEALED_AT_ONCE) if count else ():
                end = start + SEALED_AT_ONCE
                parts.append((model, domain & Domain("id", ">=", start) & Domain("id", "<", end)))
        random.shuffle(parts)
        records = itertools.chain.from_iterable(itertools.starmap(self._pick_by_chance, parts))
        found, end = [], seconds and time.monotonic() + seconds
        for count, record in enumerate(records):
            if len(found) >= MOST_FINDINGS or (end and time.monotonic() > end):
                _logger.info("%s of %s sealed documents were read", count, total)
                break
            try:
                intact = record._is_as_sealed()
            except OSError:  # a disk that does not give it
                intact = False
            if not intact:
                found.append((record.company_id.id, record._name, record.id, *[None] * 4))
            self.env.invalidate_all(flush=False)  # a document is not kept in memory
        return found

    def _pick_by_chance(self, model, domain):
        """:return: iterator of the records that a domain finds, one by one, in no order"""
        ids = [*model._search(domain)]
        random.shuffle(ids)
        return map(model.browse, ids)

    @api.model
    def _get_companies(self):
        """Every organisation: one that is archived has books too."""
        # sudo: their currency and their accountants are looked up whoever checks
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        return companies.search([])  # pylint: disable=no-search-all

    @api.model
    def _get_lines_hash(self, name, lines, digits):
        """As ``coworking.statement`` computes it, thousands at a time."""
        lines = sorted(
            [
                seat,
                month,
                kind,
                float_repr(untaxed, digits),
                float_repr(tax, digits),
                explanation,
            ]
            for seat, month, kind, untaxed, tax, explanation in lines
        )
        return hashlib.sha256(json.dumps([name, lines]).encode()).hexdigest()

    # === In words === #

    def _put_in_words(self, rows):
        findings = []
        for rule, (company, model, number, __, __, found, expected, *day) in rows:
            # sudo: of what is found, who checks may read what it is called
            company = self.env["res.company"].sudo().browse(company)
            record = self.env[model].sudo().browse(number)
            problem, todo = map(self.env._, WORDS[rule])
            values = {
                "name": self._get_name(record),
                "found": self._say(found, record, company),
                "expected": self._say(expected, record, company),
                "day": format_date(self.env, day[0]) if day else "",
            }
            findings.append(Finding(rule, company, record, problem % values, todo))
        return findings

    def _get_name(self, record):
        """What a record is called, if it is there and what its name is made of is too."""
        kind = self.env["ir.model"]._get(record._name).name
        try:
            if record.id and record.exists() and record.display_name:
                return f"{kind} {record.display_name}"
        except MissingError:
            _logger.info("%s has no name: what it belongs to is gone", record)
        return f"{kind} {record.id or ''}".strip()

    def _say(self, value, record, company):
        if isinstance(value, Decimal):
            return (company or self.env.company).currency_id.format(float(value))
        if isinstance(value, date):
            return format_date(self.env, value)
        if isinstance(value, str) and "state" in record._fields:
            states = dict(record._fields["state"]._description_selection(self.env))
            return states.get(value, value)
        return value

    @api.model
    def _to_text(self, findings):
        """A line for each, to be read in a terminal and in a log."""
        if not findings:
            return self.env._("The books are in order: nothing was found.")
        return "\n".join(
            f"{finding.rule} {finding.record._name},{finding.record.id}:"
            f" {finding.problem} {finding.todo}"
            for finding in findings
        )

    # === Who is told === #

    @api.model
    def _cron_check(self):
        """Every week: one activity an organisation, for who pays the bills, as long as something is
        found.

        What concerns no organisation in particular is told to all.
        """
        broken, companies = self._find_broken_chain(), self._get_companies()
        seconds = SECONDS_A_WEEK / len(companies)
        for company in companies:
            # those that are over have books too
            programs = (
                self.env["coworking.program"]
                .with_context(active_test=False)
                .search([("company_id", "=", company.id)], order="active DESC, date_end DESC")
            )
            programs = programs.with_env(self.env)
            program = programs[:1]
            accountants = company._coworking_accountants()
            user = company._coworking_accountant() if accountants else program._get_responsible()
            spoken = self.with_context(
                lang=user.lang or company.partner_id.lang,
                allowed_company_ids=company.ids,
            )
            if program:
                spoken._tell(programs, user, accountants, spoken._check(company, broken, seconds))

    def _tell(self, programs, user, accountants, findings):
        if not findings:
            programs.activity_feedback([ACTIVITY], feedback=self._to_text(findings))
            return
        note = plaintext2html(
            "\n".join(f"{finding.problem} {finding.todo}" for finding in findings)
        )
        known = programs.activity_search([ACTIVITY])[:1]
        if not known:
            programs[0].activity_schedule(ACTIVITY, note=note, user_id=user.id)
            return
        known.note = note
        holder = known.user_id.with_context(active_test=False)
        here = holder.active and programs.company_id <= holder.company_ids
        # without accountants, whoever was handed it keeps it
        if not here or (accountants and holder not in accountants):
            known.user_id = user
