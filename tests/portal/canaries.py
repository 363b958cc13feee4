"""A small world full of canaries, and everybody who may come to its doors."""

from collections import Counter
from contextlib import contextmanager

from odoo import Command
from odoo.tests import new_test_user

from ..common import d
from .common import PortalHttpCase

NOW = "2015-07-02 09:00:00"


class MatrixCase(PortalHttpCase):
    """A month of three spaces, two of one operator; files whose every word is a canary."""

    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        env = cls.env
        operator = env["res.partner"].create({"name": "Operator", "is_company": True})
        cls.manager.partner_id.parent_id = operator
        cls.space.operator_id = operator
        # The same operator has another site, with another manager.
        cls.colleague = new_test_user(
            env,
            login="t_colleague",
            groups="base.group_portal",
            company_id=cls.company.id,
            name="Colleague",
        )
        cls.colleague.partner_id.write({"parent_id": operator.id, "email": "c@example.com"})
        cls.annex = cls._new_space("Annexe Test", "ANNEXE", operator_id=operator.id)
        cls.annex.manager_ids = cls.colleague.partner_id
        cls.tariff_annex = cls._new_tariff("Annex desk", 150.0, space=cls.annex)
        cls.person = new_test_user(
            env,
            login="t_person",
            groups="base.group_portal",
            company_id=cls.company.id,
            name="Camille Petit",
        )
        cls.stranger = new_test_user(
            env,
            login="t_stranger",
            groups="base.group_portal",
            company_id=cls.company.id,
            name="Nour Amrani",
        )
        cls.visitors = {
            "manager": cls.manager,
            "manager of another space": cls.manager_b,
            "manager of the same operator": cls.colleague,
            "participant": cls.person,
            "another participant": cls.stranger,
            "accompanist of another program": cls.other_accompanist,
            "employee": cls.employee,
            "public": None,
        }
        cls.program.write(
            {"funding_rate": 40.0, "funding_cap": 0.0, "copayment_collector": "space"}
        )
        cls._plant()
        cls.mine = cls._records(cls.space, cls.tariff, "A", file=cls.file)
        cls.theirs = cls._records(cls.space_b, cls.tariff_b, "B")
        cls.annexed = cls._records(cls.annex, cls.tariff_annex, "C")
        cls._forbid_amounts()
        cls.own = cls._own_records(cls.file, cls.mine["seat"])
        cls.space_b.seat_capacity = 9
        cls.stranger_file = cls._new_participant(
            partner_id=cls.stranger.partner_id.id,
            stage_id=cls.file.stage_id.id,
            move_reason="Reprise",
            date_entry="2015-06-01",
        )
        seat = cls._new_seat("1/7", "31/12", cls.stranger_file, tariff=cls.tariff_b, state="active")
        cls.stranger_own = cls._own_records(cls.stranger_file, seat)

    @classmethod
    def _plant(cls):
        """A file whose every word that a space has no business with is a canary."""
        env = cls.env
        partner = cls.person.partner_id
        cls.canaries = []

        def canary(name):
            word = f"canari{name}zz"
            cls.canaries.append(word)
            return word

        partner.write(
            {
                "street": canary("rue"),
                "city": canary("ville"),
                "comment": canary("commentaire"),
                "phone": "06 55 44 33 22",
                "email": "canarimel@example.com",
            }
        )
        cls.canaries += ["06 55 44 33 22", "canarimel"]
        cls.file = cls._new_participant(
            "unused",
            partner_id=partner.id,
            partner_name="Camille Petit",
            stage_id=env.ref("coworking_incubation.coworking_stage_incubation").id,
            move_reason="Reprise",
            date_entry="2015-06-01",
            birth_date="1991-03-17",
            situation_note=canary("situation"),
            project=canary("projet"),
            project_description=canary("description"),
            prescriber_id=env["res.partner"].create({"name": canary("prescripteur")}).id,
            allowance="rsa",
            disability="yes",
        )
        cls.canaries += ["1991-03-17", "17/03/1991", "17 mars 1991", "rsa", "rqth", "handicap"]
        reason = env["coworking.exit.reason"].create({"name": canary("sortie")})
        env.cr.execute(
            "UPDATE coworking_participant SET exit_reason_id = %s WHERE id = %s",
            [reason.id, cls.file.id],
        )
        cls.file.invalidate_recordset()
        env["coworking.objective"].create(
            {
                "participant_id": cls.file.id,
                "name": canary("objectif"),
                "description": canary("note"),
            }
        )
        env["coworking.review"].create(
            {
                "participant_id": cls.file.id,
                "kind": "monthly",
                "date": "2015-06-20",
                "user_id": cls.accompanist.id,
                "summary": canary("bilan"),
                "decisions": canary("decision"),
            }
        )
        env["coworking.suspension"].create(
            {
                "participant_id": cls.file.id,
                "date_from": "2015-06-29",
                "date_to": "2015-06-29",
                "reason": canary("suspension"),
            }
        )
        funder = env["res.partner"].create({"name": canary("financeur")})
        env["coworking.funding.agreement"].create(
            {
                "partner_id": funder.id,
                "reference": canary("convention"),
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
                "amount_granted": 77777.0,
                "rate": 100.0,
                "program_ids": [Command.set(cls.program.ids)],
            }
        )
        cls.file.message_post(body=canary("message"))
        cls.space.message_post(body=canary("interne"))
        cls.space.description = f"<p>{canary('fiche')}</p>"
        cls.space.price_source = canary("source")

    @classmethod
    def _records(cls, space, tariff, mark, file=None):
        """A space with one record of each kind that a manager may act on."""
        day_tariff = cls._new_tariff("Day", 21.13, space=space, unit="day")
        seat = cls._new_seat(
            "1/6", "31/12", file or f"Person {mark}", tariff=tariff, state="active"
        )
        other = cls._new_seat("1/6", "31/12", f"Other {mark}", tariff=tariff, state="active")
        day = cls._new_seat("1/5", "31/12", f"Day {mark}", tariff=day_tariff, state="active")
        cls._new_presences(day, "4/5", "2/6")
        cls.env.flush_all()
        may = cls.env["coworking.statement"]._generate(cls.program, d("1/5"), space)
        may.action_send()
        may.action_confirm()
        statement = cls.env["coworking.statement"]._generate(cls.program, d("1/6"), space)
        statement.action_send()
        lines = statement.charge_ids
        disputed = lines.filtered(lambda charge: charge.seat_id == other)
        arrival = cls._new_seat("1/7", "31/12", f"Arrival {mark}", tariff=day_tariff)
        proposal = cls.env["coworking.tariff.proposal"].create(
            {
                "tariff_id": day_tariff.id,
                "price": 25.0,
                "date_start": "2015-10-01",
                "partner_id": space.manager_ids[:1].id,
            }
        )
        return {
            "space": space,
            "statement": statement,
            "confirmed": may,
            "line": lines.filtered(lambda charge: charge.seat_id == seat),
            "disputed": disputed,
            "seat": seat,
            "day": day,
            "arrival": arrival,
            "tariff": tariff,
            "proposal": proposal,
            "proposed": day_tariff,
        }

    @classmethod
    def _own_records(cls, file, seat):
        """One record of each kind that a participant may act on."""
        env = cls.env
        objective = env["coworking.objective"].create(
            {
                "participant_id": file.id,
                "name": "Find clients",
                "action_ids": [Command.create({"name": "Call"})],
            }
        )
        event = env["calendar.event"].create(
            {
                "name": "Appointment",
                "start": "2015-07-20 08:00:00",
                "stop": "2015-07-20 09:00:00",
                "coworking_kind": "appointment",
                "coworking_program_id": cls.program.id,
            }
        )
        attendance = env["coworking.attendance"].create(
            {"event_id": event.id, "participant_id": file.id}
        )
        followup = env["coworking.followup"].create(
            {"participant_id": file.id, "months": 3, "date_due": "2015-07-05"}
        )
        hosting = env["coworking.hosting"].create({"seat_id": seat.id})
        hosting.action_send()
        return {
            "file": file,
            "objective": objective,
            "action": objective.action_ids,
            "attendance": attendance,
            "presence": cls._new_presences(seat, "1/7am"),
            "document": file.document_ids[:1],
            "tariff": seat.tariff_id,
            "followup": followup,
            "signatory": hosting.signatory_ids[:1],
        }

    @classmethod
    def _forbid_amounts(cls):
        """What the person pays, and what other people's grants are, is nobody's business here."""
        for amount in {
            cls.mine["line"].copayment_amount,
            cls.mine["statement"].copayment_amount,
            77777.0,
        }:
            text = f"{amount:.2f}"
            cls.canaries += [text, text.replace(".", ",")]

    def _enter(self, user, link=None):
        """Log in, or come as the public, with a link or without."""
        self._login(user)
        if link:
            self.url_open(f"/my/coworking/l/{link}", allow_redirects=False)
        self.csrf = self._csrf()

    @contextmanager
    def _undone(self):
        """What a request did is undone before the next one."""
        self.env.flush_all()
        savepoint = self.cr.savepoint(flush=False)
        try:
            yield
        finally:
            savepoint.rollback()
            savepoint.close(rollback=False)
            self.env.invalidate_all()

    # === CANARIES === #

    def _listen(self):
        self.answers, self.heard = 0, []
        self.addCleanup(self._look_for_canaries)

    def _look_for_canaries(self):
        found = Counter()
        for path, text in self.heard:
            text = text.lower()
            for word in self.canaries:
                if len(word) > 4 and word.lower() in text:
                    found[word, path] += 1
        self.assertFalse(found, "said to somebody who has no business with it")
