"""Files of documents, that a full disk or a killed process may cut short."""

import builtins
import contextlib
import errno
import hashlib
import os
import pathlib
import secrets
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestCutShort(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.content = secrets.token_bytes(5000)
        name = hashlib.sha1(cls.content, usedforsecurity=False).hexdigest()
        cls.path = cls.env["ir.attachment"]._full_path(f"{name[:2]}/{name}")
        os.makedirs(os.path.dirname(cls.path), exist_ok=True)

    def setUp(self):
        super().setUp()
        # as another request has it open, that writes it
        self.other = self.enterContext(open(self.path, "wb"))
        self.other.write(self.content[:100])
        self.other.flush()
        self.addCleanup(pathlib.Path(self.path).unlink, missing_ok=True)

    def _attach(self):
        return self.env["ir.attachment"].create({"name": "bill.bin", "raw": self.content})

    def _read(self):
        with open(self.path, "rb") as file:
            return file.read()

    def _files_beside(self):
        folder, name = os.path.split(self.path)
        return [found for found in os.listdir(folder) if found.startswith(name)]

    def test_it_is_written_anew_and_whole(self):
        attachment = self._attach()
        self.assertEqual(attachment.raw, self.content)
        self.other.write(self.content[100:])
        self.other.flush()
        self.assertEqual(self._read(), self.content)
        self.assertEqual(len(self._files_beside()), 1)

    def test_what_a_killed_process_leaves_beside_is_taken_away(self):
        with (
            patch.object(os, "replace", side_effect=KeyboardInterrupt),
            contextlib.suppress(KeyboardInterrupt),
        ):
            self._attach()
        beside = set(self._files_beside()) - {os.path.basename(self.path)}
        self.assertEqual(len(beside), 1)
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.assertFalse(beside & set(self._files_beside()))

    def test_what_another_request_writes_is_not_lost_where_the_disk_is_full(self):
        real = builtins.open

        def full(path, mode="r", *args, **kwargs):
            if str(path).startswith(self.path) and {"w", "x"} & set(mode):
                with contextlib.suppress(OSError), real(path, mode):
                    pass  # the name is there, what is in it does not fit
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(path, mode, *args, **kwargs)

        with patch.object(builtins, "open", full), self.assertRaises(OSError):
            self._attach()
        self.other.write(self.content[100:])
        self.other.flush()
        self.assertEqual(self._read(), self.content)

    def test_another_document_of_the_same_sum_is_refused_still(self):
        Attachment = self.env["ir.attachment"]
        self.assertFalse(Attachment._same_content(b"x" * 5000, self.path))
        self.assertEqual(self._read(), self.content[:100])
