"""The archive of a file of evidence: written piece by piece to the disk, never whole in memory,
with the fingerprint of each piece; it opens, and verifies with ``sha256sum -c``, anywhere.

Names within are made here, never what somebody called a file: they are plain ASCII, unique, lead
nowhere else, and any system can read them.
"""

import hashlib
import re
import unicodedata
import zipfile
from collections import Counter
from typing import NamedTuple

CHUNK = 1 << 20
SUMS = "SHA256SUMS"
# Packing these again takes time and saves nothing.
PACKED = {"gif", "jpeg", "jpg", "pdf", "png", "webp", "xlsx", "zip"}
LONGEST_NAME = 60
# Odoo notes the size of a file in 4 bytes.
MOST_BYTES = (1 << 31) - 1


class Added(NamedTuple):
    """A piece as it stands in the archive."""

    path: str
    size: int
    sha256: str
    sha1: str


def safe_name(text):
    """What is left of a text as a part of a file name: letters, digits, ``-``, ``_``; never empty.

    >>> safe_name("Émargement n° 3 / été")
    'Emargement-n-3-ete'
    """
    plain = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode()
    return (
        re.sub(r"[^A-Za-z0-9_]+", "-", plain).strip("-_")[:LONGEST_NAME].strip("-_") or "document"
    )


def safe_extension(name, mimetype=""):
    """How the name of a file ends, or else what kind of file it is, or ``bin``; lower case."""
    ending = re.search(r"\.([A-Za-z0-9]{1,5})$", name or "")
    kind = re.fullmatch(r"[a-z]+/([a-z0-9]{1,5})", mimetype or "")
    return (ending or kind)[1].lower() if ending or kind else "bin"


def read_chunks(path):
    """A file of the disk, piece by piece.

    :raise OSError: it is not there, before the first piece is asked for
    """
    file = open(path, "rb")  # noqa: SIM115

    def read():
        with file:
            while chunk := file.read(CHUNK):
                yield chunk

    return read()


def hash_file(path):
    """:return: (size, SHA-256, SHA-1) of a file of the disk"""
    sha256, sha1, size = hashlib.sha256(), hashlib.sha1(usedforsecurity=False), 0
    for chunk in read_chunks(path):
        sha256.update(chunk)
        sha1.update(chunk)
        size += len(chunk)
    return size, sha256.hexdigest(), sha1.hexdigest()


class Archive:
    """One archive under way. Only ``close``, or the end of its block, makes it whole."""

    def __init__(self, stream, moment):
        """:param moment: naive datetime that all pieces bear"""
        self.zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED)
        self.moment = moment.timetuple()[:6]
        self.added = {}  # path -> Added
        self.numbers = Counter()  # folder -> how many paths were made for it

    def __enter__(self):
        return self

    def __exit__(self, error, *_others):
        if error:
            self.zip.close()  # given up, while its file is still open
        else:
            self.close()

    def make_path(self, folder, title, ending):
        """A path that nothing else in the archive has, whatever the title says."""
        self.numbers[folder] += 1
        return f"{folder}/{self.numbers[folder]:04d}_{safe_name(title)}.{ending}"

    def add(self, path, chunks, size=0):
        """
        :param chunks: iterable of bytes
        :param size: how many about, where they may be more than 2 GB
        """
        if path in self.added:
            raise ValueError(f"{path} is in the archive already")
        info = zipfile.ZipInfo(path, self.moment)
        info.create_system, info.external_attr, info.file_size = 3, 0o644 << 16, size
        packed = path.rpartition(".")[2] in PACKED
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        sha256, sha1, written = hashlib.sha256(), hashlib.sha1(usedforsecurity=False), 0
        with self.zip.open(info, "w") as target:
            for chunk in chunks:
                target.write(chunk)
                sha256.update(chunk)
                sha1.update(chunk)
                written += len(chunk)
        self.added[path] = Added(path, written, sha256.hexdigest(), sha1.hexdigest())
        return self.added[path]

    def close(self):
        """Write the fingerprints of all that is in, as ``sha256sum -c`` takes them."""
        lines = [f"{added.sha256}  {path}\n" for path, added in self.added.items()]
        self.add(SUMS, ["".join(lines).encode()])
        self.zip.close()
