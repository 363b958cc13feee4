"""Bounded reading of files that suppliers send: what they hold, or why they are refused.

Nothing of Odoo here. A file may come from anybody, so nothing in it is trusted: sizes are bounded
before anything is unpacked, XML is read without entities, network or document type, and a PDF or a
photo is read by another process (this very file, run as a script) with little memory and time,
because a few kilobytes can unpack into gigabytes wherever a library looks.
"""

import contextlib
import io
import json
import os
import re
import subprocess  # nosec B404 # runs this very file
import sys
import unicodedata
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from lxml import etree

MAX_FILE = 10 << 20
MAX_XML = 5 << 20
MAX_PAGES = 50
MAX_EMBEDDED = 10
# A reference stands on the first pages of a bill; photos of telephones have 12 to 50 megapixels.
MAX_TEXT_PAGES = 5
MAX_TEXT = 100_000
MAX_PIXELS = 64_000_000
# A sheet of paper at 300 points an inch has 3,508.
MAX_SIDE = 4000
MAX_NODES = 1000
MAX_SECONDS = 20
MAX_MEMORY = 512 << 20

CII = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice"
UBL = tuple(
    f"{{urn:oasis:names:specification:ubl:schema:xsd:{name}-2}}{name}"
    for name in ("Invoice", "CreditNote")
)
# What the standards call the invoice in a PDF, the most usual first; and what is never one.
INVOICE_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
ORDER_NAME = "order-x.xml"
# How photos begin; their names and declared types are ignored as well.
PHOTOS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
PICTURES = (*PHOTOS, b"RIFF")


class UploadRefused(ValueError):
    """``code``: ``too_large``, ``wrong_type``, ``locked``, ``hostile`` or ``unreadable``."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Document:
    """A file that may be kept and shown.

    ``root``: its electronic invoice, if it holds one. ``side``: pixels of the shorter side of a
    photo.
    """

    kind: str
    root: etree._Element | None = None
    side: int = 0

    @property
    def is_invoice(self):
        return self.root is not None and self.root.tag in (CII, *UBL)


@dataclass(frozen=True)
class Facts:
    """What an electronic invoice says of itself, needed before it is decoded.

    ``is_credit``: a credit note, or an invoice below zero, as Odoo decodes it.
    """

    reference: str = ""
    is_credit: bool = False
    issued: date | None = None
    currency: str = ""
    total: Decimal | None = None
    tax: Decimal | None = None
    seller_name: str = ""
    seller_ids: frozenset = frozenset()
    corrected: str = ""
    text: str = ""


def clean_filename(name, default="facture.pdf"):
    """A name without path, control, direction or half characters, short enough for every disk."""
    name = unicodedata.normalize("NFKC", name or "").replace("\\", "/").split("/")[-1]
    name = re.sub(
        "[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff<>:\"|?*&']",
        "",
        name,
    ).strip(" .")
    root, extension = os.path.splitext(name)
    return root[:80] + extension[:5].lower() if root else default


def kind_of(content):
    """``pdf``, ``photo`` or ``xml`` by what the file begins with, not by its name or type.

    :raise UploadRefused: too large, empty, or something else
    """
    if len(content) > MAX_FILE:
        raise UploadRefused("too_large")
    if content.startswith(PHOTOS):
        return "photo"
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF-"):
        return "pdf"
    if start.startswith((b"<?xml", b"\xff\xfe<\x00?\x00", b"\xfe\xff\x00<\x00?")) or re.match(
        rb"<(!DOCTYPE|!--|[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?[\s>])", start
    ):
        if re.match(rb"<(!doctype\s+)?html", start, re.IGNORECASE):
            raise UploadRefused("wrong_type")
        return "xml"
    raise UploadRefused("wrong_type")


def read(content):
    """Read a file within bounds.

    :return: :class:`Document`
    :raise UploadRefused: see there
    """
    kind = kind_of(content)
    if kind == "xml":
        root = parse_file(content)
        if etree.QName(root).localname.lower() in ("svg", "html"):
            raise UploadRefused("wrong_type")
        return Document(kind, root)
    if kind == "photo":
        return Document(kind, side=redraw(content)[0])
    raw = embedded_xml_elsewhere(content)
    return Document(kind, parse_xml(raw) if raw else None)


def parse_file(content):
    """Root of a file that is XML as it came: nothing is inflated, it is as long as files may be.

    :raise UploadRefused: see :func:`parse_xml`
    """
    if len(content) > MAX_FILE:
        raise UploadRefused("too_large")
    return parse_xml(content, MAX_FILE)


def parse_xml(raw, limit=MAX_XML):
    """Root of an XML document without entities, network access or document type."""
    if len(raw) > limit:
        raise UploadRefused("hostile")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        # What the parser itself stops (entities that multiply) has a document type as well.
        raise UploadRefused("hostile" if b"<!DOCTYPE" in raw[:4096] else "unreadable") from error
    if root.getroottree().docinfo.doctype:
        raise UploadRefused("hostile")
    return root


def bounded_inflate(data):
    """Inflate at most ``MAX_XML`` bytes."""
    inflater = zlib.decompressobj()
    try:
        result = inflater.decompress(data, MAX_XML)
    except zlib.error as error:
        raise UploadRefused("unreadable") from error
    if inflater.unconsumed_tail or (not inflater.eof and len(result) >= MAX_XML):
        raise UploadRefused("hostile")
    return result


def embedded_xml(stream):
    """The invoice among the XML files embedded in a PDF, as bytes, or ``None``.

    It is the one that has a name of the standards, else the first that is an invoice by its root,
    else the first of all: a sender may embed data of its own beside it. Call it where memory is
    bounded.
    """
    reader = _open(stream)
    if len(reader.pages) > MAX_PAGES:
        raise UploadRefused("too_large")
    files = [(name, spec) for name, spec in _embedded_xml_files(reader) if name != ORDER_NAME]
    for usual in INVOICE_NAMES:
        for name, spec in files:
            if name == usual:
                return _unpack(spec)
    if len(files) > 1:
        for _name, spec in files:
            # Nobody else reads the ones that are passed over, whatever is in them.
            with contextlib.suppress(UploadRefused):
                raw = _unpack(spec)
                if parse_xml(raw).tag in (CII, *UBL):
                    return raw
    return _unpack(files[0][1]) if files else None


def embedded_files(stream):
    """All XML files embedded in a PDF, as Odoo names and orders them, in one answer: a line of
    JSON, (name, size) of each, then their contents. Call it as ``embedded_xml``.
    """
    files = _embedded_xml_files(_open(stream))
    found = []
    for name, spec in files:
        try:
            found.append((str(spec.get("/F") or name), _unpack(spec)))
        except UploadRefused:
            # Beside others it may be anything; alone, or named as the invoice, it is the invoice.
            if len(files) == 1 or name in INVOICE_NAMES:
                raise
    if sum(len(raw) for __, raw in found) > MAX_FILE:
        raise UploadRefused("hostile")
    sizes = json.dumps([(name, len(raw)) for name, raw in found])
    return b"".join([sizes.encode(), b"\n", *(raw for __, raw in found)])


def _open(stream):
    try:
        from pypdf import PdfReader
    except ImportError:  # what Odoo also runs on
        from PyPDF2 import PdfReader

    reader = PdfReader(stream, strict=False)
    # Often only changing or printing is protected: then the empty password opens the file.
    if reader.is_encrypted and not _opens_without_password(reader):
        raise UploadRefused("locked")
    return reader


def _opens_without_password(reader):
    try:
        return bool(reader.decrypt(""))
    except NotImplementedError:  # protected in a way that the library does not know
        return False


def _embedded_xml_files(reader):
    """(name, file specification) of the embedded XML files, a bounded number of them.

    The others (annexes of a bill, of any number) are neither counted nor unpacked.
    """
    tree = (reader.trailer["/Root"].get("/Names") or {}).get("/EmbeddedFiles")
    nodes, found = [tree] if tree else [], []
    for _step in range(MAX_NODES):
        if not nodes:
            return found
        node = nodes.pop(0).get_object()
        nodes[:0] = list(node.get("/Kids") or [])
        names = list(node.get("/Names") or [])
        for key, reference in zip(names[::2], names[1::2], strict=False):
            spec = reference.get_object()
            name = str(spec.get("/UF") or spec.get("/F") or key).lower()
            if name.endswith(".xml"):
                found.append((name, spec))
        if len(found) > MAX_EMBEDDED:
            break
    raise UploadRefused("hostile")


def _unpack(spec):
    """The content of an embedded file, within bounds."""
    embedded = spec["/EF"]["/F"].get_object()
    filters = embedded.get("/Filter") or []
    filters = [filters] if isinstance(filters, str) else list(filters)
    raw = embedded._data
    if filters == ["/FlateDecode"]:
        return bounded_inflate(raw)
    if filters:
        raise UploadRefused("hostile")
    return raw


def pdf_text(stream):
    """What is written on the first pages of a PDF, up to a length. Call it as ``embedded_xml``."""
    reader = _open(stream)
    text = ""
    for number in range(min(len(reader.pages), MAX_TEXT_PAGES)):
        text += reader.pages[number].extract_text() + "\n"
        if len(text) > MAX_TEXT:
            break
    return text[:MAX_TEXT].encode(errors="replace")


def redraw(content):
    """Draw a picture anew: what is kept is what is seen, and nothing that came along with it.

    :return: (pixels of its shorter side as it came, the new file)
    :raise UploadRefused: it is no JPEG, PNG or WebP, is damaged, or too large to be shown
    """
    side, __, drawn = _run_elsewhere("photo", content).partition(b"\n")
    return int(side), drawn


def redraw_photo(stream):
    """The work of ``redraw``: upright, small enough, without places, comments and what stands
    behind the end. Call it where memory is bounded.

    :return: both as one, with a line's end between them
    """
    from PIL import Image, ImageOps

    with Image.open(stream, formats=("JPEG", "PNG", "WEBP")) as photo:
        if photo.width * photo.height > MAX_PIXELS:
            raise UploadRefused("too_large")
        side = min(photo.size)
        is_png = photo.format == "PNG"
        photo.load()
        clear = "transparency" in photo.info or "A" in photo.getbands()
        if photo.mode.startswith("I"):  # sixteen bits of grey
            picture = photo.point(lambda value: value / 256).convert("L")
        elif photo.mode == "1" and max(photo.size) > MAX_SIDE:
            picture = photo.convert("L")  # of black and white alone, thin lines would be left out
        elif photo.mode in ("1", "L", "RGB") and not clear:
            picture = photo
        else:
            picture = photo.convert("RGBA" if clear else "RGB")
        # in steps that need little memory beside the picture itself
        picture.thumbnail((MAX_SIDE, MAX_SIDE), reducing_gap=1.0)
        picture = ImageOps.exif_transpose(picture)
        picture.info = {}  # colours of a printer, comments of a camera
        drawn = io.BytesIO()
        if is_png or clear:
            picture.save(drawn, "PNG")
        else:
            picture.convert("RGB").save(drawn, "JPEG", quality=90)
        return b"%d\n" % side + drawn.getvalue()


def embedded_xml_elsewhere(content):
    """``embedded_xml`` in a process of its own, which may fail without harm to this one."""
    return _run_elsewhere("xml", content) or None


def embedded_files_elsewhere(content):
    """``embedded_files`` in a process of its own: list of (name, bytes)."""
    sizes, __, contents = _run_elsewhere("files", content).partition(b"\n")
    result, start = [], 0
    for name, size in json.loads(sizes):
        result.append((name, contents[start : start + size]))
        start += size
    return result


def text_elsewhere(content):
    """What is written in a PDF, as far as it can be read within bounds; else nothing."""
    try:
        return _run_elsewhere("text", content).decode(errors="replace")
    except UploadRefused:
        return ""


def _run_elsewhere(task, content):
    """One of the tasks of ``_main`` in a process of its own.

    :return: its answer, bytes
    :raise UploadRefused: see there
    """
    if len(content) > MAX_FILE:
        raise UploadRefused("too_large")
    try:
        done = subprocess.run(  # nosec B603 # our own file, no argument from outside
            [sys.executable, __file__, task],
            input=content,
            capture_output=True,
            timeout=MAX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UploadRefused("hostile") from error
    if done.returncode:
        code = done.stderr.decode(errors="replace").strip().split("\n")[-1]
        known = ("too_large", "locked", "hostile", "unreadable")
        # Killed, or out of memory before it could say so.
        raise UploadRefused(code if code in known else "hostile")
    return done.stdout


def _main(task):
    with contextlib.suppress(ImportError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    stream = io.BytesIO(sys.stdin.buffer.read())
    try:
        if task == "photo":
            from PIL import Image

            Image.MAX_IMAGE_PIXELS = None  # ours is asked, with an answer of ours
            answer = redraw_photo(stream)
        elif task == "text":
            answer = pdf_text(stream)
        elif task == "files":
            answer = embedded_files(stream)
        else:
            answer = embedded_xml(stream)
    except UploadRefused as error:
        code = error.code
    except (MemoryError, RecursionError):
        code = "hostile"
    except Exception:  # the libraries raise anything on a damaged file
        code = "unreadable"
    else:
        sys.stdout.buffer.write(answer or b"")
        return 0
    sys.stderr.write(f"\n{code}\n")
    return 1


def _is_credit(root, total):
    kind = (root.findtext("./{*}ExchangedDocument/{*}TypeCode") or "").strip()
    return kind == "381" or root.tag.endswith("}CreditNote") or (_amount(total) or 0) < 0


def describe(root):
    """What a CII (Factur-X) or UBL invoice says of itself.

    :return: :class:`Facts`
    """
    if root.tag == CII:
        settlement = ".//{*}ApplicableHeaderTradeSettlement/"
        sums = settlement + "{*}SpecifiedTradeSettlementHeaderMonetarySummation/"
        seller = ".//{*}SellerTradeParty/"
        paths = {
            "reference": "./{*}ExchangedDocument/{*}ID",
            "issued": "./{*}ExchangedDocument/{*}IssueDateTime/{*}DateTimeString",
            "currency": settlement + "{*}InvoiceCurrencyCode",
            "total": sums + "{*}GrandTotalAmount",
            "tax": sums + "{*}TaxTotalAmount",
            "seller_name": seller + "{*}Name",
            "corrected": settlement + "{*}InvoiceReferencedDocument/{*}IssuerAssignedID",
        }
        ids = (
            seller + "{*}SpecifiedTaxRegistration/{*}ID",
            seller + "{*}SpecifiedLegalOrganization/{*}ID",
            seller + "{*}GlobalID",
        )
    else:
        seller = "./{*}AccountingSupplierParty/{*}Party/"
        paths = {
            "reference": "./{*}ID",
            "issued": "./{*}IssueDate",
            "currency": "./{*}DocumentCurrencyCode",
            "total": "./{*}LegalMonetaryTotal/{*}TaxInclusiveAmount",
            "tax": "./{*}TaxTotal/{*}TaxAmount",
            "seller_name": seller + "{*}PartyLegalEntity/{*}RegistrationName",
            "corrected": "./{*}BillingReference/{*}InvoiceDocumentReference/{*}ID",
        }
        ids = (
            seller + "{*}PartyTaxScheme/{*}CompanyID",
            seller + "{*}PartyLegalEntity/{*}CompanyID",
            seller + "{*}PartyIdentification/{*}ID",
        )
    found = {name: (root.findtext(path) or "").strip() for name, path in paths.items()}
    return Facts(
        reference=found["reference"][:200],
        is_credit=_is_credit(root, found["total"]),
        issued=_date(found["issued"]),
        currency=found["currency"][:3],
        total=_amount(found["total"]),
        tax=_amount(found["tax"]),
        seller_name=found["seller_name"][:200],
        seller_ids=frozenset(
            identifier
            for path in ids
            for node in root.findall(path)
            if (identifier := normal_id(node.text))
        ),
        corrected=found["corrected"][:200],
        # What is longer is a file within it, and no words.
        text=" ".join(
            words for text in root.itertext() if (words := text.strip()) and len(words) <= MAX_TEXT
        ),
    )


def normal_id(text):
    """``FR 12 345678901`` is ``FR12345678901``: numbers that identify a company, comparable."""
    return re.sub(r"[^0-9A-Z]", "", (text or "").upper())


def same_company(one, other):
    """Whether two numbers name one French company, or are equal.

    A VAT number ends with the SIREN, a SIRET begins with it.
    """
    return one == other or (_siren(one) or "one") == (_siren(other) or "other")


def _siren(number):
    if re.fullmatch(r"FR[0-9A-Z]{2}\d{9}", number):
        return number[4:]
    if re.fullmatch(r"\d{9}(\d{5})?", number):
        return number[:9]
    return None


def _date(text):
    for pattern in ("%Y%m%d", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None


def _amount(text):
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
