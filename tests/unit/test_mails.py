"""Whatever writes to people asks first whether it may. That it then does not write where it may
not is in ``tests/trust/test_opposition.py``.
"""

import ast

from rooms import MODELS, parse

ADDON = MODELS.parent
ASKS = {"_coworking_may_write_to", "_may_write_to", "_is_link_unwanted"}
# Advisers get the mails about those whom they registered.
NOT_CONCERNED = {("models/agenda/coworking_attendance_adviser.py", "_write_to_adviser")}
# Where the addon makes a mail itself. Each asks first whether it may.
MAKES_MAILS = {
    ("models/agenda/coworking_attendance.py", "_send_mail"),
    ("models/agenda/coworking_attendance_signing.py", "_mail_sign_link"),
    ("models/base/coworking_portal_link.py", "_send_link"),
}
# What is said in a discussion that is about people goes through ``_notify_get_recipients`` of ours
# (test_what_is_said_about_people_asks_whatever_model_it_is_of). These are the places that name whom
# to write to, or let staff do it.
NAMES_PEOPLE = {
    ("models/base/mail_activity.py", "_coworking_notify_together"),  # who has something to do
    ("wizard/coworking_invitation.py", "_make_user"),  # administrators alone
    ("models/billing/coworking_copayment.py", "action_remind"),
    ("models/pathway/coworking_cover.py", "_tell"),  # staff alone
    ("models/portal/coworking_portal.py", "_write_message"),
    ("wizard/coworking_match_decide.py", "_ask_space"),
}
POSTS = {"message_post_with_source", "message_notify", "message_mail_with_source"}


def find_calls(node):
    return [
        call
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    ]


def find_functions():
    for path in sorted(ADDON.rglob("*.py")):
        for node in ast.walk(parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield str(path.relative_to(ADDON)), node


def makes_mail(calls):
    return any(
        call.func.attr == "send_mail"
        or call.func.attr == "create"
        and '"mail.mail"' in ast.unparse(call.func).replace("'", '"')
        for call in calls
    )


def names_people(node, called):
    text = ast.unparse(node)
    return (
        bool(POSTS & called)
        or "mail.compose.message" in text
        or "partner_ids=" in text.replace(" ", "")
        and "message_post" in text
    )


def test_the_places_that_make_mails_are_known_and_ask_first():
    makes, names = set(), set()
    for path, node in find_functions():
        calls = find_calls(node)
        called = {call.func.attr for call in calls}
        if makes_mail(calls):
            if (path, node.name) in NOT_CONCERNED:
                continue
            makes.add((path, node.name))
            assert ASKS & called, node.name
        if names_people(node, called):
            names.add((path, node.name))
    assert makes == MAKES_MAILS
    assert names == NAMES_PEOPLE
