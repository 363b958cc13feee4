"""What is said about people in programs, on records of ours and of Odoo's.

Functions, not an extension of ``mail.thread``: Odoo looks through all classes of a model whenever
it asks one of its records anything, and all discussions would bear one more.
"""

from ...social_security import find_number
from ...tools import is_ours, refuse_number
from .processing import NOTED

# With what code plans: that it does is said elsewhere, and whoever it did it for follows nothing.
QUIETLY = {"mail_create_nolog": True, "mail_create_nosubscribe": True}


def is_about_people(records):
    """Whether what is said in the discussion of these records is about people in programs."""
    if is_ours(records):
        return records._processing in NOTED
    asked = getattr(records, "_coworking_is_about_people", None)
    return bool(asked and asked())


def takes_no_number(records):
    """Whether a discussion is about people in programs, or of records of ours that hold data about
    people for another purpose: what a space disputes, what it costs.
    """
    return is_about_people(records) or is_ours(records) and bool(records._processing)


def refuse_number_about(records, text, field):
    """No social security number is typed about people in programs.

    :param field: in which it was typed
    """
    if find_number(text) and takes_no_number(records):
        refuse_number(records.env, text, field)


def speak_to_staff(records, user=None):
    """Some records in the language of who reads what is noted on them.

    Scheduled actions, mails that come in and imports have no language, which Odoo takes for
    English; a visitor of our pages has their own. Staff write in theirs, as everywhere in Odoo.

    :param user: the one ``res.users`` who is to read it, where that is known
    """
    env = records.env
    lang = user.lang if user else env.user._is_internal() and env.lang
    if not lang:
        company = "company_id" in records._fields and records[:1].company_id or env.company
        # sudo: visitors read no company
        lang = company.sudo().partner_id.lang or env.lang
    return records.with_context(lang=lang) if lang != env.lang else records


def get_address_words(partners):
    """Who would be written to, and where: ``Mona Petit (mona@example.com)``."""
    return ", ".join(
        f"{partner.name} ({partner.email})"
        if partner.email
        else partners.env._("%s (no e-mail)", partner.name)
        for partner in partners
    )


def filter_notified(records, message, recipients):
    """Nobody is written to about people in programs who does not want to be, but in answer to what
    they wrote themselves.

    :param recipients: list of what ``mail.thread._notify_get_recipients`` returns
    :return: list of those who are written to; of the others a note is left
    """
    if not recipients or not is_about_people(records):
        return recipients
    mailed = [row for row in recipients if row["share"] and row["notif"] == "email"]
    # sudo: that they want no mails, whoever writes
    contacts = records.env["coworking.contact"].sudo()
    # in another part, as a manager or an adviser, they get what is about others
    opposed = contacts._filter_opposed(
        contacts.env["res.partner"].browse(row["id"] for row in mailed if row["id"])
    )
    opposed &= opposed and records._coworking_get_people()
    opposed -= opposed and _get_last_author(records, message)
    if not opposed:
        return recipients
    dropped = [row for row in mailed if row["id"] in opposed.ids]
    for record in records:
        spoken = speak_to_staff(record)
        spoken._message_log(
            body=spoken.env._(
                "Not sent by e-mail: %s does not want to be written to. Hand it over.",
                ", ".join(row["name"] for row in dropped),
            )
        )
    return [row for row in recipients if row not in dropped]


def _get_last_author(records, message):
    """Who wrote last before this message: it answers them. What staff note counts not."""
    # sudo: see above
    said = records.env["mail.message"].sudo()
    return said.search(
        [
            ("model", "=", records._name),
            ("res_id", "in", records.ids),
            ("id", "<", message.id),
            ("message_type", "in", ("comment", "email")),
            ("subtype_id.internal", "=", False),
        ],
        order="id desc",
        limit=1,
    ).author_id
