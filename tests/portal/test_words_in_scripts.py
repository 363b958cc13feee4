"""The scripts of the pages speak the language of the page."""

import re
from pathlib import Path

from lxml import etree

import odoo.addons.coworking_incubation as addon

from .common import PortalHttpCase

SCRIPTS = Path(addon.__file__).parent / "static" / "src" / "portal"


class TestWordsInScripts(PortalHttpCase):
    def test_the_words_of_the_scripts_are_served_in_french(self):
        answer = self.url_open("/website/translations?lang=fr_FR").json()
        messages = answer["modules"]["coworking_incubation"]["messages"]
        french = {row["id"]: row["string"] for row in messages}
        words = set()
        for path in SCRIPTS.glob("*.js"):
            words |= set(re.findall(r'_t\(\s*"([^"]+)"', path.read_text()))
        for path in SCRIPTS.glob("*.xml"):
            words |= set(etree.parse(path).xpath("//attribute[@name='aria-label']/text()"))
        self.assertIn("Not saved: check the connection, then tap again.", words)
        self.assertFalse(words - french.keys())
