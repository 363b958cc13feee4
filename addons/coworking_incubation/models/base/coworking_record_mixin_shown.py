from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime, formatLang

# What is short enough to stand in a sentence.
SHORT = {"boolean", "char", "date", "datetime", "float", "integer", "many2one", "selection"}
# The browser says of these what it showed: see static/src/shown/shown.js.
COMPARED = SHORT | {"html", "monetary", "text"}


class ChangedMeanwhile(UserError):
    """Somebody changed what a page still shows as it was.

    :param now: dict of values as a page reads them, so that the page knows what it would replace
        when it is saved once more; none where the page is to be read anew
    """

    def __init__(self, message, now=None):
        super().__init__(message)
        # the web client knows errors by their name
        self.context = {
            "exception_class": "odoo.exceptions.UserError",
            "coworking_changed": now or True,
        }


class CoworkingRecordMixin(models.AbstractModel):
    """Of two people who change the same thing at once, the second is told.

    Odoo keeps what was written last: an old page would put back what a colleague did since, without
    a word. The browser says along which value each field had that somebody changed on the page; one
    that has another by now is not written over before they know.
    """

    _inherit = "coworking.record.mixin"

    def web_save(self, vals, specification, next_id=None):
        vals = self._check_as_shown(vals)
        return super().web_save(vals, specification, next_id=next_id)

    def _check_as_shown(self, vals):
        """
        :return: the values, without those that the page has as it showed them and a colleague
            changed: nobody typed these. All others stay: Odoo computes none of what is written.
        :raise ChangedMeanwhile: somebody else changed what is to be changed
        """
        shown = self.env.context.get("coworking_shown")
        # a dialog is of one person; several rows of a list are given one value on purpose
        if len(self) != 1 or self._transient or not isinstance(shown, dict):
            return vals
        changed, rows, now, vals = self._compare_with_shown(vals, shown)
        if changed or rows:
            raise ChangedMeanwhile(self._describe_changed(changed, rows), now)
        return vals

    def _compare_with_shown(self, vals, shown):
        """
        :param shown: dict field -> what the page showed; of a list of rows, dict id -> such a dict
        :return: names of what others changed, what to say of such rows, dict of what both are now,
            and the values without those that nobody typed
        """
        names = [
            name
            for name, field in self._fields.items()
            if name in vals
            and name in shown
            and field.type in COMPARED
            and (field.store or field.related)
        ]
        current = self._read_as_shown(names)
        others = [name for name in names if current.get(name, shown[name]) != shown[name]]
        changed = [name for name in others if vals[name] not in (shown[name], current[name])]
        wanted = {name: self._prepare_specification(name) for name in changed}
        told, now = [], self.web_read(wanted)[0] if changed else {}
        kept = {
            name: value
            for name, value in vals.items()
            if name not in others or value != shown[name]
        }
        for name in kept.keys() & shown.keys() & self._fields.keys():
            seen = self._fields[name].type == "one2many" and shown[name]
            if isinstance(seen, dict) and isinstance(kept[name], list):
                words, rows, kept[name] = self._compare_rows(name, kept[name], seen)
                told += words
                now |= {name: rows} if rows else {}
        return changed, told, now, kept

    def _compare_rows(self, name, commands, shown):
        """As ``_compare_with_shown``, of the rows of a list that are changed."""
        Row = self.env[self._fields[name].comodel_name]
        told, now, kept = [], {}, []
        for command in commands:
            seen = command[0] == Command.UPDATE and shown.get(str(command[1]))
            row = Row.browse(command[1]).exists() if isinstance(seen, dict) else Row
            if row and isinstance(row, self.pool["coworking.record.mixin"]):
                changed, words, current, values = row._compare_with_shown(command[2], seen)
                told += [row._describe_changes(changed), *words] if changed else words
                now |= {row.id: current} if current else {}
                command = Command.update(row.id, values)
            kept.append(command)
        return told, now, kept

    def _prepare_specification(self, name):
        return {"fields": {"display_name": {}}} if self._fields[name].type == "many2one" else {}

    def _read_as_shown(self, names):
        """These values as the browser sends them; none of what was deleted."""
        rows = self.read(names, load=None) if self and names else ()
        for row in rows:
            for name in names:
                kind = self._fields[name].type
                if row[name] and kind == "date":
                    row[name] = fields.Date.to_string(row[name])
                elif row[name] and kind == "datetime":
                    row[name] = fields.Datetime.to_string(row[name])
                elif not row[name] and kind in ("char", "html", "text"):
                    row[name] = False
            return row
        return {}

    def _describe_changed(self, names, rows=()):
        changes = [self._describe_changes(names)] if names else []
        return self.env._(
            "%(changes)s\n\nWhat you typed is still there. Save once more to keep it, or discard it"
            " to keep what is there now.",
            changes="\n\n".join([*changes, *rows]),
        )

    def _check_still_shown(self, shown):
        """What a dialog is about is as it was when the dialog was opened.

        :param shown: see ``_read_as_shown``; nothing, where no dialog was
        :raise ChangedMeanwhile: somebody changed it
        """
        now = self._read_as_shown(list(shown or ()))
        changed = [name for name in now if name in shown and now[name] != shown[name]]
        if changed:
            raise ChangedMeanwhile(
                self.env._(
                    "%(changes)s\n\nNothing was done. The page now shows what is there.",
                    changes=self._describe_changes(changed),
                )
            )

    def _describe_changes(self, names):
        labels = self.fields_get(names, ["string", "selection"])
        return self.env._(
            "%(record)s was changed since you opened this page:\n%(changes)s\nLast saved by"
            " %(who)s, %(when)s.",
            record=self.display_name,
            changes="\n".join(self._describe_now(name, labels[name]) for name in names),
            # sudo: what a colleague is called
            who=self.sudo().write_uid.name,
            when=format_datetime(self.env, self.write_date, dt_format="short"),
        )

    def _describe_now(self, name, label):
        """A field and what it says now, as far as that is short and everybody may read it: Odoo
        writes what is refused to its log.
        """
        field, value = self._fields[name], self[name]
        if field.type not in SHORT or field.groups:
            return f"• {label['string']}"
        if field.type == "many2one":
            # sudo: a page names what a record leads to, whoever may open it
            words = value.sudo().display_name
        elif field.type == "selection":
            words = dict(label["selection"]).get(value)
        elif field.type == "boolean":
            words = self.env._("yes") if value else self.env._("no")
        elif field.type == "date":
            words = format_date(self.env, value)
        elif field.type == "datetime":
            words = format_datetime(self.env, value, dt_format="short")
        elif field.type in ("float", "integer"):
            words = formatLang(self.env, value, digits=2 if value % 1 else 0)
        else:
            words = value
        return self.env._(
            "• %(field)s: now %(value)s",
            field=label["string"],
            value=words or self.env._("empty"),
        )
