"""Whether what a program sends by JSON-2 is what our models take.

Odoo makes something else of other values: an error of the server, or, of a reference that it cannot
read (``[5, "Name"]``, as it is read), an empty field.
"""

import math
import re
from base64 import b64decode

from odoo import fields
from odoo.fields import Command, Domain

MOST = 2**31 - 1  # what PostgreSQL has room for in a column of whole numbers
YEARS = range(1000, 9000)  # of four digits, with room for what is counted from them
TEXTS = ("char", "text", "html")
DAYS = {"date": fields.Date.to_date, "datetime": fields.Datetime.to_datetime}
NUMBERS = {"integer": int, "float": float, "monetary": float}
WRITERS = {"create": "vals_list", "write": "vals", "copy": "default"}
WRITERS |= {"web_save": "vals", "web_save_multi": "vals_list"}
READERS = {"read", "search", "search_count", "search_read", "web_search_read"}
READERS |= {"formatted_read_group", "web_read", "name_search", "load"}
READERS |= {"read_progress_bar", "web_name_search", "web_read_group"}
# Arguments that name fields, and whether with something behind: a part of a day, a direction.
NAMING = {"fields": False, "specification": False, "groupby": True, "aggregates": True}
NAMING |= {"order": True}
# What Odoo and Python raise of a domain, a number or a day that is none.
NONE = (AttributeError, LookupError, OverflowError, TypeError, ValueError)


def read_context(given):
    """What a program sends as its context, as a dict; ``None`` where it is none, or where what Odoo
    reads of it is not of the kind that it takes it for.
    """
    try:
        context = dict(given)
    except (TypeError, ValueError):
        return None
    companies = context.get("allowed_company_ids") or []
    fit = (
        all(isinstance(name, str) for name in context)
        and all(isinstance(context.get(name) or "", str) for name in ("lang", "tz"))
        and isinstance(companies, list)
        and all(map(_is_id, companies))
    )
    return context if fit else None


def find_unfit_value(model, method, arguments):
    """What is not right of the values that are to be written: the name of a field, or of what says
    no field at all; ``None`` where Odoo may begin.
    """
    given = arguments.get("ids")
    if given and not all(map(_is_record, given if isinstance(given, list) else [given])):
        return "ids"
    if method == "name_create" and not _is_text(arguments.get("name")):
        return "name"
    name = WRITERS.get(method)
    if name not in arguments or (method == "copy" and arguments[name] is None):
        return None
    rows = arguments[name]
    rows = rows if isinstance(rows, list) and name == "vals_list" else [rows]
    return next(filter(None, (_find_unfit_field(model, vals, name) for vals in rows)), None)


def find_unfit_question(model, method, arguments):
    """The argument of a reading that names no field, asks nothing or counts nothing, or ``None``:
    once Odoo has failed, as asking is dear.
    """
    if method not in READERS:
        return None
    for name, more in NAMING.items():
        names = arguments.get(name) or ()
        if name == "order" and isinstance(names, str):
            names = names.split(",")
        if not isinstance(names, list | tuple | dict):
            return name
        more = more or method == "load"  # with what identifies a record behind: "space_id/id"
        if not all(_is_field(model, said, more) for said in map(str, names)):
            return name
    for name in ("limit", "offset"):
        value = arguments.get(name)
        if value and (type(value) is not int or not 0 <= value <= MOST):
            return name
    domain = arguments.get("domain") or []
    try:
        name = "operator"
        Domain("display_name", arguments.get(name) or "=", "").validate(model)
        name = "domain"
        Domain(domain).validate(model)
    except NONE:
        return name
    return "domain" if "\\x00" in repr(domain) else None


def find_emptied(model, method, arguments):
    """A required field that a value empties, or ``None``: our code may need it before PostgreSQL
    refuses.
    """
    rows = arguments.get(WRITERS.get(method))
    rows = rows if isinstance(rows, list) else [rows]
    fields_of = (
        (model._fields[key], value) for vals in rows if vals for key, value in vals.items()
    )
    return next(
        (
            field
            for field, value in fields_of
            if field.required and field.type not in NUMBERS and value in (None, False, "")
        ),
        None,
    )


def find_lost_reference(model, method, arguments):
    """What a value leads to and is not there: its model, field and id, or ``None``."""
    rows = arguments.get(WRITERS.get(method))
    rows = rows if isinstance(rows, list) else [rows]
    return next(filter(None, (_find_lost(model, vals) for vals in rows if vals)), None)


def _find_lost(model, vals):
    for key, value in vals.items():
        field = model._fields[key]
        if not field.relational or not value:
            continue
        comodel = model.env[field.comodel_name]
        parts = [[Command.LINK, value]] if field.type == "many2one" else value
        for part in parts:
            command = [Command.LINK, part] if _is_id(part) else part
            code, number, values = [*command, None, None][:3]
            named = [number] if number and code != Command.CREATE else []
            ids = values if code == Command.SET else named
            if lost := comodel.browse(ids) - comodel.browse(ids).exists():
                return model, field, lost.ids[0]
            inner = isinstance(values, dict) and _find_lost(comodel, values)
            if inner:
                return inner
    return None


def _is_field(model, said, more):
    name = re.split(r"[.:/\s]", said.strip())[0] if more else said
    return name in model._fields or (more and name == "__count")


def _find_unfit_field(model, vals, name):
    if not isinstance(vals, dict):
        return name
    for key, value in vals.items():
        field = model._fields.get(key)
        if not field or _is_computed(field) or not _is_fit(model, field, value):
            return key or name
    return None


def _is_computed(field):
    """Whether nobody types it: Odoo writes what it is given, and what it is computed from stays."""
    return field.compute and field.readonly and not field.inverse


def _is_fit(model, field, value):
    kind = field.type
    if value is None or value is False:
        return True
    if kind in TEXTS:
        return _is_text(value)
    if kind in NUMBERS:
        return isinstance(value, str | int | float) and _is_number(NUMBERS[kind], value)
    if kind in DAYS:
        return value == "" or (isinstance(value, str) and _is_day(DAYS[kind], value))
    if kind == "selection":
        return isinstance(value, str) and value in ("", *field.get_values(model.env))
    if kind == "many2one":
        return _is_id(value) and value <= MOST
    if kind in ("one2many", "many2many"):
        comodel = model.env[field.comodel_name]
        return isinstance(value, list) and all(_is_command(comodel, part) for part in value)
    if kind == "binary":
        return isinstance(value, str) and _is_file(value)
    return kind != "boolean" or not isinstance(value, dict | list)


def _is_text(value):
    """Whether PostgreSQL has room for it: neither for a NUL nor for half a character."""
    if not isinstance(value, str | int | float | None):
        return False
    return not re.search("[\0\ud800-\udfff]", str(value))


def _is_file(value):
    try:
        b64decode(value)
    except NONE:
        return False
    return True


def _is_id(value):
    return type(value) is int


def _is_record(value):
    """Odoo takes a record without a number for one that is not saved yet."""
    return _is_id(value) and value != 0


def _is_number(make, value):
    try:
        number = make(value)
    except NONE:
        return False
    return math.isfinite(number) and (make is float or abs(number) <= MOST)


def _is_day(make, value):
    try:
        return make(value).year in YEARS
    except NONE:
        return False


def _is_command(comodel, command):
    if _is_id(command):
        return True  # ids alone are those that there shall be
    if not isinstance(command, list) or not command:
        return False
    code, number, values = [*command, None, None][:3]
    if code in (Command.CREATE, Command.UPDATE):
        known = code == Command.CREATE or _is_id(number)
        return known and _find_unfit_field(comodel, values, "vals") is None
    if code == Command.SET:
        return isinstance(values, list) and all(map(_is_id, values))
    return code == Command.CLEAR or (
        code in (Command.DELETE, Command.UNLINK, Command.LINK) and _is_id(number)
    )
