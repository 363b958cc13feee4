"""Somebody of whom everything is known, and whose data ends."""

import base64
import time
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

from .canary import find_in_database
from .common import EndOfDataCase

PNG = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg"
        "=="
    )
).decode()
NAME, EMAIL, PHONE = "Zéphyrine Quatrebarbes", "zquatre.barbes@example.org", "06 39 98 71 53"
WORDS = ("zephyrine", "quatrebarbes", "zquatre.barbes", "wxyzsecret")
PHONES = ("639987153",)
SECRET = "wxyzsecret"  # in each text of their own


class PurgeCase(EndOfDataCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.started = time.time() - 1
        cls.person = cls._gone(
            NAME,
            email=EMAIL,
            phone=PHONE,
            project=f"{SECRET} of mine",
            situation_note=SECRET,
            project_description=f"<p>{SECRET}</p>",
            birth_date="1990-05-17",
            gender="female",
            job_start="2020-03-17",
            exit_evidence=SECRET,
            prescriber_contact_id=False,
        )
        cls.contact = cls.person.partner_id
        cls.contact.write({"street": SECRET, "zip": "59800", "city": SECRET, "comment": SECRET})
        cls.seat = cls._new_seat("1/6", "30/6", cls.person, state="ended")
        cls._new_presences(cls.seat, "10/6")

    @classmethod
    def _hours(cls, days):
        start = fields.Datetime.now() - timedelta(days=days)
        return {"start": start, "stop": start + timedelta(hours=1)}

    @classmethod
    def _past_event(cls, kind, **values):
        start = fields.Datetime.to_datetime(cls._ago(26)) + timedelta(hours=9)
        return cls.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": start,
                "stop": start + timedelta(hours=1),
                "coworking_kind": kind,
                "coworking_program_id": cls.program.id,
                "user_id": cls.accompanist.id,
                **values,
            }
        )

    def _attend(self, kind="collective", **values):
        return self.env["coworking.attendance"].create(
            {
                "event_id": self._past_event(kind).id,
                "participant_id": self.person.id,
                "state": "present",
                **values,
            }
        )

    def _make_old(self):
        """What was made today would be contact: as if it had been said long ago."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_message SET date = %s", [self._ago(26)])

    def _found(self, *words):
        return {
            (table, column)
            for table, column, *__ in find_in_database(self.env, words or WORDS, PHONES)
        }

    def _fill_everything(self):
        """The person in all the places that the addon and Odoo have for people."""
        file, env = self.person, self.env
        env["coworking.proof"].create(
            {
                "participant_id": file.id,
                "criterion_id": env["coworking.criterion"].create({"name": "C"}).id,
                "copy_file": base64.b64encode(f"{NAME} {SECRET}".encode()),
                "copy_filename": "quatrebarbes.txt",
            }
        )
        env["coworking.objective"].create(
            {
                "participant_id": file.id,
                "name": SECRET,
                "description": SECRET,
                "action_ids": [Command.create({"name": SECRET})],
            }
        )
        review = env["coworking.review"].create(
            {"participant_id": file.id, "date": self._ago(27), "summary": SECRET}
        )
        review.line_ids.write({"rating": "3", "note": SECRET})
        review.message_post(body=f"{NAME} was glad")
        file.message_post(body=f"Call {NAME} at {PHONE}", subject=NAME)
        file.message_post(body="Hello", author_id=self.contact.id, partner_ids=self.contact.ids)
        file.activity_schedule("mail.mail_activity_data_todo", summary=f"Call {NAME}", note=SECRET)
        file.message_subscribe(self.contact.ids)
        tracked = file.with_context(tracking_disable=False)
        tracked.message_post(
            body="Changed",
            tracking_value_ids=[
                Command.create(
                    {
                        "field_id": env["ir.model.fields"]._get("res.partner", "name").id,
                        "old_value_char": NAME,
                        "new_value_char": SECRET,
                    }
                )
            ],
        )
        env["ir.attachment"].create(
            {
                "name": f"CV {NAME}.txt",
                "raw": f"CV of {NAME}, {SECRET}".encode(),
                "description": SECRET,
                "res_model": file._name,
                "res_id": file.id,
            }
        )
        alone = self._attend(
            "appointment", report=f"<p>{SECRET}</p>", decisions=SECRET, question=SECRET
        )
        alone.event_id.description = f"<p>{SECRET}</p>"
        self._attend().event_id.write({"description": f"With {NAME}"})
        env["mail.mail"].create({"email_to": EMAIL, "body_html": NAME, "subject": SECRET})
        link, __ = env["coworking.portal.link"]._add_link(
            file, "participant", self.contact, "mail", fields.Datetime.now() + timedelta(days=9)
        )
        env["mail.mail"].create(
            {
                "email_to": EMAIL,
                "body_html": NAME,
                "subject": SECRET,
                "model": link._name,
                "res_id": link.id,
                "state": "exception",
                "failure_reason": f"SMTPRecipientsRefused: {EMAIL}",
            }
        )
        env["mail.blacklist"].create({"email": EMAIL})
        env["res.partner.bank"].create(
            {"partner_id": self.contact.id, "acc_number": "FR76 WXYZSECRET"}
        )
        user = new_test_user(
            env, login=EMAIL, groups="base.group_portal", partner_id=self.contact.id, name=NAME
        )
        user.signature = f"<p>{NAME}</p>"
        env["coworking.portal.link"].sudo()._add_link(
            alone, "registration", self.contact, "mail", alone.event_id.start
        )
        # what others wrote
        other = self._new_participant("Paul Martin")
        other.message_post(body=f"Came with Zephyrine QUATREBARBES, {PHONE.replace(' ', '')}")
        other.message_post(body="With Zéphyrine\u00a0Quatrebarbes")
        other.message_post(body="Her phone: +33\u00a06\u202f39\u00a098\u00a071\u00a053")
        other.project_description = f"<p>With QUATREBARBES&nbsp;Zéphyrine ({EMAIL.upper()})</p>"
        return other

    def _fill_month(self):
        """The seat was settled, billed, paid; managers and accountants wrote of the person."""
        statements = self._settle()
        bill = self._bill(statements)
        bill.write({"ref": "F1"})
        statements.message_post(body=f"{NAME} was away on Tuesdays")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coworking_charge SET dispute_reason = 'Zephyrine Quatrebarbes left'"
            " WHERE seat_id = %s",
            [self.seat.id],
        )
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'paid' WHERE id = %s", [bill.id]
        )
        self.env["coworking.match"].flush_model()
        self.env.cr.execute(
            "UPDATE coworking_match SET explanation = %s WHERE statement_id IN %s",
            [f"one whole seat: {NAME}", tuple(statements.ids)],
        )
        return statements

    def _copayment_invoice(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.contact.id,
                "coworking_statement_id": self._settle().id,
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'paid' WHERE id = %s", [invoice.id]
        )
        self.env.invalidate_all()
        return invoice
