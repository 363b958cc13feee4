"""Odoo's own calendar tests, with this module installed: invitations and recurrences keep working.

They compare English words: where the database speaks another language, they get English users. One
that invites a hundred people takes as long as half of the others: it is left to ``.ci/peers``.
"""

import inspect

from odoo.tests import BaseCase, tagged

from odoo.addons.calendar.tests import (
    test_access_rights,
    test_attendees,
    test_calendar,
    test_calendar_recurrent_event_case2,
    test_event_notifications,
    test_event_recurrence,
    test_recurrence_rule,
)


class InEnglish:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        users = cls.env["res.users"].with_context(active_test=False).search([])
        users.partner_id.lang = "en_US"
        cls.env["ir.default"].set("res.partner", "lang", "en_US")
        cls.env.registry.clear_cache()


# Those that compare words. The others, which count weeks from Monday, take the database as it is.
WORDS = (test_access_rights, test_event_notifications, test_recurrence_rule)

for module in (
    *WORDS,
    test_attendees,
    test_calendar,
    test_calendar_recurrent_event_case2,
    test_event_recurrence,
):
    for name, case in inspect.getmembers(module, inspect.isclass):
        if issubclass(case, BaseCase) and case.__module__ == module.__name__:
            bases = (InEnglish, case) if module in WORDS else (case,)
            mine = type(name, bases, {"__module__": __name__})
            # two modules have classes of one name
            globals()[f"{module.__name__.rpartition('.')[2]}_{name}"] = tagged(
                "post_install", "-at_install"
            )(mine)
event_notifications = globals()["test_event_notifications_TestEventNotifications"]
event_notifications.test_message_invite_email_notif_mass_queued = None
del name, case, mine, event_notifications
