"""What becomes, when a person's data ends, of each stored field that points to a person or may hold
words about one. The purge is driven by this, and a test refuses a field that is not in it.
"""

from typing import NamedTuple


class Fate(NamedTuple):
    """Of the fields of one model.

    ``owner``: the column by which a row is a person's own; empty where rows are not one person's.
    ``person``: points to the person, who is another contact afterwards where theirs stays.
    ``erase``: emptied. ``evidence``: emptied or deleted when the evidence's term is over.
    ``scrub``: words of others, in which names, addresses and phones of the person are masked.
    ``keep``: what says nothing of a person: who works here, fingerprints, the organisation's words.
    """

    owner: str = ""
    person: str = ""
    erase: str = ""
    evidence: str = ""
    scrub: str = ""
    keep: str = ""

    def names(self):
        return set(" ".join(self[1:]).split())


CONFIGURED = Fate(keep="name")

FATES = {
    "coworking.participant": Fate(
        "id",
        person="partner_id",
        # health and what lives by it, whose exact mix would tell who it was
        erase="project project_description situation_note exit_evidence prescriber_contact_id"
        " kept_reason disability allowance priority_district unemployment_duration"
        " prescriber_told",
        # coarse, for figures; of the birth, the year
        keep="prescriber_id birth_date gender labour_status education_level",
    ),
    "coworking.announcement": Fate(
        keep="partner_id res_id terms"
    ),  # numbers, until the day is over
    "coworking.assignment": Fate("participant_id", keep="participant_id"),
    "coworking.attendance": Fate(
        "participant_id",
        person="signed_by",
        erase="name email phone email_normalized phone_key name_key identity prescriber_name"
        " question adviser_email adviser_id restricted_note",
        evidence="report decisions signature host_signature",
        keep="participant_id host_signed_by noted_by funder_ids lang",
    ),
    "coworking.attendance.signature": Fate(
        "participant_id",
        evidence="name address content image digest recorded_by taken_back_by taken_back_reason",
        keep="attendance_id participant_id",
    ),
    "coworking.charge": Fate(
        "participant_id",
        scrub="dispute_reason dispute_answer",
        keep="explanation operator_id participant_id seat_id",
    ),
    "coworking.document": Fate("participant_id", erase="file filename", keep="participant_id"),
    "coworking.extension": Fate(
        "participant_id", erase="reason decision_reason", keep="participant_id"
    ),
    "coworking.followup": Fate("participant_id", erase="note", keep="participant_id"),
    "coworking.hosting": Fate(
        "participant_id",
        evidence="body reason reject_reason scan scan_filename sealed_hash",
        keep="left_state participant_id seat_id",
    ),
    "coworking.hosting.signatory": Fate(
        "participant_id",
        person="partner_id",
        evidence="decline_reason signed_by signed_ip signature shown_hash",
        keep="participant_id",
    ),
    "coworking.hosting.version": Fate(
        "participant_id", evidence="body signatures text_hash", keep="participant_id"
    ),
    "coworking.invoice.file": Fate(
        scrub="name detail", keep="bill_hash cause checksum operator_id sender_id"
    ),
    "coworking.match": Fate(scrub="explanation reason", keep="seat_id"),
    "coworking.move": Fate("participant_id", erase="reason missing effects", keep="participant_id"),
    "coworking.objective": Fate("participant_id", erase="name description", keep="participant_id"),
    "coworking.objective.action": Fate("participant_id", erase="name", keep="participant_id"),
    "coworking.portal.answer": Fate(scrub="note", keep="partner_id seat_id shown_hash"),
    "coworking.portal.link": Fate(keep="address_hash partner_id res_id res_model token_hash"),
    "coworking.portal.request": Fate(keep="partner_id seat_id"),
    "coworking.presence": Fate(
        "participant_id", person="participant_by", keep="host_by participant_id seat_id"
    ),
    "coworking.presence.scan": Fate(scrub="file_name", keep="digest file kind"),
    "coworking.proof": Fate(
        "participant_id", erase="copy_file copy_filename", keep="participant_id"
    ),
    "coworking.purge": Fate(keep="contact_uses counts masked_email masked_name participant_id"),
    "coworking.review": Fate("participant_id", erase="summary decisions", keep="participant_id"),
    "coworking.review.line": Fate("participant_id", erase="note", keep="participant_id"),
    "coworking.seat": Fate(
        "participant_id", person="partner_id", erase="occupant_name", keep="name participant_id"
    ),
    "coworking.seat.funding": Fate(keep="seat_id"),
    "coworking.seat.month": Fate("participant_id", keep="participant_id partner_id seat_id"),
    "coworking.suspension": Fate("participant_id", erase="reason", keep="participant_id"),
    # of spaces, programs and funders, in which somebody may have named a person
    "coworking.space.absence": Fate(scrub="substitute", keep="partner_id"),
    "coworking.statement": Fate(
        scrub="dispute_reason", keep="confirmed_by confirmed_hash name operator_id"
    ),
    "coworking.tariff.proposal": Fate(scrub="note answer", keep="partner_id"),
    "coworking.funding.agreement": Fate(
        scrub="note instalments targets",
        keep="commitment_number eligible_kinds partner_id reference",
    ),
    "coworking.space": Fate(
        scrub="description",
        keep="code manager_ids name operator_id partner_id price_source substitute_ids"
        " image_1920 image_1024 image_512 image_256 image_128",
    ),
    "coworking.criterion": Fate(keep="description name proof_expected"),
    "coworking.hosting.template": Fate(keep="body lang name"),
    "coworking.month.run": Fate(keep="dialog_id dialog_model left_out"),
    "coworking.month.run.line": Fate(keep="error"),  # references of seats, for a month
    "coworking.program": Fate(keep="code name"),
    "coworking.registration.attempt": Fate(keep="source"),  # a hash, for a day
    "coworking.requirement": Fate(keep="domain name"),
    "coworking.review.axis": Fate(keep="description name"),
    "coworking.tariff": Fate(keep="name source"),
    **dict.fromkeys(
        (
            "coworking.amenity",
            "coworking.document.type",
            "coworking.exit.reason",
            "coworking.objective.theme",
            "coworking.refusal.reason",
            "coworking.sector",
            "coworking.stage",
        ),
        CONFIGURED,
    ),
    # of Odoo's models, what this addon adds
    "account.move": Fate(keep="coworking_supplier_ref"),
    "account.move.line": Fate(keep="coworking_seat_id"),
    "calendar.event": Fate(keep="coworking_attendance_ids"),
    "ir.cron.progress": Fate(keep="coworking_reached"),  # numbers of a program and of a space
    "res.partner": Fate(keep="coworking_no_mail coworking_participant_ids"),
    "res.users": Fate(keep="coworking_told"),  # numbers of what waits
}

# What Odoo itself keeps of a person in the discussions, mails, meetings and files of our records,
# never in messages or files of anything else: the columns, which record a row is of, what is read.
# Files on the bills of our statements keep what they hold, not what their names and search index
# say.
_OF_MESSAGE = "JOIN mail_message message ON message.id = own.mail_message_id"
ODOO_SCRUB = {
    "mail_message": (
        ("subject", "body", "email_from", "reply_to"),
        ("own.model", "own.res_id"),
        "mail_message own",
    ),
    "mail_mail": (
        ("email_to", "email_cc", "body_html"),
        ("message.model", "message.res_id"),
        f"mail_mail own {_OF_MESSAGE}",
    ),
    "mail_tracking_value": (
        ("old_value_char", "new_value_char", "old_value_text", "new_value_text"),
        ("message.model", "message.res_id"),
        f"mail_tracking_value own {_OF_MESSAGE}",
    ),
    "mail_activity": (
        ("summary", "note", "res_name"),
        ("own.res_model", "own.res_id"),
        "mail_activity own",
    ),
    "ir_attachment": (
        ("name", "description", "index_content"),
        ("own.res_model", "own.res_id"),
        "ir_attachment own",
    ),
    "calendar_event": (
        ("name", "description", "location"),
        ("'calendar.event'", "own.id"),
        "calendar_event own",
    ),
}

# References to a contact that are no life of its own: they go with it, or are the person's alone.
PLUMBING = {
    "base_partner_merge_automatic_wizard",
    "base_partner_merge_automatic_wizard_res_partner_rel",
    "calendar_attendee",
    "calendar_event_res_partner_rel",
    "calendar_filters",
    "ir_act_server_res_partner_rel",
    "mail_compose_message",
    "mail_compose_message_res_partner_rel",
    "mail_followers",
    "mail_followers_edit_res_partner_rel",
    "mail_mail_res_partner_rel",
    "mail_message",
    "mail_message_reaction",
    "mail_message_res_partner_rel",
    "mail_message_res_partner_starred_rel",
    "mail_notification",
    "mail_push_device",
    "mail_scheduled_message",
    "mail_scheduled_message_res_partner_rel",
    "payment_link_wizard",
    "portal_share_res_partner_rel",
    "portal_wizard_res_partner_rel",
    "portal_wizard_user",
    "res_partner_bank",
    "res_partner_res_partner_category_rel",
    "res_users",  # looked at apart: a portal user that nothing refers to goes, another is a life
    "res_users_settings_volumes",
    "sms_sms",
    # ours, in which the person is the participant or acted for themselves
    "coworking_announcement",
    "coworking_attendance",
    "coworking_attendance_signature",
    "coworking_hosting_signatory",
    "coworking_participant",
    "coworking_portal_answer",
    "coworking_portal_link",
    "coworking_portal_request",
    "coworking_portal_share",
    "coworking_presence",
    "coworking_seat",
    "coworking_seat_month",
}
# Columns of ours by which a contact has another part here: an adviser, a manager, who leads.
OTHER_PARTS = (
    ("coworking_participant", "prescriber_id"),
    ("coworking_participant", "prescriber_contact_id"),
    ("coworking_attendance", "adviser_id"),
    ("coworking_attendance", "host_signed_by"),
    ("coworking_presence", "host_by"),
)
# Rows of these go with the contact.
GO_WITH_CONTACT = (
    ("calendar_attendee", "partner_id"),
    ("calendar_event_res_partner_rel", "res_partner_id"),
    ("calendar_filters", "partner_id"),
    ("coworking_announcement", "partner_id"),
    ("coworking_portal_link", "partner_id"),
    ("coworking_portal_request", "partner_id"),
    ("mail_followers", "partner_id"),
    ("mail_message_reaction", "partner_id"),
    ("mail_notification", "res_partner_id"),
    ("mail_push_device", "partner_id"),
    ("mail_scheduled_message", "author_id"),
    ("res_partner_res_partner_category_rel", "partner_id"),
    ("sms_sms", "partner_id"),
)
# Of a contact and of its portal user, what stays: nothing that says who it was.
PARTNER_KEEPS = {"name", "complete_name", "type", "lang", "tz", "zip", "autopost_bills"}
# Accounting documents say the customer's name and address.
BILLED_KEEPS = {"street", "street2", "city"}
ACCOUNTING = {
    *("account_move", "account_move_line", "account_payment", "account_bank_statement_line"),
    *("account_analytic_line", "payment_transaction", "snailmail_letter"),
}
USER_KEEPS = {"login", "notification_type", "sidebar_type", "odoobot_state"}
# References to a portal user that are no life of its own. Rows of the first stay.
USER_ROWS_KEEP = {
    *("res_groups_users_rel", "res_company_users_rel", "ir_filters_res_users_rel"),
    "coworking_portal_answer",
}
USER_ROWS_GO = {
    *("auth_totp_device", "auth_totp_rate_limit_log", "base_module_install_request"),
    *("calendar_filters", "digest_digest_res_users_rel", "digest_tip_res_users_rel"),
    *("iap_account_res_users_rel", "ir_default", "ir_embedded_actions", "ir_ui_view_custom"),
    *("mail_presence", "res_device_log", "res_role_res_users_rel", "res_users_apikeys"),
    *("res_users_deletion", "res_users_settings", "res_users_spreadsheet_dashboard_rel"),
    "res_users_web_tour_tour_rel",
}
