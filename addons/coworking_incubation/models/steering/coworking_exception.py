from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..network.coworking_dashboard import ACCOMPANIST, ACCOUNTANT, COORDINATOR

# Numbers of kinds, those of other addons included, are below that: they make the ids unique.
MOST_KINDS = 64
URGENT, SOON, LATER, COMING = 1, 2, 3, 4
PEOPLE_ROLES = (ACCOMPANIST,)
MONEY_ROLES = (COORDINATOR, ACCOUNTANT)
# What each kind selects of its records, beside their ids.
COLUMNS = SQL(
    "found.program_id, found.space_id, found.participant_id, found.partner_id, found.user_id,"
    " found.company_id, found.since, found.amount"
)


class Kind(NamedTuple):
    """Something that waits for a person.

    The model has a ``_select_<name>()`` for it, the SQL of the records that wait (with the columns
    ``id``, ``program_id``, ``space_id``, ``participant_id``, ``partner_id``, ``user_id``,
    ``company_id``, ``since`` and ``amount``), a ``_describe_<name>(records)`` (dict id -> why), and
    may have a ``_settle_<name>(record)`` (the action of its button; else the record is opened).

    :param number: never changed, and nobody else's; those of another addon begin at 32, so that
        of ours the next ones are 63 and those before
    :param audience: ``people``, without money; ``money``, without people; ``places``, for both;
        ``coordinator``; nothing, where each row says its own in a column of that name
    :param model: of the records
    :param settled_by: roles who settle it; others open what it is about
    """

    name: str
    number: int
    urgency: int
    audience: str
    model: str
    settled_by: tuple


class CoworkingException(models.Model):
    """What waits for a person, most urgent first: nobody has to look anywhere else.

    Computed from the facts at each look: a row goes as soon as what it asks for was done, by
    whomever and wherever. Each room of facts above or other addon adds kinds: see ``Kind``.
    """

    _name = "coworking.exception"
    _description = "What Waits for Somebody"
    _inherit = ["coworking.record.mixin"]
    _auto = False
    _order = "urgency, since, id"
    _rec_name = "kind"

    kind = fields.Selection(
        [
            ("disputed", "Line disputed"),
            ("bank", "Bank details to verify"),
            ("run_failed", "Work in error"),
            ("gap", "Gap"),
            ("to_match", "Bill to match"),
            ("to_post", "Bill ready to post"),
            ("late_fact", "Changed once sent"),
            ("correction", "Settled month to correct"),
            ("to_type", "Bill to handle"),
            ("to_check", "Bill to check"),
            ("bill_awaited", "Bill awaited"),
            ("contested", "Answer awaited"),
            ("to_pay", "Bills to pay"),
            ("owed", "Owed to a participant"),
            ("unanswered", "Space to call"),
            ("space_task", "Space to see to"),
            ("unsent", "Mail not sent"),
            ("to_send", "Month to send"),
            ("to_bill", "Month to bill"),
            ("to_invoice", "Co-payments to invoice"),
            ("presence", "Presence to settle"),
            ("arrival", "Arrival to confirm"),
            ("unused", "Seat not used"),
            ("leaving", "Leaves without a next step"),
            ("seat_request", "Seat requested"),
            ("extension", "More time requested"),
            ("price", "Price proposed"),
            ("seat_end", "Seat ends"),
            ("seat_on", "Seat goes on"),
            ("price_change", "Price changes"),
            ("program_end", "Program ends"),
            ("closure", "Space closes"),
        ],
        readonly=True,
    )
    urgency = fields.Selection(
        [
            (str(URGENT), "Urgent"),
            (str(SOON), "Soon"),
            (str(LATER), "When there is time"),
            (str(COMING), "To come"),
        ],
        readonly=True,
        help="What is to come happens by itself: it is announced, and counts among nothing that"
        " waits.",
    )
    audience = fields.Selection(
        [
            ("people", "Those who follow people"),
            ("money", "Those who see money"),
            ("places", "All"),
            ("coordinator", "Coordinators"),
        ],
        readonly=True,
    )
    res_id = fields.Integer(string="Record", readonly=True, aggregator=None)
    program_id = fields.Many2one("coworking.program", readonly=True)
    space_id = fields.Many2one("coworking.space", readonly=True)
    participant_id = fields.Many2one("coworking.participant", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Organisation", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="In Charge", readonly=True, help="Counsellor, or coordinator."
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    since = fields.Date(readonly=True, help="Since when it waits.")
    amount = fields.Monetary(
        readonly=True,
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
    )
    reason = fields.Char(string="Why", compute="_compute_words")
    phone = fields.Char(string="Telephone", compute="_compute_words", help="Whom to call.")
    action_label = fields.Char(string="Action", compute="_compute_words")

    # === KINDS ===#

    @api.model
    def _get_kinds(self):
        """Every kind: see ``Kind``.

        :return: list of ``Kind``
        """
        return []

    @api.model
    def _get_labels(self):
        """What the button of each kind says: dict name -> label."""
        return {}

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """PostgreSQL is asked for kinds of which the domain and the rules of who asks may leave
        something, and plans no other.
        """
        self._expect_lookups()
        domain = asked = Domain(domain).optimize(self)
        if not (self.env.su or bypass_access):
            rules = self.env["ir.rule"]._compute_domain(self._name, "read")
            asked &= rules.optimize(self.sudo())  # sudo: as Odoo applies them
        kinds = [kind.name for kind in self._get_kinds() if self._may_find(asked, kind)]
        return super(CoworkingException, self.with_context(coworking_kinds=kinds))._search(
            domain if kinds else Domain.FALSE, *args, bypass_access=bypass_access, **kwargs
        )

    @api.model
    def _may_find(self, domain, kind):
        """Whether a domain leaves something of a kind, by what is the same for all of it."""
        facts = {"kind": kind.name, "urgency": str(kind.urgency), "audience": kind.audience}

        def decide(condition):
            name, found = condition.field_expr, condition.value
            if condition.operator not in ("in", "not in"):
                return condition
            if name == "id" and condition.operator == "in":
                own = any(isinstance(id_, int) and id_ % MOST_KINDS == kind.number for id_ in found)
                return condition if own else Domain.FALSE
            if not facts.get(name):
                return condition
            return Domain((facts[name] in found) == (condition.operator == "in"))

        return not domain.map_conditions(decide).is_false()

    @api.model
    @api.readonly
    def web_search_read(
        self, domain, specification, offset=0, limit=None, order=None, count_limit=None
    ):
        """What waits is found out once: Odoo does so for the rows of a page, again for how many
        there are, and again for what rules ask of those. What is most urgent comes first: where
        that is as much as is counted, nothing else is looked for.
        """
        rows = self.browse()
        most = max(count_limit, offset + limit) if count_limit and limit else None
        for part in self._split_by_urgency(domain, order, most):
            if most and len(rows) >= most:
                break
            limit_left = most - len(rows) if most else None
            rows += self.search_fetch(part, limit=limit_left, order=order)
        page = rows[offset : offset + limit if limit else None]
        return {
            "length": len(rows),
            "records": self.browse(page.ids).web_read(specification),
        }

    @api.model
    def _split_by_urgency(self, domain, order, most):
        """:return: domains that find, one after the other, what one finds in the model's order"""
        domain = Domain(domain)
        if order or not most:
            return [domain]
        levels = [Domain("urgency", "=", str(level)) for level in (URGENT, SOON)]
        rest = Domain("urgency", "not in", [str(URGENT), str(SOON)])
        parts = ((domain & level).optimize(self) for level in (*levels, rest))
        return [part for part in parts if not part.is_false()]

    @property
    def _table_query(self):
        """Kinds, one below the other: what the user may not see is left out by the rules, and
        PostgreSQL reads nothing for it.
        """
        asked, kinds = self.env.context.get("coworking_kinds"), self._get_kinds()
        if asked is not None:  # one at least, where nothing is to be found: it is not looked for
            kinds = [kind for kind in kinds if kind.name in asked] or kinds[:1]
        return SQL(
            "WITH %s %s",
            SQL(", ").join(
                SQL("%s AS (%s)", SQL.identifier(name), query)
                for name, query in self._get_shared().items()
            ),
            SQL(" UNION ALL ").join(self._select_kind(kind) for kind in kinds),
        )

    @api.model
    def _get_shared(self):
        """What several kinds ask of, found once: dict name -> SQL, by which they select it."""
        return {}

    def _select_kind(self, kind):
        return SQL(
            """SELECT found.id::bigint * %s + %s AS id, %s AS kind, %s AS urgency,
                      %s AS audience, found.id AS res_id, %s
                 FROM (%s) AS found""",
            MOST_KINDS,
            kind.number,
            SQL("%s::varchar", kind.name),
            SQL("%s::varchar", str(kind.urgency)),
            SQL("%s::varchar", kind.audience) if kind.audience else SQL("found.audience"),
            COLUMNS,
            getattr(self, f"_select_{kind.name}")(),
        )

    @api.model
    def _get_today(self):
        return fields.Date.context_today(self)

    # === COMPUTE METHODS ===#

    @api.depends("kind", "res_id")
    @api.depends_context("lang", "uid")
    def _compute_words(self):
        """Words of what is shown, kind by kind."""
        kinds = {kind.name: kind for kind in self._get_kinds()}
        labels = self._get_labels()
        for name, rows in self.grouped("kind").items():
            records = self.env[kinds[name].model].browse(rows.mapped("res_id"))
            reasons = getattr(self, f"_describe_{name}")(records)
            phones = getattr(self, f"_get_phones_{name}", lambda records: {})(records)
            may_settle = self._may_settle(kinds[name])
            for row in rows:
                reason = reasons.get(row.res_id, "")
                # The name of a file stays as it is.
                row.reason = reason if name == "to_type" else reason[:1].upper() + reason[1:]
                row.phone = phones.get(row.res_id, "")
                row.action_label = labels[name] if may_settle else self.env._("See")

    @api.depends("kind", "space_id", "participant_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            about = row.participant_id.display_name or row.space_id.display_name
            what = kinds.get(row.kind, "")
            row.display_name = (
                self.env._("%(what)s: %(about)s", what=what, about=about) if about else what
            )

    @api.model
    def _get_waiting_domain(self):
        """What waits for somebody, without what is to come by itself."""
        return Domain("urgency", "!=", str(COMING))

    @api.model
    def _may_settle(self, kind):
        return any(self.env.user.has_group(role) for role in kind.settled_by)

    # === ACTION METHODS ===#

    def action_settle(self):
        """Open where it is settled, or what it is about for who may not settle it.

        :return: the action; a notification, where somebody has settled it meanwhile
        """
        self.ensure_one()
        if not self.exists():
            return self._tell_gone()
        kind = next(kind for kind in self._get_kinds() if kind.name == self.kind)
        record = self.env[kind.model].browse(self.res_id)
        way = "settle" if self._may_settle(kind) else "open"
        act = getattr(self, f"_{way}_{kind.name}", None)
        return act(record) if act else record._get_records_action()

    def _tell_gone(self):
        return self._tell(self.env._("Somebody has settled this meanwhile."))

    def _tell(self, message, kind="info"):
        """Say it, and show what waits now."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === WHAT OTHER SCREENS SAY OF IT ===#

    @api.model
    def _count_by_kind(self, domain=Domain.TRUE):
        """What the user sees.

        :return: dict name of a kind -> how many, most urgent first
        """
        groups = self._read_group(domain, ["urgency", "kind"], ["__count"], order="urgency, kind")
        return {kind: count for __, kind, count in groups}

    def _get_sentences(self):
        """These rows in a few words, a sentence a kind: of one row what it is about and why; of
        several how many, and what they sum up to where the reader sees money.
        """
        with_money = self._has_field_access(self._fields["amount"], "read")
        sentences = []
        for name, rows in self.grouped("kind").items():
            if len(rows) == 1:
                words = self.env._("%(what)s. %(why)s", what=rows.display_name, why=rows.reason)
            else:
                kinds = dict(self._fields["kind"]._description_selection(self.env))
                words = self.env._("%(what)s: %(count)s", what=kinds[name], count=len(rows))
            total = sum(rows.mapped("amount")) if with_money else 0
            if total:
                words = self.env._(
                    "%(words)s (%(amount)s)",
                    words=words,
                    amount=rows.currency_id[:1].format(total),
                )
            sentences.append(words)
        return sentences
