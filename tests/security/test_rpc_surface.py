"""What can be called from outside. A new public method fails here until somebody reviewed it.

What each gives back, and why it uses ``sudo``, is read in ``tests/unit/test_calls.py``.
"""

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import TransactionCase, tagged

# Odoo's own methods, which ours extend.
ODOOS = {"execute_import", "mark_outgoing", "modify_moves", "session_info"}
# By model: what our module adds to what Odoo already offers, reviewed by hand.
PUBLIC = {
    "account.move": {
        "action_coworking_pay",
        "action_coworking_post_each",
        "action_open_coworking_bank_account",
        "action_open_coworking_month_end",
        "action_open_coworking_notes_beside",
        "action_open_coworking_statement",
    },
    "account.move.line": {"action_open_coworking_source"},
    # Odoo's own, which ours let pay only what was chosen and is still right.
    # Odoo's own, of whose copies ours say which parts they ask for.
    "account.move.reversal": {"modify_moves"},
    "account.payment.register": {"action_create_payments"},
    # Odoo's own, of which ours only say that a test is one.
    "base_import.import": {"execute_import"},
    # Odoo's own, to which ours adds of which models the user takes nothing out.
    "ir.http": {"session_info"},
    "coworking.accounting": {"action_apply"},
    "coworking.audit": {"action_open_record"},
    "coworking.audited.mixin": {"action_open_audit"},
    "coworking.books.finding": {"action_check", "action_open"},
    "coworking.charge": {"action_answer"},
    "coworking.charge.answer": {"action_apply"},
    # Odoo's own, which ours keep from taking attendance lists along.
    "calendar.event": {
        "action_coworking_call_off",
        "action_coworking_invite",
        "action_mass_archive",
        "action_mass_deletion",
    },
    "coworking.attendance": {
        "action_create_participant",
        "action_host_sign",
        "action_keep_host_signature",
        "action_keep_signature",
        "action_mail_sign_link",
        "action_not_here",
        "action_plan_next",
        "action_present",
        "action_sign",
        "action_sign_link",
        "action_told",
        "action_unsign",
    },
    "coworking.attendance.paste": {"action_add"},
    "coworking.event.plan": {"action_plan"},
    "mail.activity": {"action_create_calendar_event", "action_notify"},
    # Odoo's own, of which ours note that a mail is sent again.
    "mail.mail": {"mark_outgoing"},
    "coworking.exception": {"action_give_up", "action_settle"},
    "coworking.extension": {"action_grant", "action_refuse"},
    "coworking.first.day": {
        "action_get_steps",
        "action_hide",
        "action_open_accounting",
        "action_open_funder",
        "action_open_month",
        "action_open_person",
        "action_open_program",
        "action_open_sheet",
        "action_open_space",
        "action_open_team",
        "action_show",
    },
    "coworking.followup": {"action_answered", "action_attempt", "action_unreachable"},
    "coworking.hosting": {
        "action_cancel",
        "action_fill",
        "action_open_document",
        "action_record_paper",
        "action_reject",
        "action_remind",
        "action_revise",
        "action_send",
        "action_sign",
        "action_validate",
    },
    "coworking.bill.payment": {"action_register_payment"},
    "coworking.bill.payment.line": {"action_open_bill"},
    "coworking.copayment": {"action_open_invoice", "action_remind"},
    "coworking.month.end": {
        "action_create_entries",
        "action_list",
        "action_open_bills",
        "action_open_statements",
        "action_workbook",
    },
    "coworking.month.end.line": {"action_create_entries", "action_open_source"},
    "coworking.month.run": {
        "action_open_statements",
        "action_resume",
        "action_stop",
        "action_work",
    },
    "coworking.month.run.line": {"action_open"},
    "coworking.invitation": {"action_invite"},
    "coworking.invoice.file": {"action_download", "action_open_bill", "action_read_again"},
    "coworking.invoice.upload": {"action_receive"},
    "coworking.match.decide": {"action_apply"},
    "coworking.match.proposal": {"action_accept"},
    "coworking.month.line": {
        "action_accept",
        "action_ask",
        "action_create_bill_each",
        "action_decide",
        "action_dispute",
        "action_explain",
        "action_match",
        "action_open_bill",
        "action_open_presences",
        "action_pay",
        "action_post_each",
        "action_reopen",
    },
    "coworking.objective": {"action_agree", "action_reached"},
    "coworking.participant": {
        "action_keep_data",
        "action_next_stage",
        "action_open_attendances",
        "action_open_charges",
        "action_get_all_data",
        "action_open_hostings",
        "action_open_moves",
        "action_open_objectives",
        "action_open_reviews",
        "action_open_seats",
        "action_plan_appointment",
        "action_reopen",
        "action_preview_own_page",
        "action_send_adviser_page",
        "action_send_own_page",
        "action_todo",
    },
    "coworking.participant.handover": {"action_hand_over"},
    "coworking.participant.keep": {"action_keep"},
    "coworking.participant.move": {"action_move"},
    "coworking.participant.reopen": {"action_open_new_file", "action_reopen"},
    "coworking.attendance.paper": {"action_apply"},
    "coworking.presence": {"action_follow_participant"},
    "coworking.presence.correct": {"action_apply"},
    "coworking.presence.import": {"action_check", "action_read", "action_record"},
    "coworking.attendance.unsign": {"action_apply"},
    "coworking.presence.scan": {"action_type"},
    "coworking.presence.sheet": {"action_print", "action_register"},
    "coworking.take.over": {
        "action_check",
        "action_download",
        "action_download_examples",
        "action_export",
        "action_read",
        "action_record",
    },
    "coworking.program": {
        "action_confirm_retention",
        "action_open_events",
        "action_open_participants",
        "action_open_retention",
        "action_open_seats",
        "action_open_statements",
        "action_switch_bill",
        "action_switch_post",
        "action_switch_send",
    },
    "coworking.retention": {"action_confirm", "action_keep", "action_look", "action_open_file"},
    "coworking.portal.share": {"action_copy", "action_print", "action_revoke", "action_send"},
    "coworking.review": {"action_done"},
    "coworking.seat": {
        "action_cancel",
        "action_change",
        "action_confirm",
        "action_draft",
        "action_leave",
        "action_move",
        "action_open_audit",
        "action_open_charges",
        "action_open_hostings",
        "action_open_presences",
        "action_prepare_hosting",
        "action_refuse",
        "action_request",
        "action_start",
        "action_suspend",
        "action_talk",
        "action_welcome",
    },
    "coworking.seat.change": {"action_apply"},
    "coworking.seat.leave": {"action_apply", "action_apply_best"},
    "coworking.seat.move": {"action_apply"},
    "coworking.simulation": {"action_compare"},
    "coworking.simulation.line": {"action_request"},
    "coworking.space": {
        "action_invite_managers",
        "action_open_seats",
        "action_open_statements",
        "action_preview",
    },
    "coworking.space.close": {"action_apply"},
    "coworking.statement": {
        "action_cancel",
        "action_confirm",
        "action_create_bill",
        "action_create_bill_each",
        "action_create_copayment_invoices",
        "action_open_audit",
        "action_open_bill",
        "action_open_month",
        "action_open_copayment_invoices",
        "action_post_bill_each",
        "action_refresh",
        "action_remind_each",
        "action_send",
        "action_send_each",
        "action_withdraw",
    },
    "coworking.statement.behalf": {"action_confirm"},
    "coworking.statement.generate": {"action_generate"},
    "coworking.tariff": {"action_increase"},
    "coworking.tariff.increase": {"action_apply"},
    "coworking.tariff.proposal": {"action_look", "action_refuse"},
    "res.partner": {
        "action_open_coworking_agreements",
        "action_open_coworking_participants",
        "action_open_coworking_prescribed",
        "action_open_coworking_spaces",
    },
}


@tagged("post_install", "-at_install")
class TestRpcSurface(TransactionCase):
    maxDiff = None
    reviewed = PUBLIC

    def _ours(self):
        """(model, method) of what the classes of our module define and RPC may call."""
        base = self.env["base"]
        for name, model in self.env.items():
            for cls in type(model).mro():
                if not cls.__module__.startswith("odoo.addons.coworking_incubation"):
                    continue
                for method in vars(cls):
                    if callable(getattr(cls, method, None)) and not hasattr(base, method):
                        try:
                            get_public_method(model, method)
                        except (AccessError, AttributeError):
                            continue
                        yield name, method

    def test_public_methods_are_those_reviewed(self):
        found = {}
        for model, method in self._ours():
            found.setdefault(model, set()).add(method)
        self.assertEqual(found, self.reviewed)

    def test_public_methods_are_actions(self):
        for model, methods in self.reviewed.items():
            for method in methods:
                with self.subTest(model=model, method=method):
                    # or Odoo's own, which ours extend
                    self.assertTrue(method.startswith("action_") or method in ODOOS)

    def test_what_makes_or_changes_money_is_private(self):
        for model, method in (
            ("coworking.statement", "_generate"),
            ("coworking.statement", "_cron_generate"),
            ("coworking.statement", "_receive_invoice"),
            ("coworking.invoice.file", "_receive_file"),
            ("coworking.invoice.file", "_cron_read"),
            ("coworking.statement", "_replace_charges"),
            ("coworking.statement", "_prepare_bills"),
            ("coworking.statement", "_update_billed"),
            ("coworking.match", "_record_decision"),
            ("coworking.match", "_insert_generated"),
            ("coworking.matching", "_match_bills"),
            ("coworking.seat", "_cron_end_seats"),
            ("coworking.seat", "_record_presences"),
            ("coworking.seat", "_sign_presences"),
            ("coworking.seat", "_replace_from"),
            ("coworking.space", "_lock_for_generation"),
            ("coworking.hosting", "_seal_document"),
            ("coworking.hosting.signatory", "_record_signature"),
            ("coworking.participant", "_pricing_inputs_changed"),
            ("coworking.participant", "_refresh_forecast"),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                get_public_method(self.env[model], method)

    def test_no_public_method_takes_a_domain_a_model_or_a_field_name(self):
        """Injection with rights that the caller does not have: none has any parameter."""
        for model, method in self._ours():
            if method in ("action_mass_archive", "action_mass_deletion", "execute_import"):
                continue  # the parameters are Odoo's, compared with words or handed on
            code = getattr(type(self.env[model]), method).__code__
            with self.subTest(model=model, method=method):
                self.assertEqual(code.co_varnames[: code.co_argcount], ("self",))
