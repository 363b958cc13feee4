from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...indicators import Cell
from .figure_counter import PURGED
from .figure_row import HIDDEN
from .sensitive import sensitive_names

# Columns of PostgreSQL that Odoo does not know: ids of files, as many as a hundred thousand. Those
# below 0 are people whose data ended: nothing says who they were.
MEMBERS = ("members", "members_among", "members_answered")
MOST_TOKENS = 200
# Of two reports, ``old`` and ``now``.
SAME_CELL = SQL(
    """old.indicator_id = now.indicator_id
       AND old.breakdown_id IS NOT DISTINCT FROM now.breakdown_id
       AND old.line_key = now.line_key AND old.split_key IS NOT DISTINCT FROM now.split_key"""
)
# A report that is final stays as it is, whoever writes; but where people's data end, the places in
# its lists lead to nobody.
FROZEN = """
CREATE OR REPLACE FUNCTION coworking_funding_activity_frozen() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'final' AND (TG_OP = 'DELETE' OR
        (NEW.state, NEW.date_from, NEW.date_to, NEW.company_id, NEW.agreement_id, NEW.threshold,
            NEW.date_counted, NEW.date_final, NEW.previous_id) IS DISTINCT FROM
        (OLD.state, OLD.date_from, OLD.date_to, OLD.company_id, OLD.agreement_id, OLD.threshold,
            OLD.date_counted, OLD.date_final, OLD.previous_id)) THEN
        RAISE EXCEPTION 'report % is final', OLD.id
            USING ERRCODE = '23514', TABLE = 'coworking_report',
                  CONSTRAINT = 'coworking_report_final_frozen';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE OR REPLACE FUNCTION coworking_funding_activity_figure_frozen() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    lists constant text[] := '{members,members_among,members_answered,write_uid,write_date}';
BEGIN
    IF EXISTS (SELECT FROM coworking_report
                WHERE id IN (OLD.report_id, NEW.report_id) AND state = 'final')
        AND (TG_OP != 'UPDATE' OR to_jsonb(NEW) - lists IS DISTINCT FROM to_jsonb(OLD) - lists
            OR cardinality(NEW.members) != cardinality(OLD.members)
            OR cardinality(NEW.members_among) != cardinality(OLD.members_among)
            OR cardinality(NEW.members_answered) != cardinality(OLD.members_answered)) THEN
        RAISE EXCEPTION 'the report of figure % is final', COALESCE(OLD.id, NEW.id)
            USING ERRCODE = '23514', TABLE = 'coworking_report_figure',
                  CONSTRAINT = 'coworking_report_figure_final_frozen';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
DROP TRIGGER IF EXISTS coworking_report_frozen_trg ON coworking_report;
CREATE TRIGGER coworking_report_frozen_trg BEFORE UPDATE OR DELETE ON coworking_report
    FOR EACH ROW EXECUTE FUNCTION coworking_funding_activity_frozen();
DROP TRIGGER IF EXISTS coworking_report_figure_frozen_trg ON coworking_report_figure;
CREATE TRIGGER coworking_report_figure_frozen_trg
    BEFORE INSERT OR UPDATE OR DELETE ON coworking_report_figure
    FOR EACH ROW EXECUTE FUNCTION coworking_funding_activity_figure_frozen();
"""


class CoworkingReportFigure(models.Model):
    """A figure of a report, and the list behind it.

    The numbers themselves are for code: who may read the list sees them, others those that tell of
    nobody.
    """

    _name = "coworking.report.figure"
    _description = "Figure of a Report"
    _inherit = ["coworking.record.mixin"]
    _order = "report_id, indicator_place, indicator_id, sequence, id"
    _rec_name = "line_label"

    report_id = fields.Many2one(
        "coworking.report", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="report_id.company_id")
    indicator_id = fields.Many2one(
        "coworking.indicator", required=True, ondelete="restrict", index=True, readonly=True
    )
    indicator_place = fields.Integer(readonly=True)
    indicator_name = fields.Char(string="Counted", readonly=True)
    indicator_code = fields.Char(readonly=True)
    definition = fields.Text(readonly=True, help="Of the indicator, on the day it was counted.")
    breakdown_id = fields.Many2one(
        "coworking.breakdown", ondelete="restrict", index="btree_not_null", readonly=True
    )
    breakdown_name = fields.Char(string="Broken Down By", readonly=True)
    sequence = fields.Integer(readonly=True)
    line_key = fields.Char(readonly=True)
    line_code = fields.Char(string="Code", readonly=True)
    line_label = fields.Char(string="Line", readonly=True)
    split_key = fields.Char(readonly=True)
    split_label = fields.Char(string="Column", readonly=True)
    has_rate = fields.Boolean(readonly=True)
    among_label = fields.Char(string="Situation", readonly=True)
    rate_of = fields.Selection([("all", "All"), ("answered", "Who answered")], readonly=True)
    is_sensitive = fields.Boolean(readonly=True)
    is_erased = fields.Boolean(
        readonly=True, help="Asks about what the end of people's data takes away."
    )
    count = fields.Integer(string="Counted People", readonly=True, groups=fields.NO_ACCESS)
    among = fields.Integer(readonly=True, groups=fields.NO_ACCESS)
    answered = fields.Integer(readonly=True, groups=fields.NO_ACCESS)
    is_masked = fields.Boolean(string="Small", readonly=True)
    among_masked = fields.Boolean(readonly=True)
    answered_masked = fields.Boolean(readonly=True)
    number = fields.Char(string="How Many", compute="_compute_shown")
    among_number = fields.Char(string="In the Situation", compute="_compute_shown")
    rate = fields.Char(string="Rate (%)", compute="_compute_shown")
    response = fields.Char(string="Answered (%)", compute="_compute_shown")
    may_read_list = fields.Boolean(compute="_compute_shown")
    tokens = fields.Text(
        string="People",
        compute="_compute_tokens",
        help="Those behind the figure, each by a token: always the same, also once the file is"
        " anonymised.",
    )
    before = fields.Char(compute="_compute_change")
    change = fields.Char(compute="_compute_change")
    came = fields.Text(compute="_compute_change", help="Tokens of those who are counted now.")
    gone = fields.Text(compute="_compute_change", help="Tokens of those who no longer are.")
    is_changed = fields.Boolean(search="_search_is_changed", store=False)

    # Never violated by itself: it carries the message of the trigger made in init().
    _final_frozen = models.Constraint("CHECK (true)", "Figures of a final report stay as they are.")

    def init(self):
        for name in MEMBERS:
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE coworking_report_figure"
                    " ADD COLUMN IF NOT EXISTS %s integer[] NOT NULL DEFAULT '{}'",
                    SQL.identifier(name),
                )
            )
        self.env.cr.execute(FROZEN)

    # === WHAT IS SHOWN ===#

    @api.depends_context("uid", "lang")
    def _compute_shown(self):
        indicators = self.env["coworking.indicator"]
        readers = indicators._get_readers()
        # sudo: the numbers, of which only what the user may see goes on
        for figure in self.sudo():
            shown = figure.with_env(self.env)
            is_reader = readers[figure.is_sensitive]
            shown.may_read_list = is_reader
            row = indicators._make_row(figure, is_reader)
            for name, value, digits in (
                ("number", row.count, 0),
                ("among_number", row.among, 0),
                ("rate", row.rate, 1),
                ("response", row.response, 1),
            ):
                shown[name] = indicators._format_number(value, digits)

    def _compute_tokens(self):
        for figure in self:
            figure.tokens = figure.may_read_list and self._format_tokens(figure._get_members())

    def _get_members(self):
        """Ids of the files behind the figure, as many as are shown.

        :return: (list of ids, how many there are in all)
        """
        self.ensure_one()
        rows = self.env.execute_query(
            SQL(
                "SELECT members[:%s], cardinality(members) FROM coworking_report_figure"
                " WHERE id = %s",
                MOST_TOKENS,
                self.id,
            )
        )
        return rows[0] if rows else ([], 0)

    @api.model
    def _format_tokens(self, found):
        """:param found: (list of ids, how many there are in all)"""
        ids, count = found
        known = [file_id for file_id in ids if file_id > 0]
        words = [*self.env["coworking.participant"]._get_tokens(known).values()]
        purged = len(ids) - len(known)
        if purged:
            words.append(self.env._("%s anonymised", purged))
        if count > len(ids):
            words.append(self.env._("and %s more", count - len(ids)))
        return " ".join(words[:1]) if len(words) < 2 else ", ".join(words)

    def action_open_people(self):
        """The files behind the figure, for who may read them."""
        self.ensure_one()
        if not self.may_read_list:
            raise AccessError(
                self.env._("Only who may read what a figure tells of sees whom it counts.")
            )
        rows = self.env.execute_query(
            SQL("SELECT members FROM coworking_report_figure WHERE id = %s", self.id)
        )
        ids = [file_id for file_id in rows[0][0] if file_id > 0]
        if not ids:
            raise UserError(self.env._("There is no file behind this figure any more."))
        told = self._get_sensitive_asked()
        if told:
            self.env["coworking.participant"].browse(ids)._trace_look(told)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_participant_action"
        )
        return {
            **action,
            "name": f"{self.indicator_name}: {self.line_label}",
            "domain": [("id", "in", ids)],
            "context": {"active_test": False},
        }

    def _get_sensitive_asked(self):
        """Names of the fields of the personal situation of which the figure tells."""
        asked = [
            self.indicator_id,
            self.breakdown_id,
            self.split_key and self.indicator_id.split_id,
        ]
        names = {name for record in asked if record for name in record._get_names()}
        return names & sensitive_names(self.env)

    # === WHAT CHANGED ===#

    def _join_previous(self):
        return SQL(
            """FROM coworking_report_figure now
               JOIN coworking_report report ON report.id = now.report_id
               JOIN coworking_report_figure old
                 ON old.report_id = report.previous_id AND %s""",
            SAME_CELL,
        )

    @api.model
    def _search_is_changed(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        wanted = (True in value) == (operator == "in")
        self.env.flush_all()
        changed = SQL(
            """(SELECT now.id %s WHERE now.members IS DISTINCT FROM old.members
                    OR now.members_among IS DISTINCT FROM old.members_among
                UNION SELECT now.id FROM coworking_report_figure now
                       JOIN coworking_report report ON report.id = now.report_id
                      WHERE report.previous_id IS NOT NULL AND now.count > 0
                        AND now.id NOT IN (SELECT now.id %s))""",
            self._join_previous(),
            self._join_previous(),
        )
        return Domain("id", "in" if wanted else "not in", changed) & self._get_told()

    @api.model
    def _get_told(self):
        """Domain of the figures that the user sees: that another one changed would tell of it."""
        readers = self.env["coworking.indicator"]._get_readers()
        told = Domain("is_masked", "=", False) & Domain("among_masked", "=", False)
        return Domain.OR(
            [told, *(Domain("is_sensitive", "=", key) for key, reads in readers.items() if reads)]
        )

    @api.depends_context("uid", "lang")
    def _compute_change(self):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT now.id, old.count, old.is_masked OR now.is_masked,
                          now.count - old.count,
                          ARRAY(SELECT unnest(now.members) EXCEPT SELECT unnest(old.members)),
                          ARRAY(SELECT unnest(old.members) EXCEPT SELECT unnest(now.members))
                    %s WHERE now.id = ANY(%s)""",
                self._join_previous(),
                list(self._origin.ids),
            )
        )
        found = {row[0]: row[1:] for row in rows}
        for figure in self:
            before, small, change, came, gone = found.get(
                figure._origin.id, (None, False, None, [], [])
            )
            hidden = small and not figure.may_read_list
            figure.before = HIDDEN if hidden else "" if before is None else str(before)
            figure.change = HIDDEN if hidden else f"{change:+d}" if change else ""
            lists = figure.may_read_list and (came, gone)
            figure.came, figure.gone = (
                self._format_tokens((sorted(ids)[:MOST_TOKENS], len(ids))) if lists else False
                for ids in (came, gone)
            )

    # === COUNTING ===#

    @api.model
    def _insert_counted(self, report, indicator, counter):
        """All cells that have somebody: PostgreSQL counts and writes them."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO coworking_report_figure
                    (report_id, indicator_id, breakdown_id, line_key, split_key, is_erased, count,
                     among, answered, members, members_among, members_answered, create_uid,
                     write_uid, create_date, write_date)
                SELECT %(report)s, %(indicator)s, NULLIF(axis, 0), line, split,
                       %(is_erased)s OR axis = ANY(%(erased)s)
                           OR (split IS NOT NULL AND %(split_erased)s),
                       cardinality(members), cardinality(members_among),
                       cardinality(members_answered), members, members_among, members_answered,
                       %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM (%(cells)s) cells""",
                report=report.id,
                indicator=indicator.id,
                is_erased=indicator._is_erased(),
                erased=[axis.id for axis in indicator._get_axes() if axis._is_erased()],
                split_erased=bool(indicator.split_id) and indicator.split_id._is_erased(),
                uid=self.env.uid,
                cells=counter.select(),
            )
        )

    @api.model
    def _take_over_purged(self, report):
        """What the end of data took from files since the earlier report of the same period stays
        as that one counted it: its people below 0 are people below 0 here, and those whom their
        files put down as anonymised since are not counted twice.
        """
        if report.previous_id:
            self.env.flush_all()
            self._drop_known_purged(report, report.previous_id)
            self._add_cells_of_purged(report, report.previous_id)
            self._add_purged(report, report.previous_id)
            self.env.invalidate_all(flush=False)

    def _drop_known_purged(self, report, previous):
        """Of the lines of people anonymised since, those whom the earlier report has elsewhere."""
        self.env.cr.execute(
            SQL(
                """UPDATE coworking_report_figure now SET %(arrays)s
                     FROM coworking_report_figure total
                    WHERE now.report_id = %(now)s AND now.is_erased
                      AND %(purged)s IN (now.line_key, COALESCE(now.split_key, ''))
                      AND total.report_id = %(old)s AND total.indicator_id = now.indicator_id
                      AND total.line_key = %(total)s AND total.split_key IS NULL""",
                now=report.id,
                old=previous.id,
                purged=PURGED,
                total=Cell().line,
                arrays=SQL(", ").join(
                    SQL(
                        "%(name)s = ARRAY(SELECT unnest(now.%(name)s)"
                        " EXCEPT SELECT unnest(total.members) ORDER BY 1)",
                        name=SQL.identifier(name),
                    )
                    for name in MEMBERS
                ),
            )
        )
        self.env.cr.execute(
            "DELETE FROM coworking_report_figure WHERE report_id = %s AND members = '{}'"
            " AND %s IN (line_key, COALESCE(split_key, ''))",
            [report.id, PURGED],
        )

    def _add_cells_of_purged(self, report, previous):
        """Cells that have nobody any more but those."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO coworking_report_figure
                    (report_id, indicator_id, breakdown_id, line_key, split_key, is_erased)
                SELECT %(now)s, old.indicator_id, old.breakdown_id, old.line_key, old.split_key,
                       TRUE
                  FROM coworking_report_figure old
                 WHERE old.report_id = %(old)s AND 0 > ANY(old.members)
                   AND old.indicator_id = ANY(%(indicators)s)
                   AND NOT EXISTS (SELECT FROM coworking_report_figure now
                        WHERE now.report_id = %(now)s AND %(same)s)""",
                now=report.id,
                old=previous.id,
                indicators=report.indicator_ids.ids,
                same=SAME_CELL,
            )
        )

    def _add_purged(self, report, previous):
        self.env.cr.execute(
            SQL(
                """UPDATE coworking_report_figure now
                      SET %(arrays)s
                     FROM coworking_report_figure old
                    WHERE now.report_id = %(now)s AND old.report_id = %(old)s AND %(same)s
                      AND 0 > ANY(old.members)""",
                now=report.id,
                old=previous.id,
                same=SAME_CELL,
                arrays=SQL(", ").join(
                    SQL(
                        "%(name)s = ARRAY(SELECT id FROM unnest(old.%(name)s) id WHERE id < 0"
                        " ORDER BY id) || now.%(name)s",
                        name=SQL.identifier(name),
                    )
                    for name in MEMBERS
                ),
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE coworking_report_figure SET count = cardinality(members),
                          among = cardinality(members_among),
                          answered = cardinality(members_answered) WHERE report_id = %s""",
                report.id,
            )
        )

    # === THE END OF DATA ===#

    @api.model
    def _cut_links(self, files):
        """Of these people, who are anonymous now, figures about what was taken from their files
        keep how many they were: their places in the lists lead to nobody.
        """
        if not files:
            return
        self.env.flush_all()
        for name in MEMBERS:
            column = SQL.identifier(name)
            self.env.cr.execute(
                SQL(
                    """UPDATE coworking_report_figure SET %(column)s =
                        ARRAY(SELECT -place FROM generate_series(
                                  cardinality(%(column)s) - (SELECT COUNT(*) FROM unnest(%(column)s)
                                      id WHERE id > 0 AND id <> ALL(%(ids)s)), 1, -1) place)
                        || ARRAY(SELECT id FROM unnest(%(column)s) id
                                  WHERE id > 0 AND id <> ALL(%(ids)s) ORDER BY id)
                      WHERE is_erased AND %(column)s && %(ids)s""",
                    column=column,
                    ids=list(files.ids),
                )
            )
