"""A running server in, how soon Chromium paints its pages and how many bytes they take out.

Paint Timing (https://www.w3.org/TR/paint-timing/) and Resource Timing say so themselves; each visit has a
browser context of its own, so that nothing is in a cache.
"""

from __future__ import annotations

import contextlib
import http.client
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PAINT = """
() => Object.fromEntries(performance.getEntriesByType("paint").map((entry) => [entry.name, entry.startTime]))
"""
SIZES = """
() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter((entry) => entry.initiatorType !== "fetch")
  .reduce((sum, entry) => sum + entry.encodedBodySize, 0)
"""
START_S = 120


@dataclass(frozen=True)
class Paint:
    """One page, medians of several visits in milliseconds; `bytes` of the page with scripts and styles."""

    path: str
    first_paint: float
    first_contentful_paint: float
    bytes: int


def measure(folder: Path, paths: tuple[str, ...], visits: int = 5) -> list[Paint]:
    """Visit each path of a server on `folder` with an empty cache. Cost: a second a visit."""
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("There is no Chromium: apt-get install -y chromium.")
    with serving(folder) as base, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        found = [_page(browser, base, path, visits) for path in paths]
        browser.close()
    return found


def _page(browser: Browser, base: str, path: str, visits: int) -> Paint:
    paints, sizes = [], []
    for _ in range(visits + 1):
        context = browser.new_context(viewport={"width": 1200, "height": 900})
        page = context.new_page()
        page.goto(base + path)
        page.wait_for_function("() => document.documentElement.dataset.enhanced", polling=50)
        paints.append(page.evaluate(PAINT))
        sizes.append(page.evaluate(SIZES))
        context.close()
    # The first visit also pays for what the server makes once.
    first = statistics.median(paint["first-paint"] for paint in paints[1:])
    contentful = statistics.median(paint["first-contentful-paint"] for paint in paints[1:])
    return Paint(path, first, contentful, int(statistics.median(sizes)))


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A server process on a free port, ended by its process id."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "calcigraph", "serve", "--root", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_S
        while not _is_well(port) and time.monotonic() < deadline:
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _is_well(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
