from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime
from odoo.tools.misc import formatLang

# By the name of a detail, what it is a number of.
RIGHTS = {"group_id": "res.groups", "company_id": "res.company"}
# Of an export of thousands, how many numbers are told: the button lists what they are of.
MOST_NUMBERS = 10


class CoworkingAudit(models.Model):
    """The trail as people read it. The rows hold numbers: what these are called is looked up when
    the trail is read, for who may read it, and is gone when what they are of is gone.
    """

    _inherit = "coworking.audit"

    record_label = fields.Char(string="Record", compute="_compute_record_label")
    record_count = fields.Integer(compute="_compute_record_count", export_string_translation=False)
    changes_label = fields.Text(string="What Changed", compute="_compute_changes_label")

    @api.depends("date", "action")
    @api.depends_context("lang")
    def _compute_display_name(self):
        actions = dict(self._fields["action"]._description_selection(self.env))
        for line in self:
            line.display_name = f"{format_datetime(self.env, line.date)} {actions[line.action]}"

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_record_label(self):
        names = self._get_names((line.res_model, line.res_id) for line in self)
        for line in self:
            kind = self.env["ir.model"]._get(line.res_model).name or line.res_model
            name = names.get((line.res_model, line.res_id)) or (
                self.env._("No. %s", line.res_id) if line.res_id else ""
            )
            line.record_label = f"{kind} {name}".strip()

    @api.depends("changes", "res_id")
    def _compute_record_count(self):
        for line in self:
            line.record_count = len(line._get_ids())

    @api.depends("changes", "res_model")
    @api.depends_context("uid", "lang")
    def _compute_changes_label(self):
        pairs = [
            (field.comodel_name, value)
            for line in self
            for field, values in line._get_changes()
            if field.type == "many2one"
            for value in values
        ]
        names = self._get_names(pairs)
        # sudo: what groups and organisations are called is no secret, and few may read all of them
        rights = self.sudo()._get_names(
            (RIGHTS[name], value)
            for line in self
            for name, value in line._get_details()
            if name in RIGHTS
        )
        for line in self:
            told = []
            for field, (before, after) in line._get_changes():
                label = self.env[line.res_model].fields_get([field.name], ["string"])
                old, new = (
                    self._to_words(line.res_model, field, value, names) for value in (before, after)
                )
                told.append(
                    self.env._(
                        "%(what)s: %(change)s",
                        what=(label.get(field.name) or {"string": field.name})["string"],
                        change=f"{old} → {new}" if old and before != after else new,
                    )
                )
            line.changes_label = "\n".join([*told, *line._tell_details(rights)])

    def _tell_details(self, rights):
        """What ``_record`` was given, in words.

        :param rights: names of groups and organisations, see ``_get_names``
        :return: list of texts
        """
        self.ensure_one()
        words = {
            "archived": self.env._("Archived"),
            "count": self.env._("How many"),
            "documents": self.env._("Documents"),
            "fields": self.env._("Fields"),
            "format": self.env._("Format"),
            "ids": self.env._("Records"),
            "kind": self.env._("Kind"),
            "missing": self.env._("Missing"),
            "rows": self.env._("Rows"),
            "rule": self.env._("Rule"),
            "scope": self.env._("Content"),
            "sha256": "SHA-256",
        }
        model = self.env.get(self.res_model)
        told = []
        for name, value in self._get_details():
            if name in RIGHTS:
                told.append(rights.get((RIGHTS[name], value)) or self.env._("No. %s", value))
                continue
            values = value if isinstance(value, list) else [value]
            label = words.get(name, name)
            if model is not None:
                label = words.get(name) or self._get_field_labels([name])[0]
                field = model._fields.get(name)
                if name == "fields":
                    values = self._get_field_labels(values)
                elif field is not None and field.type == "selection":
                    values = [self._to_words(model._name, field, one, {}) for one in values]
            change = ", ".join(map(str, values))
            if name == "ids" and len(values) > MOST_NUMBERS:
                change = self.env._(
                    "%(numbers)s and %(count)s more",
                    numbers=", ".join(map(str, values[:MOST_NUMBERS])),
                    count=len(values) - MOST_NUMBERS,
                )
            told.append(self.env._("%(what)s: %(change)s", what=label, change=change))
        return told

    def _get_field_labels(self, names):
        """What the reader's screens call these fields of the record; the last part of a path that
        leads elsewhere, and a field that is gone, stay as they are.
        """
        known = self.env[self.res_model].fields_get(attributes=["string"])
        labels = []
        for name in names:
            first, *rest = str(name).replace(".", "/").split("/")
            labels.append("/".join([known[first]["string"] if first in known else first, *rest]))
        return labels

    def _get_changes(self):
        """(field, [before, after]) of each column that PostgreSQL wrote down."""
        self.ensure_one()
        known = self.env[self.res_model]._fields if self.res_model in self.env else {}
        return [
            (known[name], value)
            for name, value in (self.changes or {}).items()
            if name in known and isinstance(value, list) and len(value) == 2
        ]

    def _get_ids(self):
        """Numbers of the records that the line is about."""
        self.ensure_one()
        return [self.res_id] if self.res_id else dict(self._get_details()).get("ids") or []

    def _get_details(self):
        """(name, value) of what ``_record`` was given, or of columns that there were once."""
        self.ensure_one()
        columns = {field.name for field, _values in self._get_changes()}
        return [item for item in (self.changes or {}).items() if item[0] not in columns]

    @api.model
    def _get_names(self, pairs):
        """Names of records that are still there and that the reader may read.

        :param pairs: (model, id)
        """
        by_model = defaultdict(set)
        for model, res_id in pairs:
            if res_id and model in self.env:
                by_model[model].add(res_id)
        return {
            (model, record.id): record.display_name
            for model, ids in by_model.items()
            for record in self.env[model].browse(ids).exists()._filtered_access("read")
        }

    @api.model
    def _to_words(self, model, field, value, names):
        if value is None:
            return ""
        if field.type == "many2one":
            return names.get((field.comodel_name, value)) or self.env._("No. %s", value)
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if field.type == "date":
            return format_date(self.env, value)
        if field.type in ("float", "monetary"):
            return formatLang(self.env, value)
        if field.type == "selection":
            labels = dict(self.env[model]._fields[field.name]._description_selection(self.env))
            return labels.get(value, value)
        return str(value)

    def action_open_record(self):
        self.ensure_one()
        known = self.res_model in self.env  # an addon may be gone
        records = known and self.env[self.res_model].browse(self._get_ids()).exists()
        if not records:
            raise UserError(
                self.env._(
                    "%(record)s is not there any more: the audit trail is what is left of it.",
                    record=self.record_label,
                )
            )
        action = {"type": "ir.actions.act_window", "res_model": self.res_model}
        if self.res_id:
            return {**action, "res_id": self.res_id, "views": [(False, "form")]}
        return {
            **action,
            "name": self.record_label,
            "domain": [("id", "in", records.ids)],
            "views": [(False, "list"), (False, "form")],
        }

    @api.model
    def _tell(self, report):
        """What a verification of the chain found, in lines.

        :param report: a ``ChainReport``
        """
        where = {"position": report.broken_position, "row": report.broken_id}
        first = {
            None: self.env._("The chain is whole: %s rows.", report.sealed),
            "changed": self.env._(
                "BROKEN at place %(position)s: row %(row)s is not what was sealed.", **where
            ),
            "missing": self.env._(
                "BROKEN before place %(position)s (row %(row)s): rows are missing.", **where
            ),
            "unknown": self.env._(
                "BROKEN: place %(position)s is not what was noted elsewhere. The end of the chain"
                " was cut off, or written anew.",
                **where,
            ),
        }[report.broken]
        lines = [first]
        if report.unsealed:
            lines.append(
                self.env._(
                    "%(count)s rows wait to be sealed, since %(date)s (UTC). It is done every ten"
                    " minutes, by a scheduled action.",
                    count=report.unsealed,
                    date=report.waits_since.strftime("%Y-%m-%d %H:%M"),
                )
            )
        if report.position:
            lines.append(
                self.env._(
                    "Last row, to be noted elsewhere: %(position)s:%(hash)s",
                    position=report.position,
                    hash=report.hash,
                )
            )
        return lines
