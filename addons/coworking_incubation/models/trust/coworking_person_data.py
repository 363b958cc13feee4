import json
import re
import tempfile
import zipfile
from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, html2plaintext
from odoo.tools.mail import is_html_empty
from odoo.tools.misc import formatLang

from ...tools import PREFIX

BATCH = 200
# What is printed of one kind of record; all of it is in the JSON.
MOST_PRINTED = 200
GIVEN_BY_ODOO = {
    "res.partner": None,  # every field, as for our own models
    "res.users": ("login", "login_date", "active"),
    "res.partner.bank": ("acc_number", "acc_holder_name", "bank_id"),
    "calendar.event": ("name", "start", "stop", "location", "coworking_kind"),
    "account.move": (
        *("name", "move_type", "state", "invoice_date", "invoice_date_due"),
        *("amount_untaxed", "amount_total", "amount_residual", "payment_state", "ref"),
    ),
    "account.payment": ("name", "date", "amount", "state", "memo"),
    "mail.message": ("date", "message_type", "author_id", "email_from", "subject", "body"),
    "mail.activity": ("date_deadline", "activity_type_id", "summary", "note", "user_id"),
}
# Models that point at a person, and why nothing of them is in the file.
LEFT_OUT = {
    "account.analytic.account": "accounts of programs",
    "account.analytic.distribution.model": "accounting rules",
    "account.analytic.line": "the lines of entries already given by their invoice",
    "account.bank.statement.line": "the bank's words on payments already given",
    "account.move.line": "the lines of entries already given by their invoice",
    "account.reconcile.model": "accounting rules",
    "account.reconcile.model.line": "accounting rules",
    "calendar.attendee": "the guest list of events already given; the other guests are others'",
    "calendar.filters": "display settings of a calendar",
    "coworking.audit": "who of the staff did what, by numbers; it is kept for auditors",
    "coworking.match": "lines of a space's bill, where other people are named; the charge is given",
    "discuss.channel.member": "display settings of a discussion",
    "discuss.channel.rtc.session": "a call under way",
    "ir.actions.server": "settings",
    "mail.followers": "who is told of a discussion already given",
    "mail.message.reaction": "a sign on a message already given",
    "mail.mail": "the queue of messages already given, where links that open pages still are",
    "mail.notification": "the delivery of messages already given",
    "mail.push.device": "keys of a browser: a secret",
    "mail.scheduled.message": "drafts of staff, not sent",
    "payment.token": "a secret of a payment provider",
    "payment.transaction": "the way of payments already given",
    "product.supplierinfo": "prices of suppliers",
    "res.company": "organisations",
    "res.partner.category": "already given with the contact",
    "res.users.settings.volumes": "display settings of a call",
    "sms.sms": "the queue of texts; nothing here sends any",
    "snailmail.letter": "the queue of letters; nothing here sends any",
}
# What several people share: of it only when and where it was, no discussion and no signed list.
SHARED = {"calendar.event"}
PEOPLE = ("res.partner", "res.users")
# Fields whose value is a secret, the data of others, or made from what is given.
HIDDEN = re.compile(r"(^|_)(token|hash|password|signup|key)(_|$)|^(id|write_uid|create_uid)$")
TOKEN = re.compile(r"(/l/|/p/|token=|/sign/\d+/)[\w-]{16,}")
SECRET = "…"  # nosec B105 # what stands for one


class CoworkingPersonData(models.AbstractModel):
    """Everything held on one person, for them (GDPR, articles 15 and 20): read model by model from
    the fields these declare, with the rights of who makes the file. What they may not read is left
    out and named.
    """

    _name = "coworking.person.data"
    _description = "Everything Held on a Person"

    # === WHAT IS ABOUT WHOM === #

    @api.model
    def _get_files(self, partner):
        """Of all programs of the companies that the user works for, archived ones too."""
        files = self.env["coworking.participant"].with_context(active_test=False)
        return files.search([("partner_id", "=", partner.id)], order="id")

    @api.model
    def _get_own_models(self):
        """Names of our models that hold data about people, the file first."""
        names = sorted(
            name
            for name, model in self.env.registry.items()
            if name.startswith(PREFIX)
            and getattr(model, "_processing", None)
            and not model._abstract
            and not model._transient
            and name not in LEFT_OUT
        )
        return sorted(names, key=lambda name: name != "coworking.participant")

    @api.model
    def _get_domains(self, partner, files):
        """dict model -> which of its records are about the person alone, our models first."""
        own = {
            name: self.env[name]._get_person_domain(partner, files)
            for name in self._get_own_models()
        }
        invoices = Domain("partner_id", "=", partner.id)
        return {
            "res.partner": Domain("id", "=", partner.id),
            **own,
            "res.users": invoices,
            "res.partner.bank": invoices,
            "calendar.event": Domain("partner_ids", "in", partner.ids)
            | Domain("coworking_attendance_ids.participant_id", "in", files.ids),
            "account.move": invoices
            & Domain("move_type", "in", self.env["account.move"].get_sale_types(True)),
            "account.payment": invoices,
        }

    @api.model
    def _get_domains_of_talk(self, partner, ids):
        """The same of messages and activities.

        :param ids: dict model -> ids of records about the person
        """
        on_own = Domain.OR(
            Domain("res_id", "in", ids[name]) & Domain("model", "=", name)
            for name in ids
            if "message_ids" in self.env[name]._fields and name not in SHARED
        )
        said = Domain("author_id", "=", partner.id) | Domain("partner_ids", "in", partner.ids)
        planned = Domain.OR(
            Domain("res_id", "in", ids[name]) & Domain("res_model", "=", name)
            for name in ids
            if "activity_ids" in self.env[name]._fields
        )
        return {"mail.message": on_own | said, "mail.activity": planned}

    @api.model
    def _get_acting_fields(self):
        """(model, field) by which our records name whoever did something, be it about others."""
        return [
            (name, field)
            for name in self._get_own_models()
            for field in self.env[name]._fields.values()
            if field.store
            and self.env[name]._auto
            and field.comodel_name == "res.partner"
            and field.type in ("many2one", "many2many")
        ]

    # === READING === #

    @api.model
    def _get_given_fields(self, model):
        """(fields of a model that are given, names of those the user may not read)."""
        records = self.env[model]
        given, closed = [], []
        for name, field in records._fields.items():
            listed = GIVEN_BY_ODOO.get(model)
            if listed is not None:
                if name not in listed:
                    continue
            elif (
                not field.store
                or HIDDEN.search(name)
                or field.type in ("one2many", "many2one_reference", "reference", "json", "binary")
                # lists of others
                or (
                    field.type == "many2many" and field.comodel_name in ("res.partner", "res.users")
                )
            ):
                continue
            if records._has_field_access(field, "read"):
                given.append(field)
            elif field.groups != fields.NO_ACCESS:
                closed.append(name)
        return given, closed

    @api.model
    def _read_value(self, record, field):
        """As JSON takes it: records by their names, texts without the tokens that open pages."""
        value = record[field.name]
        if field.type in ("many2one", "many2many"):
            # sudo: the name of what the person's own record leads to
            names = value.sudo().mapped("display_name")
            return names if field.type == "many2many" else (names and names[0])
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "html":
            return "" if is_html_empty(value) else TOKEN.sub(rf"\1{SECRET}", str(value))
        if isinstance(value, str):
            return TOKEN.sub(rf"\1{SECRET}", value)
        if isinstance(value, datetime):
            return value.isoformat() + "Z"
        if isinstance(value, date):
            return value.isoformat()
        return value

    @api.model
    def _read_rows(self, model, ids):
        """dicts of what is known of each record, empty values left out; bounded in memory."""
        given, __ = self._get_given_fields(model)
        for start in range(0, len(ids), BATCH):
            for record in self.env[model].browse(ids[start : start + BATCH]):
                row = {"id": record.id}
                for field in given:
                    value = self._read_value(record, field)
                    if value or (value == 0 and field.type in ("integer", "float", "monetary")):
                        row[field.name] = value
                yield row
            self.env.invalidate_all()

    @api.model
    def _search_ids(self, model, domain):
        """Ids that the user may read, or None where the model is closed to them."""
        records = self.env[model].with_context(active_test=False)
        if not records.has_access("read"):
            return None
        try:
            return list(records._search(domain, order="id"))
        except AccessError:
            return None

    # === THE FILE === #

    @api.model
    def _make_zip(self, partner):
        """A temporary file, open at its beginning: whoever asks for it has closed it."""
        stream = tempfile.TemporaryFile()  # noqa: SIM115
        made = _Collected(self, partner)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("donnees.json", "w") as target:
                made.write_json(target)
            made.write_files(archive)
            archive.writestr("donnees.pdf", made.render_pdf())
            archive.writestr("LISEZ-MOI.txt", made.describe())
        stream.seek(0)
        return stream, made


class _Collected:
    """One file under way: what was found, what was left out."""

    def __init__(self, data, partner):
        self.data, self.env, self.partner = data, data.env, partner
        self.files = data._get_files(partner)
        self.ids, self.closed = {}, {}
        self._find(data._get_domains(partner, self.files))
        self._find(data._get_domains_of_talk(partner, self.ids))
        self.names, self.missing = [], []

    def _find(self, domains):
        for model, domain in domains.items():
            found = self.data._search_ids(model, domain)
            if found is None:
                self.closed[model] = None
                continue
            self.ids[model] = found
            __, closed = self.data._get_given_fields(model)
            if found and closed:
                self.closed[model] = closed

    def get_title(self, model):
        return self.env["ir.model"]._get(model).name

    # === JSON === #

    def write_json(self, target):
        """Row by row: the whole is never in memory."""

        def write(text):
            target.write(text.encode())

        write('{"person": ' + json.dumps(self.partner.name) + ', "records": {')
        for number, (model, ids) in enumerate(self.ids.items()):
            write(("," if number else "") + f"\n{json.dumps(model)}: [")
            for row_number, row in enumerate(self.data._read_rows(model, ids)):
                write((",\n" if row_number else "\n") + json.dumps(row, ensure_ascii=False))
            write("]")
        write('},\n"acts": ' + json.dumps(self._get_acts()) + ',\n"left_out": ')
        write(json.dumps(self.closed) + "}\n")

    def _get_acts(self):
        """How often our records name the person as who did something: of records about others,
        nothing else.
        """
        acts = []
        for model, field in self.data._get_acting_fields():
            others = Domain(field.name, "in", self.partner.ids) & Domain(
                "id", "not in", self.ids.get(model, [])
            )
            records = self.env[model].with_context(active_test=False)
            if records.has_access("read") and records._has_field_access(field, "read"):
                count = records.search_count(others)
                if count:
                    acts.append({"model": model, "field": field.name, "count": count})
        return acts

    # === FILES === #

    def write_files(self, archive):
        """Attachments of these records, also behind their fields, as the user may read them."""
        for model, ids in self.ids.items():
            if model in SHARED:
                continue
            records = self.env[model]
            behind = [
                name
                for name, field in records._fields.items()
                if field.type in ("binary", "image")
                and field.store
                and field.attachment
                and not re.search(r"_(1024|512|256|128)$", name)
                and records._has_field_access(field, "read")
            ]
            for start in range(0, len(ids), BATCH):
                found = self.env["ir.attachment"].search(
                    Domain("res_model", "=", model)
                    & Domain("res_id", "in", ids[start : start + BATCH])
                    & (Domain("res_field", "=", False) | Domain("res_field", "in", behind)),
                    order="id",
                )
                for attachment in found.filtered(lambda row: row.type == "binary"):
                    self._write_file(archive, attachment)
                self.env.invalidate_all()

    def _write_file(self, archive, attachment):
        """Named by number: what the person called it may be anything."""
        kind = (attachment.mimetype or "").split("/")[-1].split("+")[0]
        ending = kind if re.fullmatch("[a-z0-9]{1,5}", kind) else "bin"
        where = attachment.res_model.removeprefix(PREFIX)
        name = f"fichiers/{where}-{attachment.res_id}-{attachment.id}.{ending}"
        # sudo: the content of a file whose record was found readable
        found = attachment.sudo()
        try:
            if path := found._get_local_path():
                archive.write(path, name)
            elif found.file_size and not found.raw:
                raise FileNotFoundError
            else:
                archive.writestr(name, found.raw or b"")
        except OSError:  # lost: the person gets the rest, and is told
            self.missing.append((name, attachment.name))
        else:
            self.names.append((name, attachment.name))

    # === WORDS === #

    def get_sections(self):
        """What the PDF shows: (title, number of records, rows of (label, value))."""
        for model, ids in self.ids.items():
            if not ids:
                continue
            labels = self.env[model].fields_get(attributes=["string"])
            known = self.env[model]._fields  # what no screen names is in the JSON alone
            rows = [
                [
                    (labels[name]["string"], self._say(model, name, value))
                    for name, value in row.items()
                    if name != "id" and known[name].export_string_translation
                ]
                for row in self.data._read_rows(model, ids[:MOST_PRINTED])
            ]
            yield self.get_title(model), len(ids), rows

    def _say(self, model, name, value):
        field = self.env[model]._fields[name]
        if field.type == "html":
            return html2plaintext(value)
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "datetime":
            return format_datetime(self.env, datetime.fromisoformat(value).replace(tzinfo=None))
        if field.type in ("float", "monetary"):
            return formatLang(self.env, value)
        if isinstance(value, list):
            return ", ".join(map(str, value))
        return str(value)

    def render_pdf(self):
        report = self.env["ir.actions.report"]
        # sudo: reports are for staff's groups; the sections hold what the user may read
        content, __ = report.sudo()._render_qweb_pdf(
            "coworking_incubation.report_person_data",
            self.partner.ids,
            {
                "person": self.partner.name,
                "company": self.env.company.name,
                "day": fields.Date.context_today(self.partner),
                "sections": list(self.get_sections()),
                "left_out": self.get_left_out(),
                "most": MOST_PRINTED,
            },
        )
        return content

    def get_left_out(self):
        """In words, what the user may not read."""
        lines = []
        for model, names in self.closed.items():
            if names is None:
                lines.append(self.get_title(model))
                continue
            # sudo: the label of a field, not its value
            labels = self.env[model].sudo().fields_get(names, ["string"])
            told = ", ".join(labels[name]["string"] for name in names)
            lines.append(f"{self.get_title(model)}: {told}")
        return lines

    def describe(self):
        """What is in the archive, and what to do before it is handed over."""
        env = self.env
        lines = [
            env._(
                "Everything %(company)s holds on %(person)s.",
                company=env.company.name,
                person=self.partner.name,
            ),
            "",
            env._("donnees.pdf: to be read."),
            env._("donnees.json: the same for another program, all of it."),
            env._("fichiers: documents, proofs, signatures and attachments:"),
            *(f"- {name}: {title}" for name, title in self.names),
            "",
        ]
        if self.missing:
            lines += [
                env._("Missing, because the server has lost these files:"),
                *(f"- {name}: {title}" for name, title in self.missing),
                env._("Ask your administrator to restore them, then make this archive again."),
                "",
            ]
        left_out = self.get_left_out()
        if left_out:
            lines += [
                env._("Left out, because whoever made this file may not read it:"),
                *(f"- {line}" for line in left_out),
                env._("Ask a colleague who may to make the file."),
                "",
            ]
        lines.append(
            env._(
                "Before you hand it over: make sure of who asks for it, and read what was written"
                " in free texts. What tells something of somebody else is taken out."
            )
        )
        return "\r\n".join(lines)
