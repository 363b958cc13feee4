"""The purge on the demonstration's data, searched as its dump would be."""

import io
import os
import zipfile
from datetime import timedelta
from unittest.mock import patch

from reportlab.pdfgen import canvas

from odoo import fields
from odoo.tests import TransactionCase, tagged

from odoo.addons.coworking_incubation.tools import phone_key, plain_words

from .canary import find_in_database, find_in_filestore
from .common import make_signed_on
from .purge_case import PNG


@tagged("post_install", "-at_install")
class TestPurgeDemo(TransactionCase):
    # Where a word of somebody's name must stay, nowhere else may it: customers of co-payments,
    # whom accounting documents say, which are kept ten years.
    EVIDENCE = {
        ("res_partner", "name"),
        ("res_partner", "complete_name"),
        ("account_move", "invoice_partner_display_name"),
    }
    # What funders may ask for, as long as agreements say: the signature, what was signed.
    SIGNED = {
        ("coworking_attendance_signature", "name"),
        ("coworking_attendance_signature", "content"),
        ("coworking_hosting", "body"),
    }
    # Where a name is somebody else's, whoever is in the demonstration.
    OF_ODOO = {
        "ir_model_fields_selection",  # time zones: America/St_Thomas
        "ir_module_module",  # who wrote a module
        "res_bank",  # banks of many countries
        "res_country_state",  # provinces: Thái Nguyên
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.env["coworking.program"].search([("code", "=", "INC")])
        cls.program.retention_confirmed_on = "2015-01-01"

    def _rare_words(self, file):
        """Words of a name that nobody and nothing else in the demonstration has."""
        mine = set(plain_words(file.partner_id.name))
        partners = self.env["res.partner"].with_context(active_test=False).search([])
        names = (partners - file.partner_id).mapped("name")
        names += self.env["coworking.attendance"].search([("name", "!=", False)]).mapped("name")
        others = {word for name in names for word in plain_words(name)}
        return sorted(word for word in mine - others if len(word) > 3)

    def _pay_all(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'paid' WHERE state != 'cancel'"
            " AND move_type != 'entry' AND COALESCE(payment_state, '') != 'reversed'"
        )
        self.env.cr.execute("UPDATE coworking_participant SET pending_changes = 0")
        self.env.cr.execute("UPDATE coworking_participant SET purge_notice_on = CURRENT_DATE - 31")
        self.env.cr.execute("UPDATE mail_message SET date = '2015-12-31'")
        self.env.invalidate_all()

    def _purge_all(self):
        rows = self.env["coworking.retention"].search(
            [("program_id", "=", self.program.id), ("status", "=", "due")]
        )
        files = rows.participant_id
        people = {
            file: (
                file.partner_id,
                self._rare_words(file),
                file.partner_id.email,
                phone_key(file.partner_id.phone),
            )
            for file in files
        }
        participants = self.env["coworking.participant"]
        participants._purge_files(files.ids)
        participants._purge_registrations(participants._find_registrations())
        return people

    def test_who_was_there_in_2015_is_found_nowhere_but_in_evidence(self):
        self._pay_all()
        people = self._purge_all()
        self.assertGreater(len(people), 20)
        words = {word for __, rare, email, __ in people.values() for word in (*rare, email)}
        words = sorted(filter(None, words))
        phones = sorted({phone for *__, phone in people.values()} - {False})
        self.assertGreater(len(words), 40)
        self.assertGreater(len(phones), 20)
        found = self._find_names(words, phones)
        self.assertFalse(sorted(row for row in found if row[:2] not in self.EVIDENCE))
        self.assertFalse(find_in_filestore(self.env, words, phones))
        # and of nobody else than of whom the log says so
        logged = self.env["coworking.purge"].search(
            [("contact", "=", "billed"), ("participant_id", "in", [file.id for file in people])]
        )
        billed = {people[file][0].id for file in logged.participant_id if people[file][1]}
        self.assertGreater(len(billed), 5)
        invoices = self.env["account.move"].search([("partner_id", "in", list(billed))])
        for table, ids in (("res_partner", billed), ("account_move", {*invoices.ids})):
            named = {row[2]: row[3] for row in found if row[0] == table}
            self.assertEqual({*named}, ids, f"names that stay in {table}: {named}")

    def test_what_was_signed_in_2015_stays_until_no_funder_may_ask_for_it(self):
        agreements = self.program.sudo().agreement_ids
        today = fields.Date.context_today(self.program)
        agreements.evidence_until = today + timedelta(days=100)
        self._pay_all()
        row, hosting, words = self._sign()
        signed = {*row.participant_id, *hosting.participant_id}
        self.assertLess(signed, self._purge_all().keys())
        found = self._find_names(words, ())
        self.assertEqual({row[:2] for row in found} - self.EVIDENCE, self.SIGNED)
        document = hosting.sealed_attachment_id
        self.assertEqual(find_in_filestore(self.env, words), [document.store_fname])
        # not a day longer
        participants = self.env["coworking.participant"]
        agreements.evidence_until = today - timedelta(days=1)
        self.env.flush_all()
        self.assertLessEqual({file.id for file in signed}, {*participants._find_evidence_over()})
        participants._purge_evidence([file.id for file in signed])
        self.env.invalidate_all()
        found = self._find_names(words, ())
        self.assertEqual({row[:2] for row in found} - self.EVIDENCE, set())
        self.assertFalse(find_in_filestore(self.env, words))

    def _sign(self):
        """Somebody signs an appointment of 2015, somebody else the agreement of their seat."""
        due = self.env["coworking.retention"].search(
            [("program_id", "=", self.program.id), ("status", "=", "due")]
        )
        files = due.participant_id.filtered(self._rare_words)
        row = self.env["coworking.attendance"].search(
            [("participant_id", "in", files.ids), ("state", "=", "present")], limit=1
        )
        seat = (files - row.participant_id).seat_ids.filtered("date_end")[0]
        words = [self._rare_words(file)[0] for file in (row.participant_id, seat.participant_id)]
        with patch.object(type(row), "_check_may_be_signed"):  # the month was open then
            row._take_signature(PNG, "tablet", self.env.user.partner_id)
        self.assertTrue(row.signature_ids)
        make_signed_on(row, "2015-06-30")
        self._set_state(seat, "active")  # as it was then
        hosting = self.env["coworking.hosting"].create({"seat_id": seat.id})
        page = io.BytesIO()
        drawn = canvas.Canvas(page)
        drawn.drawString(100, 700, seat.participant_id.partner_id.name)
        drawn.save()
        hosting._seal_document(page.getvalue(), "pdf")
        self._set_state(seat, "ended")
        self.env.cr.execute("UPDATE mail_message SET date = '2015-12-31'")
        self.env.invalidate_all()
        return row, hosting, words

    def _set_state(self, seat, state):
        self.env.flush_all()
        self.env.cr.execute("UPDATE coworking_seat SET state = %s WHERE id = %s", [state, seat.id])
        self.env.invalidate_all()

    def _find_names(self, words, phones):
        of_time_zones = self.env["ir.model.data"].search(
            [("model", "=", "ir.model.fields.selection")]
        )
        return [
            row
            for row in find_in_database(self.env, words, phones)
            if row[0] not in self.OF_ODOO
            and not (row[0] == "ir_model_data" and row[2] in of_time_zones.ids)
        ]

    def test_files_are_read_whenever_they_were_written_and_whatever_packs_them(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", "Zéphyrine " * 20)
        sheet = self.env["ir.attachment"].create({"name": "Sheet", "raw": packed.getvalue()})
        os.utime(sheet._full_path(sheet.store_fname), (0, 0))
        self.assertEqual(find_in_filestore(self.env, ["zephyrine"]), [sheet.store_fname])

    def test_the_figures_of_2015_stay_the_same(self):
        self._pay_all()
        before = self._figures()
        self.assertTrue(self._purge_all())
        self.env.invalidate_all()
        self.assertEqual(self._figures(), before)
        books = self.env["coworking.books"]
        findings = books._check()
        self.assertFalse(findings, books._to_text(findings))

    def _figures(self):
        self.env.flush_all()
        self.env.invalidate_all()
        mine = [("program_id", "=", self.program.id)]
        env = self.env
        return [
            self.program.read(
                [
                    "participant_count",
                    "dynamic_exit_rate",
                    "exit_count",
                    "met_15_rate",
                    "seat_count",
                ]
            ),
            env["coworking.funnel"].search(mine).mapped(lambda row: (row.phase, row.files)),
            env["coworking.attendance"]._read_group(mine, ["kind", "state"], ["__count"]),
            env["coworking.charge"]._read_group(
                mine, ["period:month", "space_id"], ["amount_total:sum", "funded_amount:sum"]
            ),
            env["coworking.participant"]._read_group(
                mine, ["date_entry:month", "exit_category", "prescriber_id"], ["__count"]
            ),
            env["coworking.statement"]
            .search(mine)
            .mapped(lambda row: (row.name, row.amount_total, row.payable_total)),
        ]
