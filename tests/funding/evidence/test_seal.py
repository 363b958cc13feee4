"""A file of evidence never changes, is taken out by few, and leaves a trace each time."""

import os
import tracemalloc
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.coworking_incubation_funding import evidence_archive
from odoo.addons.coworking_incubation_funding.models.evidence import coworking_evidence_seal
from odoo.addons.coworking_incubation_funding.models.evidence.evidence_writer import EvidenceWriter

from ...common import COORDINATOR
from ...trust.common import AuditCase
from ...trust.test_sensitive_traces import EXPORT
from .common import PDF, EvidenceCase


class SealCase(EvidenceCase):
    def _count_parts(self):
        """Files in the filestore that no attachment is of, and that were written just now."""
        attachments = self.env["ir.attachment"]
        root = attachments._filestore()
        self.env.cr.execute("SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL")
        known = {name for (name,) in self.env.cr.fetchall()}
        return [
            name
            for folder, _folders, names in os.walk(root)
            for name in names
            if "checklist" not in folder
            and len(name) == 32  # as uuid.hex; Odoo's are SHA-1
            and f"{os.path.basename(folder)}/{name}" not in known
        ]


@tagged("post_install", "-at_install")
class TestSealed(SealCase):
    def test_nothing_of_it_changes_whoever_writes(self):
        evidence = self._make()
        for values in (
            {"digest": "0" * 64},
            {"state": "waiting"},
            {"state": "gone"},
            {"missing": "nothing"},
            {"sealed_on": "2015-01-01 00:00:00"},
            {"document_count": 0},
        ):
            with self.subTest(values=values):
                with self.assertRaises(AccessError):
                    evidence.with_user(self.chief).write(values)
                with self.assertRefused("never changed", error=ValidationError):
                    evidence.sudo().write(values)

    def test_it_is_found_by_what_it_is_of(self):
        evidence = self._make()
        model = evidence.with_user(self.chief)
        self.assertIn(evidence.id, [found for found, __ in model.name_search("PLIE-1")])
        self.assertFalse(model.name_search("PLIE-2"))
        for reference, is_found in (("PLIE-1", False), ("PLIE-2", True)):
            found = model.search([("name", "not ilike", reference)])
            self.assertEqual(evidence in found, is_found, reference)

    def test_a_dialog_opened_without_its_record_is_empty(self):
        for name in ("coworking.evidence.make", "coworking.claim.receive"):
            dialog = self.env[name].with_user(self.chief)
            self.assertTrue(dialog.onchange({}, [], dict.fromkeys(dialog.fields_get(), {})))

    def test_no_query_reaches_it(self):
        evidence = self._make()
        self.env.flush_all()
        for query in (
            SQL("UPDATE coworking_evidence SET digest = '' WHERE id = %s", evidence.id),
            SQL("DELETE FROM coworking_evidence WHERE id = %s", evidence.id),
            SQL("TRUNCATE coworking_evidence CASCADE"),
            SQL("DELETE FROM coworking_evidence_agreement_rel WHERE evidence_id = %s", evidence.id),
            *(
                SQL(
                    "UPDATE ir_attachment SET %s WHERE res_model = %s AND res_id = %s",
                    SQL(change),
                    evidence._name,
                    evidence.id,
                )
                for change in (
                    "store_fname = 'x/y'",
                    "res_id = 0",
                    "public = true",
                    "checksum = ''",
                )
            ),
            SQL(
                "DELETE FROM ir_attachment WHERE res_model = %s AND res_id = %s",
                evidence._name,
                evidence.id,
            ),
        ):
            with (
                self.subTest(query=query.code),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
            ):
                self.env.cr.execute(query)

    def test_its_archive_moves_to_where_files_are_kept_from_now_on(self):
        evidence = self._make()
        archive = evidence._get_archive()
        content = archive.raw
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        archive._migrate()
        self.env.flush_all()
        archive.invalidate_recordset()
        self.assertFalse(archive.store_fname)
        self.assertEqual(archive.raw, content)
        self.assertEqual(evidence.with_user(self.chief)._open_archive(), archive)
        for change in ("db_datas = 'other'", "store_fname = '00/other'", "mimetype = 'text/html'"):
            with (
                self.subTest(change),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
            ):
                self.env.cr.execute(
                    SQL("UPDATE ir_attachment SET %s WHERE id = %s", SQL(change), archive.id)
                )

    def test_nothing_else_moves_to_the_database_in_its_place(self):
        archive = self._make()._get_archive()
        for content in ("'other'", "NULL"):
            with (
                self.subTest(content),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
            ):
                self.env.cr.execute(
                    SQL(
                        "UPDATE ir_attachment SET store_fname = NULL, db_datas = %s WHERE id = %s",
                        SQL(content),
                        archive.id,
                    )
                )

    def test_one_that_is_made_where_files_are_not_kept_in_the_folder_goes_there(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        evidence = self._make()
        archive = evidence._get_archive()
        self.assertTrue(archive.db_datas)
        self.assertFalse(archive.store_fname)
        name = archive.checksum
        self.assertFalse(os.path.exists(archive._full_path(f"{name[:2]}/{name}")))
        self._verify(self._open(evidence))

    def test_what_an_object_store_keeps_is_read_and_sealed_there(self):
        """As with ``fs_attachment``, of which the names of files are addresses."""
        kept = {}
        bill = self._file(self.bill, "far.pdf", PDF + b"far")
        read = type(bill)._file_read
        patch_read = patch.object(
            type(bill), "_file_read", lambda self, name: kept.get(name) or read(self, name)
        )

        def move(file):
            name = f"shared://{file.checksum}"
            kept[name] = file.raw
            file.flush_recordset()
            self.env.cr.execute(
                "UPDATE ir_attachment SET store_fname = %s WHERE id = %s", [name, file.id]
            )
            file.invalidate_recordset()
            return name

        move(bill)
        with patch_read:
            evidence = self._make()
            self.assertNotIn("lost this file", evidence.missing or "")
            name = move(evidence._get_archive())
            self.assertIn(PDF + b"far", self._files(self._open(evidence)).values())
            kept[name] += b"!"
            evidence._get_archive().invalidate_recordset()
            found = self.env["coworking.books"]._check(self.company)
            self.assertEqual([(row.rule, row.record) for row in found], [("sealed", evidence)])
            with self.assertRefused("is lost, or is not the one"):
                evidence.with_user(self.chief)._open_archive()

    def test_odoo_says_why_it_stays(self):
        evidence = self._make()
        with self.assertRefused("is kept until the term"):
            evidence.sudo().unlink()
        archive = evidence._get_archive()
        for act in (archive.unlink, lambda: archive.write({"raw": b"other"})):
            with self.assertRefused("is sealed"):
                act()
        with self.assertRefused("Archive instead"):
            self.agreement.unlink()

    def test_a_newer_one_is_another(self):
        first = self._make()
        self._file(self.bill, "more.pdf", PDF + b"more")
        second = self._make()
        self.assertNotEqual(first, second)
        self.assertNotEqual(first.digest, second.digest)
        self.assertNotIn(PDF + b"more", self._files(self._open(first)).values())
        self.assertIn(PDF + b"more", self._files(self._open(second)).values())

    def test_an_archive_that_is_not_the_sealed_one_is_not_handed_out(self):
        evidence = self._make()
        archive = evidence._get_archive()
        path = archive._full_path(archive.store_fname)
        with open(path, "r+b") as file:
            file.seek(60)
            file.write(b"x")
        with self.assertRefused(evidence.digest, "backup"):
            evidence.with_user(self.chief)._open_archive()
        os.unlink(path)
        with self.assertRefused("is lost"):
            evidence.with_user(self.chief)._open_archive()

    def test_2000_documents_take_little_memory(self):
        """They are 125 MB; the list of them is what is in memory."""
        content = os.urandom(64 << 10)
        first = self._file(self.bill, "0.pdf", content)
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO ir_attachment (name, type, res_model, res_id, store_fname, file_size,
                                          checksum, mimetype, company_id)
               SELECT 'bill ' || number, 'binary', res_model, res_id, store_fname, file_size,
                      NULL, mimetype, company_id
                 FROM ir_attachment, generate_series(1, 1999) number WHERE id = %s""",
            [first.id],
        )
        self.env.invalidate_all()
        with patch.object(coworking_evidence_seal, "AT_ONCE", 5000):
            tracemalloc.start()
            evidence = self._make()
            _now, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        self.assertGreater(evidence.document_count, 2000)
        self.assertGreater(evidence.file_size, 120 << 20)
        self.assertLess(peak, 40 << 20)


@tagged("post_install", "-at_install")
class TestMaking(SealCase):
    def _wait(self):
        with patch.object(coworking_evidence_seal, "AT_ONCE", 0):
            return self._make()

    def _run(self):
        cron = self.env.ref("coworking_incubation_funding.ir_cron_seal_evidence")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_a_large_one_is_sealed_by_the_scheduled_action(self):
        trigger = self.env["ir.cron.trigger"].sudo()
        before = trigger.search_count([])
        evidence = self._wait()
        self.assertEqual(evidence.state, "waiting")
        self.assertEqual(trigger.search_count([]), before + 1)
        with self.assertRefused("not sealed yet"):
            evidence.with_user(self.chief).action_download()
        self._run()
        self.assertEqual((evidence.state, evidence.attempt_count), ("sealed", 1))
        self._verify(self._open(evidence))

    def test_what_fails_leaves_nothing_half_made_and_is_tried_again(self):
        evidence = self._wait()
        add, calls = EvidenceWriter.add_piece, []

        def fail(writer, *args):
            calls.append(args)
            if len(calls) == 3:
                raise OSError(28, "No space left on device")
            return add(writer, *args)

        with (
            patch.object(EvidenceWriter, "add_piece", fail),
            mute_logger(coworking_evidence_seal.__name__),
        ):
            self._run()
        self.assertEqual(
            (evidence.state, evidence.error, evidence.attempt_count),
            ("waiting", "No space left on device", 1),
        )
        self.assertFalse(evidence._get_archive())
        self.assertFalse(self._count_parts())
        self._run()
        self.assertEqual((evidence.state, evidence.error), ("sealed", False))

    def test_what_fails_again_and_again_is_given_up_and_asked_for_anew(self):
        evidence = self._wait()
        # three times the server stopped in the middle
        evidence.sudo().attempt_count = 3
        self._run()
        self.assertEqual(evidence.state, "failed")
        self.assertTrue(evidence.error)
        with self.assertRaises(AccessError):
            evidence.with_user(self.accountant).action_retry()
        evidence.with_user(self.chief).action_retry()
        self._run()
        self.assertEqual(evidence.state, "sealed")

    def test_what_is_larger_than_odoo_can_hold_is_refused_before_it_is_written(self):
        with (
            patch.object(evidence_archive, "MOST_BYTES", 9000),
            patch.object(EvidenceWriter, "open_part") as opened,
            self.assertRefused("2 GB", "of each claim"),
        ):
            self._make()
        opened.assert_not_called()
        self.assertFalse(self.env["coworking.evidence"].search([("state", "=", "waiting")]))

    def test_what_grew_too_large_while_it_waited_is_given_up_in_words(self):
        evidence = self._wait()
        with patch.object(evidence_archive, "MOST_BYTES", 300):
            self._run()
        self.assertEqual((evidence.state, evidence.attempt_count), ("failed", 1))
        self.assertIn("2 GB", evidence.error)
        self.assertFalse(evidence._get_archive())
        self.assertFalse(self._count_parts())

    def test_one_that_fails_keeps_no_other_from_its_turn(self):
        first, second = self._wait(), self._wait()
        write_archive = EvidenceWriter.write_archive

        def fail(writer):
            if writer.evidence.id == first.id:
                raise ValueError("Camille Martin")
            return write_archive(writer)

        with (
            patch.object(EvidenceWriter, "write_archive", fail),
            self.assertLogs(coworking_evidence_seal.__name__) as logged,
        ):
            self._run()
        self.assertEqual((first.state, second.state), ("waiting", "sealed"))
        # what an error quotes may name somebody
        self.assertEqual(first.error, "ValueError")
        self.assertNotIn("Camille", str(logged.output))

    def test_one_that_is_sealed_is_not_sealed_again(self):
        evidence = self._make()
        digest = evidence.digest
        self.assertFalse(evidence._seal())
        self.assertEqual(evidence.digest, digest)


@tagged("post_install", "-at_install")
class TestRights(SealCase, AuditCase, HttpCase):
    def _get(self, evidence, user):
        self.authenticate(user.login, f"{user.login:x<8}")
        return self.url_open(f"/coworking_incubation_funding/evidence/{evidence.id}")

    def test_who_has_the_right_takes_it_out_and_leaves_a_trace(self):
        evidence = self._make()
        made = self._rows(evidence, action="made")
        self.assertEqual((made.user_id, made.changes["sha256"]), (self.chief, evidence.digest))
        answer = self._get(evidence, self.chief)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(len(answer.content), evidence.file_size)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertNotIn("Camille", answer.headers["Content-Disposition"])
        taken = self._rows(evidence, action="exported")
        self.assertEqual((taken.user_id, taken.changes["sha256"]), (self.chief, evidence.digest))

    def test_who_has_not_the_right_neither_makes_nor_takes_one(self):
        evidence = self._make()
        for user in (self.coordinator, self.accountant, self.accompanist, self.employee):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._make(user=user)
                self.assertEqual(self._get(evidence, user).status_code, 404)
        self.assertFalse(self._rows(evidence, action="exported"))

    def test_an_accompanist_sees_none_whatever_is_in_it(self):
        self._make(), self._make(user=self.accountant, scope="money")
        with self.assertRaises(AccessError):
            self.env["coworking.evidence"].with_user(self.accompanist).search([])

    def test_who_keeps_the_books_sees_those_with_books_alone(self):
        everything = self._make()
        books = self._make(user=self.accountant, scope="money")
        theirs = self.env["coworking.evidence"].with_user(self.accountant)
        self.assertEqual(theirs.search([]), books)
        with self.assertRaises(AccessError):
            everything.with_user(self.accountant).read(["name"])
        self.assertEqual(self._get(books, self.accountant).status_code, 200)

    def test_books_by_name_are_for_who_may_export_people(self):
        books = self._make(scope="money")
        self.assertEqual(books.names, "clear")
        self.assertEqual(self._get(books, self.accountant).status_code, 404)
        with self.assertRefused("Export of Personal Data", error=AccessError):
            books.with_user(self.accountant).action_download()
        self.accountant.group_ids |= self.env.ref(EXPORT)
        self.assertEqual(self._get(books, self.accountant).status_code, 200)
        theirs = self._make(user=self.accountant, scope="money")
        self.assertEqual(theirs.names, "clear")

    def test_the_dialog_offers_names_to_who_may_export_people(self):
        for user, names in ((self.accountant, "token"), (self.chief, "clear")):
            with self.subTest(user=user.login):
                action = self.agreement.with_user(user).action_make_evidence()
                model = self.env[action["res_model"]].with_user(user)
                self.assertEqual(Form(model.with_context(action["context"])).names, names)

    def test_those_of_other_organisations_are_not_there(self):
        evidence = self._make()
        other = self._new_company("Other organisation")
        stranger = new_test_user(
            self.env,
            "t_stranger",
            f"{COORDINATOR},coworking_incubation.group_coworking_export",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        theirs = self.env["coworking.evidence"].with_user(stranger)
        self.assertFalse(theirs.with_context(allowed_company_ids=other.ids).search([]))
        self.assertEqual(self._get(evidence, stranger).status_code, 404)

    def test_no_other_address_opens_the_archive(self):
        evidence = self._make()
        archive = evidence._get_archive()
        self.chief.group_ids |= self.env.ref("base.group_system")
        self.authenticate(self.chief.login, f"{self.chief.login:x<8}")
        for path in (
            f"/web/content/{archive.id}",
            f"/web/content/coworking.evidence/{evidence.id}/sealed_file",
            f"/web/content?model=coworking.evidence&id={evidence.id}&field=sealed_file",
        ):
            with self.subTest(path=path):
                self.assertNotEqual(self.url_open(path).status_code, 200)
        with self.assertRaises(AccessError):
            archive.with_user(self.chief).read(["raw"])
        with self.assertRaises(AccessError):
            evidence.with_user(self.chief).read(["sealed_file"])

    def test_who_asks_on_a_record_is_told_why_not(self):
        for user, act in (
            (self.coordinator, self.agreement.with_user(self.coordinator).action_make_evidence),
            (self.coordinator, self.camille.with_user(self.coordinator).action_make_evidence),
        ):
            with (
                self.subTest(user=user.login),
                self.assertRefused("administrator", error=AccessError),
            ):
                act()
        action = self.camille.with_user(self.accountant).action_make_evidence()
        self.assertEqual(action["res_model"], "coworking.evidence.make")
