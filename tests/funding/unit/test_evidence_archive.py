"""The archive of evidence: names that lead nowhere else, fingerprints that verify anywhere, and a
size that memory does not follow.
"""

import hashlib
import io
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import coworking_evidence_archive as ea
import pytest
from hypothesis import given
from hypothesis import strategies as st

MOMENT = datetime(2015, 9, 1, 12, 30)
HOSTILE = [
    *("../../etc/passwd", "..\\..\\windows\\system32", "/etc/shadow", "C:\\boot.ini", "con", "NUL"),
    *("a\x00b.pdf", "<img src=x onerror=alert(1)>.pdf", "‮fdp.exe", "x" * 400, "", " . ", "é" * 90),
    *('a:b*c?d|e"f<g>', "fichier\nsuite", "-rf", "=cmd|'/c calc'!A1", "日本語"),
]
WINDOWS_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def sealed(*pieces):
    stream = io.BytesIO()
    archive = ea.Archive(stream, MOMENT)
    for folder, title, content in pieces:
        archive.add(archive.make_path(folder, title, "txt"), [content])
    archive.close()
    return zipfile.ZipFile(stream)


def assert_harmless(path):
    assert re.fullmatch(r"[0-9a-z_]+/\d{4,}_[A-Za-z0-9_-]+\.[a-z0-9]{1,5}", path), path
    assert not WINDOWS_DEVICES.match(path.rpartition("/")[2])
    assert len(path) < 120


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_leads_out_of_the_archive(title, tmp_path):
    book = sealed(("04_factures", title, b"one"), ("04_factures", title, b"two"))
    *paths, sums = book.namelist()
    assert sums == ea.SUMS
    assert len({path.lower() for path in paths}) == 2
    for path in paths:
        assert_harmless(path)
    book.extractall(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"04_factures", ea.SUMS}


@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=30))
def test_whatever_a_file_is_called_its_path_is_harmless(title, name, mimetype):
    archive = ea.Archive(io.BytesIO(), MOMENT)
    assert_harmless(archive.make_path("04_factures", title, ea.safe_extension(name, mimetype)))


@pytest.mark.parametrize(
    ("name", "mimetype", "ending"),
    [
        ("bill.PDF", "", "pdf"),
        ("bill", "application/pdf", "pdf"),
        ("archive.tar.gz", "application/gzip", "gz"),
        ("x.p/../d", "", "bin"),
        ("x.averylongending", "image/svg+xml", "bin"),
        (False, False, "bin"),
    ],
)
def test_a_file_ends_as_it_did_or_as_what_it_is(name, mimetype, ending):
    assert ea.safe_extension(name, mimetype) == ending


def test_a_name_says_what_it_is_in_letters_that_any_system_reads():
    assert ea.safe_name("Émargement n° 3 / été") == "Emargement-n-3-ete"
    assert ea.safe_name("日本語") == "document"


def test_nothing_is_put_twice_under_one_name():
    archive = ea.Archive(io.BytesIO(), MOMENT)
    archive.add("a.txt", [b""])
    with pytest.raises(ValueError, match=r"a\.txt"):
        archive.add("a.txt", [b""])


def test_an_empty_folder_and_sha256sum_are_enough_to_verify_it(tmp_path):
    sealed(("04_factures", "Été", b"bill"), ("05_paiements", "x", b"")).extractall(tmp_path)
    command = [shutil.which("sha256sum"), "-c", "--strict", ea.SUMS]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout.count(": OK") == 2
    (tmp_path / "04_factures/0001_Ete.txt").write_bytes(b"Bill")
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert told.returncode == 1


def test_the_same_pieces_make_the_same_archive():
    """Nothing of the machine or of the minute is in it."""
    made = []
    for _time in range(2):
        stream = io.BytesIO()
        archive = ea.Archive(stream, MOMENT)
        archive.add("a.txt", [b"one", b"two"])
        archive.close()
        made.append(hashlib.sha256(stream.getvalue()).hexdigest())
    assert made[0] == made[1]


def test_a_file_that_is_gone_says_so_before_anything_is_written(tmp_path):
    with pytest.raises(OSError, match="gone"):
        ea.read_chunks(tmp_path / "gone")


SCRIPT = """
import importlib.util, os, sys
from datetime import datetime
spec = importlib.util.spec_from_file_location("ea", sys.argv[1])
ea = importlib.util.module_from_spec(spec)
spec.loader.exec_module(ea)
target, count, size = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
with open(target, "wb+") as stream:
    archive = ea.Archive(stream, datetime(2015, 9, 1))
    block = os.urandom(1 << 16)
    for number in range(count):
        path = archive.make_path("04_factures", f"Bill {number}", "pdf")
        archive.add(path, (block for _ in range(size >> 16)))
        print(number, flush=True)
    archive.close()
"""


def run_apart(target, count, size, **options):
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, ea.__file__, str(target), str(count), str(size)],
        stdout=subprocess.PIPE,
        **options,
    )


def test_2000_documents_take_no_more_memory_than_a_few(tmp_path):
    """200 MB of documents in a process that may have 64 MB more than Python itself."""

    def bound():
        resource.setrlimit(resource.RLIMIT_DATA, (64 << 20, 64 << 20))

    target = tmp_path / "evidence.zip"
    process = run_apart(target, 2000, 100 << 10, preexec_fn=bound)
    process.communicate()
    assert process.returncode == 0
    assert target.stat().st_size > 2000 * (64 << 10)
    with zipfile.ZipFile(target) as book:
        assert len(book.namelist()) == 2001


def test_one_that_is_killed_is_no_archive(tmp_path):
    """Only the last write makes it whole: nobody takes the half of one for one."""
    target = tmp_path / "evidence.zip"
    process = run_apart(target, 10**6, 1 << 16)
    for _line in zip(range(50), process.stdout, strict=False):
        pass
    os.kill(process.pid, signal.SIGKILL)
    process.stdout.close()
    process.wait()
    assert Path(target).stat().st_size
    assert not zipfile.is_zipfile(target)
