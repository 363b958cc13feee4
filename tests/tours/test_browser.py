"""Tours share a browser: what one of them left there is none of the next one's."""

import base64

from ..common import picture
from .common import BrowserCase

LEAVE = """
(async () => {
    localStorage.setItem("left", "1");
    sessionStorage.setItem("left", "1");
    document.cookie = "left=1";
    await caches.open("left");
    await new Promise((opened) => { indexedDB.open("left").onsuccess = opened; });
})()
"""
FIND = """
(async () => JSON.stringify([
    localStorage.getItem("left"),
    sessionStorage.getItem("left"),
    document.cookie.includes("left"),
    (await caches.keys()).includes("left"),
    (await indexedDB.databases()).some((database) => database.name === "left"),
]))()
"""
SIZE = "fetch('%s').then((answer) => answer.arrayBuffer()).then((bytes) => bytes.byteLength)"
# Not asked for again: of what comes anew, as little as there is, the headers count.
KEPT = """
performance.getEntriesByType("resource").filter((row) => !row.transferSize && row.encodedBodySize)
    .map((row) => new URL(row.name).pathname).join(" ")
"""
READY = "!!document.querySelector('.o_main_navbar') && !!document.querySelector('.o_action')"


class TestSharedBrowser(BrowserCase):
    def _look(self, *expressions):
        """What these come to on a screen of somebody of the staff, in a browser of its own."""
        with self._browse("coordination") as browser:
            self._visit(browser, "/odoo/incubation-spaces", READY)
            return [self._evaluate(browser, expression) for expression in expressions]

    def test_a_page_finds_nothing_that_the_one_before_it_stored(self):
        _left, found = self._look(LEAVE, FIND)
        self.assertEqual(found, '["1","1",true,true,true]')
        (found,) = self._look(FIND)
        self.assertEqual(found, "[null,null,false,false,false]")

    def test_a_picture_is_that_of_the_record_and_a_bundle_is_kept(self):
        partner = self.env["res.users"].search([("login", "=", "coordination")]).partner_id
        sizes = []
        for colour in ("red", "blue"):
            content = picture("PNG", (400, 400) if colour == "red" else (90, 90), color=colour)
            partner.image_1920 = base64.b64encode(content)
            size, kept = self._look(
                SIZE % f"/web/image/res.partner/{partner.id}/avatar_1920?unique=1", KEPT
            )
            sizes.append((size, len(content)))
        for size, length in sizes:
            self.assertEqual(size, length)
        self.assertIn("/web.assets_web.min.js", kept)
