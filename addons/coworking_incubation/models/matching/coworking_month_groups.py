from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .coworking_month_line import OF_THE_BILL

# Asked of groups of lines: how many there are, those that are not shown included.
GROUPS = "id:groups"


class CoworkingMonthLine(models.Model):
    """Lines of the month in groups, of which a page is shown, and the first are open."""

    _inherit = "coworking.month.line"

    @api.model
    @api.readonly
    def web_read_group(self, domain, groupby, *args, unfold_read_specification=None, **kwargs):
        """What is read of open groups is known where they are opened: see ``_open_groups``."""
        asked = self.with_context(coworking_unfold=unfold_read_specification)
        return super(CoworkingMonthLine, asked).web_read_group(
            domain, groupby, *args, unfold_read_specification=unfold_read_specification, **kwargs
        )

    def _formatted_read_group_with_length(
        self, domain, groupby, aggregates, offset=0, limit=None, order=None
    ):
        """Odoo goes through all lines once more to count the groups that it does not show. Where a
        month is shown as a whole they are counted first, and what was invoiced is looked up of the
        lines of those that are shown.
        """
        if not limit or groupby != [order] or not self._is_told_without_bills(domain, order):
            groups = self.formatted_read_group(
                domain, groupby, [*aggregates, GROUPS], offset=offset, limit=limit, order=order
            )
            counts = [group.pop(GROUPS) for group in groups]
            # Of those that Odoo adds, such as months without a line, PostgreSQL counts none.
            return groups, max(offset + len(groups), *counts) if groups else 0
        page = self._read_group(domain, groupby, [GROUPS], offset=offset, limit=limit, order=order)
        owners = self.env[self._fields[order].comodel_name].union(*(owner for owner, __ in page))
        # sudo: Odoo names groups so
        owners.sudo().fetch(["display_name"])
        shown = Domain(order, "in", [owner.id for owner, __ in page])
        groups = self.formatted_read_group(shown & Domain(domain), groupby, aggregates, order=order)
        return groups, page[0][1] if page else 0

    @api.model
    def _is_told_without_bills(self, domain, name):
        """Whether PostgreSQL knows the groups of a domain without what was matched of each line."""
        field = self._fields.get(name)
        is_plain = field and field.type == "many2one" and name not in OF_THE_BILL
        return is_plain and self._is_told_by_statements(domain)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == GROUPS:
            return SQL("COUNT(*) OVER ()")
        return super()._read_group_select(aggregate_spec, query)

    def _open_groups(self, *, records_opening_info, domain, groupby, dict_order, **kwargs):
        """Odoo looks the lines of each open group up by themselves, and then reads all of them:
        those of groups that are shown whole are looked up and read by one query.
        """
        super()._open_groups(
            records_opening_info=records_opening_info,
            domain=domain,
            groupby=groupby,
            dict_order=dict_order,
            **kwargs,
        )
        specification, name = self.env.context.get("coworking_unfold"), groupby[-1]
        if len(groupby) > 1 or name not in self._fields or not specification:
            return
        whole, others = [], []
        for row in records_opening_info:
            fits = not row["offset"] and row["group"]["__count"] <= (row["limit"] or 0)
            (whole if fits else others).append(row)
        lines = self.search_fetch(
            domain & Domain.OR(row["domain"] for row in whole),
            # the company as well, of which rules ask
            [*specification, name, "company_id"],
            order=self._get_order_within(groupby, dict_order),
        )
        found = defaultdict(list)
        for line, values in zip(lines, lines._read_with_names(specification), strict=True):
            found[line[name]].append(values)
        for row in whole:
            value = row["group"][name]
            if self._fields[name].relational:
                value = self[name].browse(value[0] if value else ())
            row["group"]["__records"] = found[value]
        records_opening_info[:] = others

    def _read_with_names(self, specification):
        """Of what lines lead to, the names alone are read where nothing else is asked."""
        for name, asked in specification.items():
            if "display_name" in asked.get("fields", ()):
                # sudo: Odoo names what somebody may not read
                self[name].sudo().fetch(["display_name"])
        return self.web_read(specification)

    @api.model
    def _get_order_within(self, groupby, dict_order):
        """As Odoo orders the lines of a group."""
        asked = [
            f"{name} {direction}"
            for name, direction in dict_order.items()
            if name not in groupby and name != "__count"
        ]
        usual = [
            term
            for term in self._order.split(", ")
            if term.split()[0] not in {*dict_order, *groupby}
        ]
        return ", ".join(asked + usual)
