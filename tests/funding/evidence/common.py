"""Evidence of a month that was settled, billed and paid, read as an auditor reads it: from the
archive alone.
"""

import base64
import io
import re
import shutil
import subprocess
import tempfile
import zipfile
from html import unescape
from pathlib import Path

import openpyxl

from odoo import Command
from odoo.tests import new_test_user

from ...agenda.test_signatures import PNG
from ...common import COORDINATOR, picture
from ...trust.test_sensitive_traces import EXPORT
from ..common import FundingCase

PDF = b"%PDF-1.4 sealed "


class EvidenceCase(FundingCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        # an archive speaks the language of its organisation
        cls.company.partner_id.lang = "en_US"
        cls.chief = new_test_user(
            cls.env, "t_chief", f"{COORDINATOR},{EXPORT}", company_id=cls.company.id
        )
        cls.camille = cls._new_participant(
            "Camille Martin", date_entry="2015-06-01", email="camille@example.org"
        )
        cls.agreement = cls._new_agreement("PLIE-1", 50.0, evidence_until="2045-12-31")
        cls._file(cls.agreement, "convention.pdf", PDF + b"agreement")
        cls.bill = cls._new_bill(cls.camille)
        cls._file(cls.bill, "facture Camille.pdf", PDF + b"bill")
        cls.payment = cls._pay(cls.bill)
        cls._file(cls.payment, "releve.pdf", PDF + b"bank")
        criterion = cls.env["coworking.criterion"].create({"name": "RSA", "keep_copy": True})
        cls.proof = cls.env["coworking.proof"].create(
            {
                "participant_id": cls.camille.id,
                "criterion_id": criterion.id,
                "date_seen": "2015-05-20",
                "copy_file": base64.b64encode(PDF + b"proof"),
                "copy_filename": "rsa.pdf",
            }
        )
        cls._refresh()

    @classmethod
    def _file(cls, record, name, content):
        return cls.env["ir.attachment"].create(
            {"name": name, "raw": content, "res_model": record._name, "res_id": record.id}
        )

    @classmethod
    def _scan(cls, person):
        """The photographed sheet of June, from which the presences of a person were typed."""
        scan = cls.env["coworking.presence.scan"].create(
            {
                "space_id": cls.space.id,
                "date_from": "2015-06-01",
                "file": base64.b64encode(picture(color=(9, 9, 9))),
                "file_name": "IMG_2015.jpg",
            }
        )
        presences = cls.env["coworking.presence"].search([("participant_id", "=", person.id)])
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE coworking_presence SET scan_id = %s WHERE id IN %s",
            [scan.id, tuple(presences.ids)],
        )
        cls.env.invalidate_all()
        return scan

    def _correct_all(self):
        """As once the next months are billed: who has something to correct there is not over."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE coworking_participant SET pending_changes = 0")
        self.env.invalidate_all()

    def _sign_attendance(self, person):
        """A workshop of October, at which a person signed on the tablet."""
        event = self.env["calendar.event"].create(
            {
                "name": "Workshop",
                "start": "2015-10-15 07:00:00",
                "stop": "2015-10-15 09:00:00",
                "coworking_kind": "collective",
                "coworking_program_id": self.program.id,
                "user_id": self.accompanist.id,
                "partner_ids": [Command.set(self.accompanist.partner_id.ids)],
            }
        )
        attendance = self.env["coworking.attendance"].create(
            {"event_id": event.id, "participant_id": person.id}
        )
        attendance.with_user(self.accompanist).write({"signature": PNG})
        return attendance

    def _make(self, subject=None, user=None, scope="all", names="clear"):
        """As the dialog does."""
        subject = subject or self.agreement
        kind, name = {
            "coworking.funding.agreement": ("agreement", "agreement_id"),
            "coworking.claim": ("claim", "claim_id"),
            "coworking.participant": ("person", "participant_id"),
        }[subject._name]
        wizard = (
            self.env["coworking.evidence.make"]
            .with_user(user or self.chief)
            .with_context(**{"default_kind": kind, f"default_{name}": subject.id})
            .create({"scope": scope, "names": names})
        )
        wizard.action_seal()
        return self.env["coworking.evidence"].search([], order="id desc", limit=1)

    def _open(self, evidence, user=None):
        """What somebody who takes it out has, unpacked in an empty folder.

        :return: path of the folder
        """
        archive = evidence.with_user(user or self.chief)._open_archive()
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        with zipfile.ZipFile(io.BytesIO(archive.raw)) as book:
            self.assertIsNone(book.testzip())
            book.extractall(folder)
        return folder

    def _verify(self, folder):
        """``sha256sum`` in a process that knows nothing of Odoo.

        :return: how many documents it verified
        """
        told = subprocess.run(
            [shutil.which("sha256sum"), "-c", "--strict", "SHA256SUMS"],
            cwd=folder,
            env={"LC_ALL": "C"},
            capture_output=True,
            text=True,
        )
        self.assertEqual(told.returncode, 0, told.stderr)
        return told.stdout.count(": OK")

    def _files(self, folder, start=""):
        """Content of each document whose path begins so, by path."""
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and str(path.relative_to(folder)).startswith(start)
        }

    def _index(self, folder):
        """What the page says, as text."""
        page = (folder / "index.html").read_text()
        page = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())

    def _sheet(self, folder, sheet):
        """Rows of a sheet of the workbook as dicts."""
        book = openpyxl.load_workbook(folder / "liste.xlsx", read_only=True)
        head, *rows = book[sheet].iter_rows(values_only=True)
        return [dict(zip(head, row, strict=True)) for row in rows]
