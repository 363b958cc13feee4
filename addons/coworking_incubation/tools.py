"""Small bridges: Odoo's floats and the exact amounts of ``pricing``, names as people type them,
tokens as visitors send them.
"""

import ast
import base64
import binascii
import hashlib
import io
import re
import secrets
import unicodedata
from contextlib import contextmanager
from decimal import Decimal
from itertools import compress
from urllib.parse import urlencode

from psycopg2 import DataError, ProgrammingError
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, OrderedSet, format_date, formatLang
from odoo.tools.misc import remove_accents

from . import invoice_reader
from .social_security import find_number

# Names of this addon's models begin so.
PREFIX = "coworking."
# Marks of what something of ours leads to, and of who has a file, which not everybody may know.
KNOWN, KNOWN_PERSON = "coworking_known", "coworking_has_file"
# Searching these evaluates filters that people typed: one that asked about them would never end.
CIRCULAR_FIELDS = {"is_ready", "todo_any"}
# As many points as a large screen has.
MOST_POINTS = 16_000_000
SCAN_TYPES = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
PHONE_DIGITS = 9
SCAN_MAX_BYTES = 10 * 1024 * 1024
# What a scan is called where it is shown: never as the person called it.
SCAN_NAMES = {"pdf": "scan.pdf", "png": "scan.png", "jpg": "scan.jpg"}


@contextmanager
def hold(cr, name, number=0, *, wait=False):
    """Hold what one process at a time may work on, whatever it commits meanwhile: locks on rows end
    with a commit, this one with the block, or with the process.

    :param str name: what it is, of all that is held in a database
    :param int number: which one of these
    :param bool wait: until nobody else holds it
    :return: whether nobody else holds it
    """
    key = [name, number]
    if wait:
        cr.execute("SELECT pg_advisory_lock(hashtext(%s), %s)", key)
        is_held = True
    else:
        cr.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", key)
        (is_held,) = cr.fetchone()
    try:
        yield is_held
    except BaseException:  # who is stopped hands the connection back too
        if cr.connection.info.transaction_status == TRANSACTION_STATUS_INERROR:
            cr.rollback()  # in a transaction that failed nothing is let go
        raise
    finally:
        if is_held:
            cr.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", key)


class ErrorWithLink(ValidationError):
    """A refusal with a button that leads to what is in the way.

    On the screen it is Odoo's ``RedirectWarning``; but that one is no ``UserError``, so that the
    server writes it to its log as an error of its own, with a traceback.
    """

    context = {"exception_class": "odoo.exceptions.RedirectWarning"}

    def __init__(self, message, action, button):
        """
        :param action: dict of the action that the button opens
        :param button: what is written on it
        """
        super().__init__(message)
        self.args = (message, action, button, None)

    def __str__(self):
        return self.args[0]


def to_decimal(value):
    """Exact decimal of a stored number: ``95.55`` (a float) is ``Decimal("95.55")``.

    The shortest text of a float that was read from a ``numeric`` column is the column's value.
    """
    return Decimal(str(value or 0))


def to_decimal_or_none(value):
    """The same for amounts in which 0 means "none": caps, included quantities, sizes."""
    return to_decimal(value) if value else None


def short_number(env, value):
    """A number in the reader's notation, without zeros that say nothing: 3,5."""
    value = to_decimal(value).normalize()
    digits = max(-value.as_tuple().exponent, 0)
    return formatLang(env, float(value), digits=digits)


def day_in_words(env, day, date_format="d MMMM y"):
    """25 juin 2015, 1er juillet 2015; in other languages as they are written."""
    words = format_date(env, day, date_format=date_format)
    if day.day == 1 and (env.lang or "").startswith("fr"):
        words = words.replace("1 ", "1er ", 1)
    return words


def period_in_words(env, first, last):
    """From a day to another; from a day on where there is no last one."""
    days = {"first": format_date(env, first), "last": format_date(env, last)}
    if last:
        return env._("from %(first)s to %(last)s", **days)
    return env._("from %(first)s on", **days)


def map_url(place):
    """A map of an address; a link, so that no visitor is told to anybody before clicking."""
    return place and f"https://www.openstreetmap.org/search?{urlencode({'query': place})}"


def without_defaults(records, refused):
    """The same records, whose context gives no default to the fields for which ``refused`` holds:
    ``default_state=...`` of a call is as much typed as a value.
    """
    context = {
        key: value
        for key, value in records.env.context.items()
        if not (
            key.startswith("default_")
            and (field := records._fields.get(key.removeprefix("default_")))
            and refused(field)
        )
    }
    if len(context) == len(records.env.context):
        return records
    return records.with_context(context)  # pylint: disable=context-overridden


def with_defaults(records, vals_list):
    """Values as ``create`` gets them, with what the context gives where they say nothing: what a
    call says so is as much typed as a value.
    """
    given = {
        name: value
        for key, value in records.env.context.items()
        if key.startswith("default_") and (name := key.removeprefix("default_")) in records._fields
    }
    return [{**given, **vals} for vals in vals_list] if given else vals_list


def plain_words(name):
    """The words of a name in their order, without accents, capitals or hyphens."""
    return re.findall(r"\w+", remove_accents((name or "").casefold()))


def accent_pattern(word):
    """The same word of a name for a search of the database, which may not know accents: a ``_``
    for each letter that may bear one.
    """
    return re.sub("[aceilnosuyz]", "_", word) if len(word) > 1 else word


def words_of(name):
    """The words of a name, as they are compared: without accents, capitals, hyphens or order.

    "MARTIN Camille" and "Camille Martin" are the same words.
    """
    return frozenset(plain_words(name))


def phone_key(phone):
    """The last digits: 06 39 98 01 02 and +33 639 980 102 are one phone. False if too short."""
    digits = re.sub(r"\D", "", phone or "")
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else False


def typed_text(typed):
    """What a visitor typed, as text: whatever they send instead, without NULs, halves of
    characters, marks that turn the direction of writing and what makes spreadsheets take a text
    for a formula.
    """
    text = typed if isinstance(typed, str) else ""
    text = "".join(
        char
        for char in text.replace("\r\n", "\n")
        if char.isprintable() or char in "\n\r\t" or unicodedata.category(char) == "Zs"
    )
    return re.sub(r"^[\s=@{]+", "", text).strip()


def one_line(typed):
    """The same for names and the like: one line, with one space between words."""
    return " ".join(typed_text(typed).split())


def refuse_number(env, text, field):
    """Whoever types a social security number is told why it cannot stay, and what to do.

    :param field: in which it was typed
    """
    found = find_number(text)
    if found:
        raise ValidationError(
            env._(
                "“%(field)s”: %(begin)s… looks like a social security number. The law lets an"
                " organisation like yours keep none (decree 2019-341, CNIL). Take it out, then"
                " save again. If it is another number, write what it is right before it,"
                " without a blank: ref%(begin)s…",
                field=field._description_string(env),
                begin=found[:4].strip(),
            )
        )


@contextmanager
def keep_environments(env):
    """Keep the environments that Odoo makes in this transaction until the block ends.

    It makes one for each amount that it rounds and forgets it at once: of twenty thousand that a
    month of bills needs, thirty are different.
    """
    transaction = env.transaction
    weak = transaction.envs
    transaction.envs = OrderedSet(weak)
    try:
        yield
    finally:
        for known in transaction.envs:
            weak.add(known)
        transaction.envs = weak


def is_ours(records):
    """Whether records, or a model, are of this addon: the others behave as Odoo alone would."""
    return records._name.startswith(PREFIX)


@contextmanager
def saying_who(env):
    """Tell the audit trail who writes, for this block: a row that is deleted, or one of a table of
    pairs of ids, does not say it.
    """
    env.cr.execute(
        "SELECT COALESCE(current_setting('coworking.uid', true), ''),"
        " set_config('coworking.uid', %s, true)",
        [str(env.uid)],
    )
    before = env.cr.fetchone()[0]
    yield
    # Not after an exception: what is rolled back takes the setting along.
    env.cr.execute("SELECT set_config('coworking.uid', %s, true)", [before])


def note_marking(env):
    """This transaction makes or changes what marks: see ``filter_known``."""
    env.cr.cache["coworking_marking"] = True


def filter_known(records, *marks):
    """Those of these records to which something of ours may lead: the others are Odoo's alone, and
    are told apart without a query. A mark may have been read before this transaction set it:
    whoever makes something of ours has PostgreSQL asked about all.

    :param records: of a model that bears a mark, see ``base/known.py``
    :param marks: names of the fields that tell, if not ``KNOWN``
    """
    if "coworking_marking" in records.env.cr.cache:
        return records
    return filter_by_column(records, *(marks or (KNOWN,)))


def filter_filled(records, *names):
    """Those of these records with a value in one of these fields, whoever asks: of strangers, none
    is read.

    :param records: of a model that bears a mark, see ``base/known.py``
    :param names: of columns that nothing computes, and that only what is known has
    """
    known = filter_known(records)
    return filter_by_column(known, *names) if known else known


def filter_by_column(records, *names):
    """Those of these records with a value in one of these columns, whoever asks: see ``peek``."""
    columns = [peek(records, name) for name in names]
    return records.browse(compress(records._ids, map(any, zip(*columns, strict=True))))


def peek(records, name):
    """What a column says of these records, whoever asks.

    Odoo's own work comes by here many times over: what has been read before is read without the
    environment that ``sudo()`` makes, which costs more than all the rest.

    :param name: of a column that nothing computes, and that Odoo reads with the rest of a record
    :return: list of the values as they are cached: a many2one is a number, what is empty is None
    """
    column = records._fields[name]
    try:
        return [*map(column._get_cache(records.env).__getitem__, records._ids)]
    except KeyError:
        # sudo: see above
        records.sudo().mapped(name)
        return [*map(column._get_cache(records.env).__getitem__, records._ids)]


def fetch_together(records, columns):
    """Read these columns in one query, whoever asks: what is ours with what Odoo reads next. Where
    the mark was read before, so was the rest, and nothing is read.

    :param records: of a model that bears a mark, see ``base/known.py``
    :param columns: iterable of fields, ``KNOWN`` among them
    """
    # sudo: see peek
    records = records.sudo()._origin
    if any(records._fields[KNOWN]._cache_missing_ids(records)):
        records._fetch_query(records._as_query(ordered=False), columns)


def find_referred(records, *references):
    """Those of these records to which some record of ours leads: see ``find_referred_by_each``."""
    if not records:  # as most that Odoo deletes with a bill
        return records
    found = set().union(*(rows._ids for rows in find_referred_by_each(records, *references)))
    return records.browse(row_id for row_id in records.ids if row_id in found)


def find_referred_by_each(records, *references):
    """Those of these records to which some record of ours leads, by each way: one query, without
    what a search of Odoo costs, and none where nothing of ours is known to.

    :param references: (model, name) of stored many2one fields to the model of the records
    :return: list of records, one a reference
    """
    marks = {records.env[model]._marks.get(name) for model, name in references}
    if None not in marks:
        records = filter_known(records, *marks)
    ids = records.ids
    if not ids or not references:
        return [records.browse() for __ in references]
    parts = []
    for place, (model, name) in enumerate(references):
        field = records.env[model]._fields[name]
        parts.append(
            SQL(
                "SELECT %(place)s, %(column)s FROM %(table)s WHERE %(column)s = ANY(%(ids)s)",
                place=place,
                column=SQL.identifier(name, to_flush=field),
                table=SQL.identifier(records.env[model]._table),
                ids=ids,
            )
        )
    found = set(records.env.execute_query(SQL(" UNION ").join(parts)))
    return [
        records.browse(row_id for row_id in ids if (place, row_id) in found)
        for place in range(len(references))
    ]


def parse_domain(text):
    """The domain that somebody typed, from a literal: names, calls and attributes are refused by
    the parser.
    """
    return Domain(ast.literal_eval(text or "[]"))


def fields_of(domain):
    """Names of the fields that a domain asks about, those of paths and of what it leads to too."""
    for condition in domain.iter_conditions():
        yield from condition.field_expr.split(".")
        if condition.operator in ("any", "not any"):
            yield from fields_of(Domain(condition.value))


def try_domain(model, text):
    """A filter on files that is broken, unsafe or asks about what its author may not read is
    refused when it is typed.

    :param model: empty recordset of what is to be found
    :raise ValidationError: with the reason alone, to be put into a sentence
    """
    env = model.env
    try:
        domain = parse_domain(text)
        circular = CIRCULAR_FIELDS & set(fields_of(domain))
        if circular:
            raise ValidationError(
                env._("%s depends on the requirements themselves", ", ".join(circular))
            )
        # constraints run as superuser: a rule on what its author may not read is refused
        with env.cr.savepoint():
            model.sudo(env.uid == SUPERUSER_ID).search(domain, limit=1)
    except (
        AttributeError,
        ValueError,
        SyntaxError,
        TypeError,
        OverflowError,
        MemoryError,  # so the parser says that there are too many brackets
        RecursionError,
        UserError,
        DataError,
        ProgrammingError,
    ) as error:
        reason = error
        if not isinstance(error, UserError):  # Python's words, or PostgreSQL's
            reason = env._("it is none that Odoo understands. Make it with the editor of filters.")
        raise ValidationError(reason) from error


def make_token():
    """A token for a link without a password, and its hash, which alone is kept."""
    token = secrets.token_urlsafe(32)
    return token, hash_token(token)


def hash_token(token):
    """What is kept in place of a token: whoever reads the database cannot use the link."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def make_workbook(fill, by_row=False):
    """An XLSX file, as bytes. Texts are never formulas or links, whatever somebody typed in them.

    :param fill: what writes the sheets, called with the ``xlsxwriter.Workbook``
    :param by_row: whether each row is written after the one before: long sheets are not kept in
        memory then
    """
    stream = io.BytesIO()
    way = "constant_memory" if by_row else "in_memory"
    write_workbook(fill, stream, **{way: True})
    return stream.getvalue()


def write_workbook(fill, stream, **options):
    """The same to an open file, with the options of XlsxWriter: ``constant_memory`` for long ones,
    which are then written row by row.
    """
    import xlsxwriter.worksheet  # only where a workbook is made, as in Odoo

    class Sheet(xlsxwriter.worksheet.Worksheet):
        def _prepare_formula(self, formula, expand_future_functions=False):
            """As it is: XlsxWriter looks in each for thirty functions newer than any of ours, which
            takes ten times as long as writing it.
            """
            return formula.removeprefix("=")

    options |= {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.worksheet_class = Sheet
        fill(book)


def scan_of(env, encoded):
    """A scan or photo that somebody uploads: (bytes to be kept, 'pdf', 'png' or 'jpg').

    A PDF is kept as it came; a picture as it is seen, and it is refused where it cannot be.
    """
    content, kind = read_scan(env, encoded)
    return content if kind == "pdf" else check_picture(env, content), kind


def get_scan_kind(content):
    """'pdf', 'png' or 'jpg', by what it begins with and not what it is called; None: no scan."""
    return next((kind for magic, kind in SCAN_TYPES.items() if content.startswith(magic)), None)


def read_scan(env, encoded):
    """A scan or photo as it came: (bytes, 'pdf', 'png' or 'jpg')."""
    encoded = encoded or b""
    if len(encoded) > SCAN_MAX_BYTES * 4 // 3 + 4:
        raise UserError(env._("The scan is larger than 10 MB. Scan it in grey."))
    try:
        content = base64.b64decode(encoded)
    except (binascii.Error, TypeError, ValueError):
        content = b""
    kind = get_scan_kind(content)
    if not kind:
        raise UserError(env._("The scan is a PDF or a picture (PNG, JPEG)."))
    return content, kind


def check_picture(env, content):
    """
    :return: the picture drawn anew
    :raise UserError: it cannot be drawn
    """
    try:
        return draw_picture(env, content)
    except invoice_reader.UploadRefused as refused:
        raise UserError(
            env._("The picture is damaged or too large to be read: take or scan it again.")
        ) from refused


def draw_picture(env, content):
    """A picture drawn anew, see ``invoice_reader.redraw``. What this transaction drew itself is not
    drawn again on its way to the attachments: a photo would lose a little each time.
    """
    drawn_here = env.cr.cache.setdefault("coworking_pictures", set())
    if hashlib.sha256(content).digest() not in drawn_here:
        content = invoice_reader.redraw(content)[1]
        drawn_here.add(hashlib.sha256(content).digest())
    return content


def drawing_of(encoded, most_bytes):
    """A signature drawn as Odoo's widget sends it, drawn anew; nothing where it is something else.

    What it unpacks to is read in its head: a picture of gigabytes would be drawn by the PDF engine.
    """
    if not isinstance(encoded, str | bytes) or len(encoded) > most_bytes * 4 // 3 + 4:
        return b""
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""
    head = re.match(rb"\x89PNG\r\n\x1a\n.{4}IHDR(.{4})(.{4})", content, re.DOTALL)
    if not head:
        return b""
    width, height = (int.from_bytes(side) for side in head.groups())
    if not 0 < width * height <= MOST_POINTS:
        return b""
    try:
        return invoice_reader.redraw(content)[1]
    except invoice_reader.UploadRefused:
        return b""
