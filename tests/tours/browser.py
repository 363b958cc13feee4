"""A browser that tours share: each has a page of its own, in a process that has started already.

To start one takes as long as a short tour, and so does the web client where the browser has neither
its bundles nor what it compiled of them. That is all that a page finds of an earlier one: what the
origin stored and its cookies are cleared, and of what the server answers bundles alone are kept,
and files of addons.
"""

import base64
import io
import json
import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from concurrent.futures import CancelledError, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

import psutil
import requests
import websocket
from PIL import Image
from websocket import WebSocketException

from odoo.http import request
from odoo.tests.common import HOST, ChromeBrowser

from .pictures import is_kept

PICTURES = os.environ.get("DOCS_SCREENSHOTS")
BUNDLES = "/web/assets/"
taken = set()
# A page ends soon: to collect again and again what it makes takes a tenth of Chromium's time.
ROOM = "--min-semi-space-size=64 --max-semi-space-size=128"
PAGES = 20  # of one process, which grows with each
processes = {}  # whether it knows touches -> (process, port, folder of its profile)
busy = set()  # of these, those that have a page
opened = Counter()  # how many pages each had

# Before any script of the page: the clock of the server, and what the test tells the tour.
BEFORE_PAGE = """
(() => {
    const shift = %(now)d - Date.now();
    const RealDate = Date;
    window.Date = class extends RealDate {
        constructor(...args) {
            super(...(args.length ? args : [RealDate.now() + shift]));
        }
        static now() {
            return RealDate.now() + shift;
        }
    };
    window.tourData = %(data)s;
})();
"""
# A picture is taken once the page came to rest, from the element that is to be at its top.
TAKE_PICTURES = """
window.takePicture = (name, top) => new Promise((taken) => {
    window.pictureTaken = taken;
    document.activeElement?.blur();
    document.head.insertAdjacentHTML("beforeend", "<style>* { scrollbar-width: none; }</style>");
    document.querySelector(top)?.scrollIntoView();
    setTimeout(() => window.askPicture(name), 1000);
});
"""


class BrowserGone(Exception):
    """It went down by itself before anything was done in it."""


def end(touch):
    """The process, if there is one that knows touches or none, is gone, with its profile."""
    process, _port, folder = processes.pop(touch, (None, None, None))
    busy.discard(touch)
    del opened[touch]
    if process:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def end_all():
    for touch in list(processes):
        end(touch)


@contextmanager
def kept():
    """Odoo ends the processes that a class leaves, but those with which the next one goes on."""
    get_all = psutil.Process.children

    def get_children(process, recursive=False):
        ours = {started.pid for started, *_rest in processes.values()}
        return [child for child in get_all(process, recursive) if child.pid not in ours]

    with patch.object(psutil.Process, "children", get_children):
        yield


def keep_bundles_alone(registry):
    """A patcher: records that are made anew may have the address of those of an earlier test."""
    post_dispatch = registry["ir.http"]._post_dispatch

    def answer(response):
        post_dispatch(response)
        kept = response.cache_control.max_age
        if kept and not request.httprequest.path.startswith(BUNDLES):
            response.headers["Cache-Control"] = "no-cache"

    return patch.object(registry["ir.http"], "_post_dispatch", staticmethod(answer))


class TourBrowser(ChromeBrowser):
    """Lives on the day of the test, and takes pictures when a tour asks for one."""

    def __init__(self, test_case, *args, **kwargs):
        """:raise BrowserGone: it does not start or answer, for which Odoo would skip the test"""
        try:
            super().__init__(test_case, *args, **kwargs)
            self._begin_anew(test_case)
        except Exception as error:
            end(test_case.touch_enabled)
            raise BrowserGone from error

    def _begin_anew(self, test_case):
        """Nothing of an earlier page is left, and this one is on the day of its test."""
        self._websocket_request("Network.clearBrowserCookies")
        self._websocket_request(
            "Storage.clearDataForOrigin",
            params={"origin": test_case.base_url(), "storageTypes": "all"},
        )
        script = BEFORE_PAGE % {
            "now": time.time() * 1000,
            "data": json.dumps(test_case.tour_data),
        }
        if PICTURES:
            script += TAKE_PICTURES
            self._handlers["Runtime.bindingCalled"] = self._take_picture
            self._websocket_request("Runtime.addBinding", params={"name": "askPicture"})
        self._websocket_request("Page.addScriptToEvaluateOnNewDocument", params={"source": script})

    def _chrome_start(self, user_data_dir, touch_enabled, headless=True, debug=False):
        self.touch = touch_enabled
        if self.touch in processes:
            process = processes[self.touch][0]
            # a page is still there where a test failed before it could close it
            gone = self.touch in busy or process.poll() is not None
            if gone or opened[self.touch] == PAGES:
                end(self.touch)
        if self.touch in processes:
            shutil.rmtree(user_data_dir)
        else:
            started = super()._chrome_start(user_data_dir, touch_enabled, headless, debug)
            processes[self.touch] = (*started, user_data_dir)
        busy.add(self.touch)
        opened[self.touch] += 1
        return processes[self.touch][:2]

    def _spawn_chrome(self, cmd):
        return super()._spawn_chrome(
            [f"{part} {ROOM}" if part.startswith("--js-flags=") else part for part in cmd]
        )

    def _open_websocket(self):
        """As Odoo's, to a page of its own."""
        self._json_command("version")  # once it answers
        url = f"http://{HOST}:{self.devtools_port}/json/new?about:blank"
        page = requests.put(url, timeout=10).json()
        self.target = page["id"]
        url = page["webSocketDebuggerUrl"]
        ws = websocket.create_connection(
            url, timeout=10, enable_multithread=True, suppress_origin=True
        )
        ws.settimeout(0.01)
        return ws

    def stop(self):
        """The page is gone; so is the process, if it does not answer."""
        try:
            self.screencaster.stop()
            self._websocket_request("Page.stopLoading")
            wait(self._responses.values(), 10)
            self._result.cancel()
            self._websocket_request("Target.closeTarget", params={"targetId": self.target})
            self._receiver.join(10)  # it ends with the page
            if self._receiver.is_alive():
                raise TimeoutError
            self.ws.close()
            busy.discard(self.touch)
        except Exception:
            self._logger.info("The browser is ended", exc_info=True)
            end(self.touch)
        if self.sigxcpu_handler:
            signal.signal(signal.SIGXCPU, self.sigxcpu_handler)

    def _wait_ready(self, ready_code=None, timeout=60):
        """As Odoo's, which asks without a pause and so has the page wait for the processor."""
        code = f"try {{ {ready_code or "document.readyState === 'complete'"} }} catch {{}}"
        params = {"expression": code, "awaitPromise": True}
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            answer = None
            with suppress(CancelledError, OSError, WebSocketException):
                answer = self._websocket_request("Runtime.evaluate", params=params)
            if not answer:
                self._receiver.join(1)  # it ends with the connection
                if not self._receiver.is_alive():
                    raise BrowserGone
            elif answer["result"] == {"type": "boolean", "value": True}:
                return True
            time.sleep(0.1)
        self.take_screenshot(prefix="sc_failed_ready_")
        return False

    def _take_picture(self, payload, **_context):
        def save(answer):
            folder = Path(PICTURES)
            if is_kept(payload, folder):
                folder.mkdir(parents=True, exist_ok=True)
                picture = base64.b64decode(answer.result()["data"])
                page = Image.open(io.BytesIO(picture)).convert("RGB").quantize(256, kmeans=1)
                page.save(folder / f"{payload}.png", optimize=True)
                taken.add(payload)
            self._websocket_send("Runtime.evaluate", params={"expression": "pictureTaken()"})

        self._websocket_send("Page.captureScreenshot", with_future=True).add_done_callback(save)
