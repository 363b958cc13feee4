"""What the tests of the portal share: managers with addresses, a month sent, pages and posts."""

from types import SimpleNamespace
from urllib.parse import urlsplit

from odoo.http import Request
from odoo.tests import HttpCase

from ..common import CoworkingCase


def get_csrf(case):
    """What pages have in their forms, in the session of the cookie: a link brings another one."""
    session = SimpleNamespace(sid=case.opener.cookies["session_id"])
    return Request.csrf_token(SimpleNamespace(env=case.env, session=session))


class PortalCase(CoworkingCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.env["res.lang"]._activate_lang("fr_FR")
        for user in (cls.manager, cls.manager_b):
            user.partner_id.write({"email": f"{user.login}@example.com", "lang": "fr_FR"})
        cls.Link = cls.env["coworking.portal.link"]

    @classmethod
    def _sent(cls, month=None, **values):
        """The statements of a month, sent to their spaces."""
        statements = cls._generate(*([month] if month else []), **values)
        statements.action_send()
        return statements

    @classmethod
    def _token(cls, record, purpose="month", partner=None, **values):
        url = cls.Link._make_url(record, purpose, partner or cls.manager.partner_id, **values)
        return urlsplit(url).path.rsplit("/", 1)[1]

    def _mails_to(self, partner):
        return self.env["mail.mail"].search([("email_to", "ilike", partner.email)])


class PortalHttpCase(PortalCase, HttpCase):
    """Pages and posts over HTTP, as whoever is logged in, or as the public."""

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def _login(self, user):
        self.authenticate(user.login if user else None, user.login if user else None)

    def _csrf(self):
        return get_csrf(self)

    def _post(self, path, data=None, **kwargs):
        data = {"csrf_token": self._csrf(), **(data or {})}
        return self.url_open(path, data=data, **kwargs)
