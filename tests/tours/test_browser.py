"""Tours share a browser: what one of them left there is none of the next one's."""

import base64
import logging
import subprocess
from collections import Counter
from types import SimpleNamespace
from unittest import SkipTest
from unittest.mock import Mock, patch

import psutil
import pytest

from odoo.tests.common import ChromeBrowser

from ..common import picture
from . import browser
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


@pytest.fixture
def case():
    """As much of a test as a browser asks for; none is started."""
    with (
        patch.dict(browser.processes, clear=True),
        patch.multiple(browser, busy=set(), opened=Counter(), PAGES=2),
    ):
        yield SimpleNamespace(
            _logger=logging.getLogger(__name__), browser_size="1440x900", touch_enabled=False
        )


def test_what_does_not_start_or_answer_skips_no_test(case):
    with (
        patch.object(ChromeBrowser, "_spawn_chrome", side_effect=SkipTest("no port")),
        pytest.raises(browser.BrowserGone),
    ):
        browser.TourBrowser(case)
    process = Mock(**{"poll.return_value": None})
    with (
        patch.object(ChromeBrowser, "_spawn_chrome", return_value=(process, 1)),
        patch.object(ChromeBrowser, "_json_command", side_effect=SkipTest("no answer")),
        pytest.raises(browser.BrowserGone),
    ):
        browser.TourBrowser(case)
    process.terminate.assert_called_once()
    assert not browser.processes


def test_a_page_that_was_not_closed_goes_with_its_browser(case, tmp_path):
    process = Mock(**{"poll.return_value": None})
    with patch.object(ChromeBrowser, "_chrome_start", return_value=(process, 1)) as start:
        tour = browser.TourBrowser.__new__(browser.TourBrowser)
        tour._chrome_start(str(tmp_path / "first"), False)
        assert not process.terminate.called
        tour._chrome_start(str(tmp_path / "second"), False)
    process.terminate.assert_called_once()
    assert start.call_count == 2
    assert browser.processes[False][2] == str(tmp_path / "second")


def test_one_that_had_so_many_pages_is_started_anew(case, tmp_path):
    process = Mock(**{"poll.return_value": None})
    with patch.object(ChromeBrowser, "_chrome_start", return_value=(process, 1)) as start:
        tour = browser.TourBrowser.__new__(browser.TourBrowser)
        for number, started in enumerate((1, 1, 2)):
            folder = tmp_path / str(number)
            folder.mkdir()
            tour._chrome_start(str(folder), False)
            browser.busy.clear()  # the page is closed
            assert start.call_count == started
    process.terminate.assert_called_once()


def test_a_class_that_ends_leaves_the_browser_and_no_other_process(case):
    with (  # they end with their input
        subprocess.Popen("cat", stdin=subprocess.PIPE) as ours,
        subprocess.Popen("cat", stdin=subprocess.PIPE) as other,
    ):
        browser.processes[False] = ours, 1, ""
        found = {child.pid for child in psutil.Process().children()}
        assert {ours.pid, other.pid} & found == {other.pid}
