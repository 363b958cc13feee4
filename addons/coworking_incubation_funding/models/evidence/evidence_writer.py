import contextlib
import os
import tempfile
import uuid
from typing import NamedTuple

from odoo.tools import format_date

from odoo.addons.coworking_incubation.tools import write_workbook

from ... import evidence_archive
from ...sheets import add_formats, get_money_format, lay_out, write_facts
from ..claim.coworking_claim_line import FROZEN_FIELDS
from .evidence_pieces import FOLDERS, EvidencePieces, Piece

INDEX, WORKBOOK = "index.html", "liste.xlsx"
MISSING = "#F8D7DA"
AMOUNT, DAY, TEXT = "amount", "day", "text"


class Listed(NamedTuple):
    """A piece with where it is in the archive, if it is a document."""

    number: int
    piece: Piece
    name: str = ""
    added: evidence_archive.Added | None = None
    # its content is not the one that Odoo noted when it came
    is_altered: bool = False


class EvidenceWriter:
    """Writes the archive of a file of evidence to the disk, and only there: of what is in it, the
    list alone is in memory.
    """

    def __init__(self, evidence, moment):
        """:param moment: naive datetime (UTC) at which it is sealed"""
        self.pieces = EvidencePieces(evidence)
        self.evidence, self.env = self.pieces.evidence, self.pieces.env
        self.moment = moment
        self.attachments = self.env["ir.attachment"]
        self.listed = []
        self.asked = self.sum_claimed()

    # === ON THE DISK ===#

    @contextlib.contextmanager
    def open_part(self):
        """A new file in the filestore, of which Odoo's collection knows: what a killed process
        leaves goes with it. Whoever writes attachments in the same transaction keeps that one from
        running meanwhile.

        :return: (open file, its path)
        """
        name = uuid.uuid4().hex
        path = self.attachments._full_path(f"{name[:2]}/{name}")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.attachments._mark_for_gc(f"{name[:2]}/{name}")
        try:
            with open(path, "xb+") as file:
                yield file, path
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    def write_archive(self):
        """
        :return: dict: store_fname, checksum (SHA-1), digest (SHA-256), size
        """
        with self.open_part() as (stream, path):
            self.fill(stream)
            stream.flush()
            os.fsync(stream.fileno())
            size, digest, checksum = evidence_archive.hash_file(path)
            fname = f"{checksum[:2]}/{checksum}"
            target = self.attachments._full_path(fname)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            self.attachments._mark_for_gc(fname)
            os.replace(path, target)
        return {"store_fname": fname, "checksum": checksum, "digest": digest, "size": size}

    def fill(self, stream):
        """
        :param stream: an open file that can be read and written anywhere
        :raise TooLarge: Odoo cannot hold it
        """
        with evidence_archive.Archive(stream, self.moment) as archive:
            for number, piece in enumerate(self.pieces, start=1):
                self.listed.append(self.add_piece(archive, number, piece))
                self.pieces.check_size(stream.tell())
            digests = {row.added.sha256 for row in self.get_documents()}
            for piece in self.pieces.find_lost_proofs(digests):
                self.listed.append(Listed(len(self.listed) + 1, piece))
            with tempfile.TemporaryFile() as book:
                write_workbook(self.fill_workbook, book, constant_memory=True)
                book.seek(0)
                archive.add(WORKBOOK, iter(lambda: book.read(evidence_archive.CHUNK), b""))
            archive.add(INDEX, [self.render_index().encode()])
        self.pieces.check_size(stream.tell())

    def add_piece(self, archive, number, piece):
        content, piece = piece.content, piece._replace(content=None)
        if not content:
            return Listed(number, piece)
        title = " ".join(filter(None, (piece.title, piece.person)))
        if isinstance(content, str):
            path = archive.make_path(piece.folder, title, "txt")
            # so that any editor sees its accents
            return Listed(number, piece, "", archive.add(path, [b"\xef\xbb\xbf", content.encode()]))
        if isinstance(content, bytes):
            path = archive.make_path(piece.folder, title, "json")
            return Listed(number, piece, "", archive.add(path, [content]))
        ending = evidence_archive.safe_extension(content.name, content.mimetype)
        path = archive.make_path(piece.folder, title, ending)
        local = content._get_local_path()
        chunks = evidence_archive.read_chunks(local) if local else [content.raw]
        added = archive.add(path, chunks, content.file_size)
        altered = bool(content.checksum) and added.sha1 != content.checksum
        # what somebody called a file may name a person
        name = "" if self.pieces.is_token else content.name
        return Listed(number, piece, name, added, altered)

    # === WHAT IT SAYS ===#

    def get_documents(self):
        return [row for row in self.listed if row.added]

    def get_missing(self):
        return [row for row in self.listed if row.piece.is_missing or row.is_altered]

    def describe_missing(self):
        """For who looks at it in Odoo: neither a name nor what was to be proven of somebody, both
        of which titles may say.
        """
        folders = self.get_folder_names()
        lines = (
            (folders[row.piece.folder], row.piece.token, self.get_note(row))
            for row in self.get_missing()
        )
        return "\n".join(" · ".join(filter(None, line)) for line in lines)

    def get_status(self, row):
        if row.is_altered:
            return self.env._("Altered")
        if row.piece.is_missing:
            return self.env._("Missing")
        return self.env._("In the archive") if row.added else self.env._("Fact, without a document")

    def get_note(self, row):
        if row.is_altered:
            return self.env._(
                "This file is not the one that came into Odoo: its fingerprint has changed since."
            )
        return row.piece.note

    def get_folder_names(self):
        return dict(
            zip(
                FOLDERS,
                (
                    self.env._("Agreement and its terms"),
                    self.env._("Criteria, and the proofs seen"),
                    self.env._("Signed attendance"),
                    self.env._("Bills"),
                    self.env._("Payments"),
                    self.env._("Exits and what became of people"),
                    self.env._("Signed hosting agreements"),
                ),
                strict=True,
            )
        )

    def get_facts(self):
        """What the archive says of itself, as (name, text)."""
        evidence = self.evidence
        scopes = dict(evidence._fields["scope"]._description_selection(self.env))
        until = evidence.evidence_until
        facts = [
            (self.env._("Evidence of"), self.describe_subject()),
            (self.env._("Organisation"), evidence.company_id.name),
            (
                self.env._("Agreements"),
                ", ".join(
                    f"{row.reference} ({row.partner_id.display_name})"
                    for row in self.pieces.agreements
                ),
            ),
        ]
        if self.pieces.since:
            period = self.env._(
                "from %(start)s to %(end)s",
                start=format_date(self.env, self.pieces.since),
                end=format_date(self.env, self.pieces.until),
            )
            facts.append((self.env._("Services"), period))
        facts += [
            (self.env._("Sealed On"), self.pieces.format_moment(self.moment)),
            (self.env._("Made By"), evidence.user_id.name),
            (self.env._("What Is In"), scopes[evidence.scope]),
            (self.env._("People"), self.describe_names()),
            (
                self.env._("Kept Until"),
                format_date(self.env, until)
                if until
                else self.env._("no term was said: until somebody says one"),
            ),
        ]
        return facts

    def describe_subject(self):
        if self.evidence.kind == "agreement":
            return self.env._("agreement %s", self.pieces.agreement.reference)
        if self.evidence.kind == "claim":
            return self.env._("claim %s", self.pieces.claim.name)
        return self.env._("participant %s", self.pieces.get_name(self.pieces.people))

    def describe_names(self):
        if self.pieces.is_token:
            return self.env._(
                "by tokens in the lists and in the names of files. Documents are as they came: they"
                " name whoever signed them."
            )
        return self.env._("by their names")

    def render_index(self):
        folders = self.get_folder_names()
        rows = {folder: [] for folder in self.pieces.get_folders()}
        for row in self.listed:
            rows[row.piece.folder].append(row)
        body = self.env["ir.qweb"]._render(
            "coworking_incubation_funding.evidence_index",
            {
                "writer": self,
                "folders": [(folder, folders[folder], found) for folder, found in rows.items()],
                "missing": self.get_missing(),
                "lang": (self.env.lang or "fr").split("_")[0],
                "day": lambda day: format_date(self.env, day) if day else "",
                "amount": self.format_amount,
                "title": self.env._("Evidence of %s", self.describe_subject()),
                "missing_title": self.env._("What is missing (%s)", len(self.get_missing())),
                "command": f"sha256sum -c {evidence_archive.SUMS}",
                "workbook": WORKBOOK,
            },
            minimal_qcontext=True,
        )
        return f"<!DOCTYPE html>\n{body}"

    def format_amount(self, amount):
        return "" if amount is None else self.evidence.company_id.currency_id.format(float(amount))

    # === WORKBOOK ===#

    def fill_workbook(self, book):
        book.set_properties(
            {"title": self.describe_subject(), "author": self.evidence.user_id.name}
        )
        self.formats = add_formats(book)
        money = {"num_format": get_money_format(self.evidence.company_id.currency_id)}
        for missing in (False, True):
            look = {"bg_color": MISSING} if missing else {}
            self.formats |= {
                (TEXT, missing): book.add_format({**look, "valign": "top", "text_wrap": True}),
                (DAY, missing): book.add_format({**look, "num_format": "dd/mm/yyyy"}),
                (AMOUNT, missing): book.add_format({**look, **money}),
            }
        sheet = book.add_worksheet(self.env._("File"))
        write_facts(sheet, self.describe_subject(), self.get_facts(), self.formats)
        self.write_sheet(book, self.env._("Evidence"), self.get_piece_columns(), self.listed)
        if self.pieces.claim:
            lines = self.pieces.claim.line_ids
            self.write_sheet(book, self.env._("Claim"), self.get_claim_columns(), lines)
        self.write_sheet(book, self.env._("Costs"), self.get_cost_columns(), self.walk_costs())
        if self.evidence.scope == "all":
            self.write_sheet(
                book, self.env._("Presences"), self.get_presence_columns(), self.walk_presences()
            )

    def write_sheet(self, book, title, columns, rows):
        """:param columns: list of (title, width, kind, what a row says there)"""
        sheet = book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        lay_out(sheet)
        sheet.repeat_rows(0)
        for place, (_title, width, _kind, _value) in enumerate(columns):
            sheet.set_column(place, place, width)
        sheet.set_row(0, 32)
        for place, (name, _width, _kind, _value) in enumerate(columns):
            sheet.write_string(0, place, name, self.formats["head"])
        line = 0
        for line, row in enumerate(rows, start=1):
            missing = isinstance(row, Listed) and (row.piece.is_missing or row.is_altered)
            for place, (_title, _width, kind, value) in enumerate(columns):
                self.write_cell(sheet, (line, place), kind, value(row), missing)
        if line:
            sheet.autofilter(0, 0, line, len(columns) - 1)

    def write_cell(self, sheet, where, kind, value, missing):
        look = self.formats[kind, missing]
        if value is None or value is False or value == "":
            sheet.write_blank(*where, None, look)
        elif kind == DAY:
            sheet.write_datetime(*where, value, look)
        elif kind == AMOUNT:
            sheet.write_number(*where, float(value), look)
        else:
            sheet.write_string(*where, str(value), look)

    def get_piece_columns(self):
        folders = self.get_folder_names()
        return [
            (self.env._("No."), 7, TEXT, lambda row: row.number),
            (self.env._("Folder"), 26, TEXT, lambda row: folders[row.piece.folder]),
            (self.env._("What It Is"), 46, TEXT, lambda row: row.piece.title),
            (self.env._("Person"), 24, TEXT, lambda row: row.piece.person),
            (self.env._("Date"), 12, DAY, lambda row: row.piece.day),
            (self.env._("Amount"), 12, AMOUNT, lambda row: row.piece.amount),
            (self.env._("Status"), 16, TEXT, self.get_status),
            (self.env._("Note"), 40, TEXT, self.get_note),
            (self.env._("Document"), 44, TEXT, lambda row: row.added and row.added.path),
            (self.env._("Name in Odoo"), 30, TEXT, lambda row: row.name),
            ("SHA-256", 66, TEXT, lambda row: row.added and row.added.sha256),
        ]

    def walk_costs(self):
        for batch in self.pieces.walk("coworking.cost", self.pieces.cost_ids):
            yield from batch

    def sum_claimed(self):
        """What the claim asks of each cost.

        :return: dict id of a cost -> amount
        """
        lines = self.env["coworking.claim.line"]._read_group(
            [("claim_id", "=", self.pieces.claim.id)], ["cost_id"], ["amount:sum"]
        )
        return {cost.id: amount for cost, amount in lines}

    def get_share(self, cost):
        """What the claim asks of a cost, or the agreement takes of it, or of a person all
        agreements together.
        """
        if self.pieces.claim:
            return self.asked.get(cost.id)
        wanted = self.pieces.agreement or cost.allocation_ids.agreement_id
        shares = cost.allocation_ids.filtered(lambda share: share.agreement_id in wanted)
        return sum(shares.mapped("amount_effective"))

    def get_cost_columns(self):
        kinds = dict(self.env["coworking.cost"]._fields["kind"]._description_selection(self.env))
        return [
            (self.env._("Date"), 12, DAY, lambda cost: cost.date),
            (self.env._("Bill"), 24, TEXT, lambda cost: cost.move_id.name),
            (
                self.env._("Supplier"),
                30,
                TEXT,
                lambda cost: self.pieces.get_supplier(cost.partner_id),
            ),
            (self.env._("Type"), 16, TEXT, lambda cost: kinds.get(cost.kind)),
            (
                self.env._("Person"),
                24,
                TEXT,
                lambda cost: self.pieces.get_name(cost.participant_id),
            ),
            (self.env._("Served From"), 12, DAY, lambda cost: cost.date_from),
            (self.env._("Served To"), 12, DAY, lambda cost: cost.date_to),
            (self.env._("Amount"), 12, AMOUNT, lambda cost: cost.amount),
            (self.env._("Paid"), 12, AMOUNT, lambda cost: cost.paid_amount),
            (self.env._("Paid On"), 12, DAY, lambda cost: cost.date_paid),
            (self.env._("Share of the Funder"), 14, AMOUNT, self.get_share),
        ]

    def get_claim_columns(self):
        """The lines as they were sent: values that never change, with no name of a person."""
        sent = [name for name in FROZEN_FIELDS if name != "override_codes"]
        names = (*sent, "amount_admitted", "override_reason")
        said = self.env["coworking.claim.line"]._get_missing_words()
        fields = self.env["coworking.claim.line"]._fields
        labels = self.env["coworking.claim.line"].fields_get(names, ["string"])
        kinds = {"date": DAY, "monetary": AMOUNT}

        def say(line, name):
            veiled = name == "supplier_name" and self.pieces.is_veiled(line.cost_id.partner_id)
            veiled |= name == "override_reason" and self.pieces.is_token
            return "" if veiled else line[name]

        columns = [
            (
                labels[name]["string"],
                16,
                kinds.get(fields[name].type, TEXT),
                lambda line, name=name: say(line, name),
            )
            for name in names
        ]
        # codes, of which people read the words
        without = self.env._("Sent Without")
        columns.insert(
            -1,
            (
                without,
                24,
                TEXT,
                lambda line: ", ".join(said[code] for code in (line.override_codes or "").split()),
            ),
        )
        return columns

    def walk_presences(self):
        for batch in self.pieces.walk("coworking.presence", self.pieces.get_presences()):
            yield from batch

    def get_presence_columns(self):
        said = {}
        for name in ("slot", "state", "source", "participant_state", "participant_source"):
            said[name] = dict(
                self.env["coworking.presence"]._fields[name]._description_selection(self.env)
            )

        def say(name):
            return lambda row: said[name].get(row[name])

        return [
            (
                self.env._("Person"),
                24,
                TEXT,
                lambda row: self.pieces.get_name(row.participant_id),
            ),
            (self.env._("Date"), 12, DAY, lambda row: row.date),
            (self.env._("Half-day"), 12, TEXT, say("slot")),
            (self.env._("Space"), 30, TEXT, lambda row: row.seat_id.space_id.name),
            (self.env._("The Space Says"), 14, TEXT, say("state")),
            (self.env._("Recorded By"), 26, TEXT, say("source")),
            (self.env._("The Person Signed"), 14, TEXT, say("participant_state")),
            (
                self.env._("Signed On"),
                20,
                TEXT,
                lambda row: (
                    row.participant_signed_at
                    and self.pieces.format_moment(row.participant_signed_at)
                ),
            ),
            (self.env._("How"), 18, TEXT, say("participant_source")),
        ]
