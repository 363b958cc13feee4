"""Mailings and surveys of Odoo reach those in programs who agree, and nobody else."""

from odoo import Command
from odoo.tests import Form

from ..pathway.common import PathwayCase


class TestMailings(PathwayCase):
    def _people(self):
        willing = self._new_participant("Willing", email="willing@example.com")
        opposed = self._new_participant("Opposed", email="opposed@example.com")
        opposed.partner_id.coworking_no_mail = True
        return willing, opposed

    def test_a_mailing_obeys_who_wants_no_mails(self):
        people = self._people()
        mailing = self.env["mailing.mailing"].create(
            {
                "name": "News",
                "subject": "News of the program",
                "body_html": "<p>News</p>",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": [("id", "in", [file.partner_id.id for file in people])],
            }
        )
        mailing.action_send_mail()
        told = {trace.email: trace.failure_type for trace in mailing.mailing_trace_ids}
        self.assertEqual(told["opposed@example.com"], "mail_bl")
        self.assertNotEqual(told["willing@example.com"], "mail_bl")

    def test_the_question_of_six_months_is_asked_by_a_survey_and_answered_in_the_file(self):
        file = self._new_participant("Willing", email="willing@example.com")
        survey = self.env["survey.survey"].create(
            {
                "title": "Six months later",
                "access_mode": "token",
                "question_and_page_ids": [
                    Command.create({"title": "Where are you now?", "question_type": "char_box"})
                ],
            }
        )
        followup = self.env["coworking.followup"].create(
            {"participant_id": file.id, "months": 6, "date_due": "2015-12-14"}
        )
        invite = Form.from_action(self.env, survey.action_send_survey())
        invite.partner_ids = file.partner_id
        invite.save().action_invite()
        (answer,) = survey.user_input_ids
        self.assertEqual(answer.partner_id, file.partner_id)
        answer._save_lines(survey.question_ids, "I have a job")
        answer._mark_done()
        followup.exit_reason_id = self.env["coworking.exit.reason"].search([], limit=1)
        followup.action_answered()
        self.assertEqual((answer.state, followup.state), ("done", "answered"))
