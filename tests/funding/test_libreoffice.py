"""Each of our workbooks opens in LibreOffice, which finds the same results for the formulas."""

import datetime
import io
import subprocess
import tempfile
from pathlib import Path

import openpyxl

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..common import COORDINATOR, JUNE, SENSITIVE, d
from .common import FundingCase

# Whoever wrote a file, its formulas are computed anew.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item
 oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
 oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
TIMEOUT = 120


def save_with_libreoffice(books):
    """
    :param books: dict name -> bytes of an XLSX file
    :return: the same, opened and saved by LibreOffice
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "profile" / "user").mkdir(parents=True)
        (root / "profile" / "user" / "registrymodifications.xcu").write_text(PROFILE)
        paths = [root / f"{name}.xlsx" for name in books]
        for path, content in zip(paths, books.values(), strict=True):
            path.write_bytes(content)
        subprocess.run(
            [
                "soffice",
                "--headless",
                f"-env:UserInstallation=file://{root}/profile",
                *("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", root / "saved"),
                *paths,
            ],
            check=True,
            capture_output=True,
            timeout=TIMEOUT,
        )
        return {name: (root / "saved" / f"{name}.xlsx").read_bytes() for name in books}


def read_cells(content):
    """dict (sheet, place) -> value, as it is shown; empty ones left out"""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return {
        (sheet.title, cell.coordinate): normal(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }


def normal(value):
    if isinstance(value, int | float) and not isinstance(value, bool):
        return round(float(value), 6)
    if isinstance(value, datetime.datetime):
        return value.replace(microsecond=0)
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


@tagged("post_install", "-at_install")
class TestLibreOffice(FundingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 50.0)
        cls._pay(cls._new_bill("Camille", "=1+1"))
        cls._refresh()
        cls.reader = new_test_user(
            cls.env,
            login="t_libreoffice",
            groups=f"{COORDINATOR},{SENSITIVE},coworking_incubation.group_coworking_export",
            company_id=cls.company.id,
        )

    def test_every_workbook_opens_and_its_formulas_come_to_what_we_say(self):
        books = {
            "activity": self._make_activity(),
            "participants": self._make_participants(),
            "finance": self._make_finance(),
            "bills": self._make_bills(),
            "reconciliation": self.env["coworking.reconciliation"]._make_workbook(
                self.program, JUNE
            ),
        }
        saved = save_with_libreoffice(books)
        for name, content in books.items():
            with self.subTest(workbook=name):
                ours = read_cells(content)
                self.assertGreater(len(ours), 5)
                self.assertEqual(read_cells(saved[name]), ours)

    def _make_activity(self):
        report = self.env["coworking.report"].create(
            {
                "program_ids": [Command.set(self.program.ids)],
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
            }
        )
        report.action_count()
        return report._make_workbook()

    def _make_participants(self):
        mapping = self.env.ref("coworking_incubation_funding.coworking_export_mapping_research")
        files = self.env["coworking.participant"].search([("program_id", "=", self.program.id)])
        return mapping.with_user(self.reader)._make_workbook(files)

    def _make_finance(self):
        report = self.env["coworking.financial.report"].create(
            {
                "agreement_id": self.agreement.id,
                "date_from": "2015-06-01",
                "date_to": "2015-07-31",
            }
        )
        report.action_count()
        return report._make_workbook()

    def _make_bills(self):
        export = self.env["coworking.bill.export"].create(
            {"date_from": d("1/7"), "date_to": d("31/7")}
        )
        return export._make_file("xlsx")[0]
