"""Of two who make the same file of evidence at once one does, and what is killed leaves nothing."""

import os

from odoo import fields
from odoo.tests import tagged

from odoo.addons.coworking_incubation_funding.models.evidence.evidence_writer import EvidenceWriter

from ...reliability.common import RaceCase
from .common import EvidenceCase


class TestRace(RaceCase):
    @classmethod
    def _make(cls, env):
        super()._make(env)
        evidence = env["coworking.evidence"].create(
            {
                "kind": "person",
                "scope": "all",
                "names": "clear",
                "participant_id": cls.ids["people"][0],
                "company_id": env.ref("base.main_company").id,
            }
        )
        cls.ids["evidence"] = evidence.ids

    @classmethod
    def _remove(cls):
        with cls.commit() as env:
            # one that waits is nobody's evidence yet
            env["coworking.evidence"].browse(cls.ids["evidence"]).unlink()
        super()._remove()

    def _get(self, env):
        return env["coworking.evidence"].browse(self.ids["evidence"])

    def test_of_two_who_seal_it_at_once_one_does(self):
        with self.transaction() as a, self.transaction() as b:
            self.assertTrue(self._get(a)._seal())
            a.flush_all()
            self.assertFalse(self._get(b)._seal())
            # the server is killed here: nothing was committed
        with self.transaction() as env:
            evidence = self._get(env)
            self.assertEqual((evidence.state, evidence.digest), ("waiting", False))
            self.assertFalse(evidence._get_archive())


@tagged("post_install", "-at_install")
class TestKilled(EvidenceCase):
    def test_what_a_killed_process_leaves_on_the_disk_is_swept_by_odoo(self):
        evidence = self.env["coworking.evidence"].create(
            {
                "kind": "agreement",
                "scope": "all",
                "names": "clear",
                "agreement_id": self.agreement.id,
                "company_id": self.company.id,
            }
        )
        part = EvidenceWriter(evidence, fields.Datetime.now()).open_part()
        stream, path = part.__enter__()
        stream.write(b"half of an archive")
        stream.close()
        # a process that is killed leaves no block that it is in
        self.assertTrue(os.path.isfile(path))
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.assertFalse(os.path.exists(path))
        part.gen.close()
