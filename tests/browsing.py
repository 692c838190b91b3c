"""A server in, a real browser on it out; what it asked for, and what it was refused, is on record.

Needs one of Debian's Chromiums and the built front end; where one is missing the tests are skipped and say
how to get it. No request leaves the machine: another address than the server's is never fetched.
"""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from calcigraph.web.views.assets import assets
from conftest import REPOSITORY, ROOTS, Server
from polling import MOST_S, until

if TYPE_CHECKING:
    import playwright.sync_api as playwright

# The one without windows draws the same pages by the same engine, for half the processor time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
PICTURES = os.environ.get("CALCIGRAPH_PICTURES") == "1"
SCREENSHOTS = REPOSITORY / "build" / "screenshots"
DESKTOP = {"width": 1200, "height": 900}
MOBILE = {"width": 390, "height": 844}
# A larger picture shows the same again, and Chromium draws none above 16,384 pixels.
TALLEST = 9000
WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
window.waiting = { count: 0, since: 0 };
const fetched = window.fetch;
window.fetch = (...request) => {
  window.waiting.count += 1;
  return fetched(...request).finally(() => {
    window.waiting.count -= 1;
    window.waiting.since = performance.now();
  });
};
"""
# Its scripts have run, and no answer is under way nor was a moment ago.
SETTLED = """
() => document.readyState === "complete"
  && (!document.querySelector("script[type=module]") || document.documentElement.dataset.enhanced)
  && window.waiting.count === 0 && performance.now() - window.waiting.since > 60
"""
# That the server answers with a problem is often what a test is about; of scripts and styles it is none.
STATUS = re.compile(r"Failed to load resource: the server responded with a status of \d+")
PARTS = ("script", "stylesheet", "image", "font", "manifest")


def missing() -> str | None:
    """Why no browser can be driven, as the command that mends it."""
    if CHROMIUM is None:
        return "no Chromium: apt-get install -y chromium-headless-shell"
    if assets() is None:
        return "the front end is not built: python hatch_build.py"
    if importlib.util.find_spec("playwright") is None:
        return "no Playwright: pip install -r requirements/test.txt"
    return None


@dataclass
class Visit:
    """One tab: `page` is Playwright's; `asked` are the addresses it fetched, `elsewhere` those it may not,
    `errors` what failed in it or was said to its console."""

    server: Server
    page: playwright.Page
    scripts: bool = True
    asked: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    clicks: int = 0
    status: int = 0

    def go(self, path: str) -> Visit:
        """Open a page and wait until nothing is loading; `status` is what the server said."""
        response = self.page.goto(self.server.base + path)
        # None where only the fragment changed.
        self.status = response.status if response else self.status
        self.settle()
        return self

    def settle(self) -> None:
        if self.scripts:
            self.page.wait_for_function(SETTLED, polling=20)

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for what the page is to bring about elsewhere. Its requests pass through this thread (see
        `_recorded`), so that one which only slept would wait for what it holds up itself."""
        until(condition, lambda seconds: self.page.wait_for_timeout(1000 * seconds))

    def click(self, what: playwright.Locator) -> None:
        what.click()
        self.clicks += 1
        self.settle()

    def write(self, query: str) -> None:
        """Put a query into the editor as a reader would paste it."""
        self.page.locator(".CodeMirror").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(query)

    def run(self, query: str) -> None:
        self.write(query)
        self.page.keyboard.press("Control+Enter")
        self.settle()

    def unfold(self, most: int = 6) -> None:
        """Open what is folded, as far as a reader would."""
        self.page.evaluate(
            "most => [...document.querySelectorAll('main details:not([open])')]"
            ".filter(e => e.checkVisibility()).slice(0, most).forEach(e => { e.open = true; })",
            most,
        )
        self.settle()

    def snippet(self, language: str) -> str:
        """The code that the query page offers in a language."""
        room = self.page.locator(".elsewhere")
        room.evaluate("e => e.querySelectorAll('details').forEach(folded => { folded.open = true; })")
        room.get_by_role("tab", name=language, exact=True).click()
        return room.locator("[role=tabpanel]:not([hidden]) pre").text_content() or ""

    def picture(self, name: str) -> None:
        """A screenshot of the whole page, for people to look at, who ask for it by CALCIGRAPH_PICTURES=1:
        it tests nothing, and takes a quarter of the time that its page takes."""
        if not PICTURES:
            return
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        devtools = self.page.context.new_cdp_session(self.page)
        size = devtools.send("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], TALLEST), "scale": 1}
        shot = devtools.send(
            "Page.captureScreenshot",
            {"format": "png", "captureBeyondViewport": True, "optimizeForSpeed": True, "clip": clip},
        )
        devtools.detach()
        path = SCREENSHOTS / f"{self.server.name}-{name}.png"
        path.write_bytes(base64.b64decode(shot["data"]))

    def forget(self) -> None:
        """Begin anew in the same tab."""
        for kept in (self.asked, self.elsewhere, self.errors):
            kept.clear()
        self.clicks = 0

    def check(self) -> None:
        """Nothing was refused, nothing failed, nothing was asked for elsewhere."""
        assert self.page.evaluate("window.refused") == []
        assert self.elsewhere == []
        assert self.errors == []


class Browser:
    """Opens tabs, one at a time of a kind. To make a context takes as long as to show a page, so each is kept
    for the next visit of its kind, in which nothing is remembered (see `_forget`)."""

    def __init__(self, chromium: playwright.Browser) -> None:
        self._chromium = chromium
        self._kept: dict[tuple[bool, bool, bool], playwright.BrowserContext] = {}

    @contextlib.contextmanager
    def visit(
        self,
        server: Server,
        *,
        phone: bool = False,
        dark: bool = False,
        scripts: bool = True,
        policy: bool = True,
        accept: str = "",
    ) -> Iterator[Visit]:
        """A tab, checked when it is closed. Without `policy` the browser does not enforce the page's
        Content-Security-Policy, so that it hides nothing; `accept` is sent instead of the browser's own."""
        kind = (phone, scripts, policy)
        context = self._kept.pop(kind, None) or self._context(*kind)
        whole = False
        try:
            page = context.new_page()
            _forget(page, server)
            page.emulate_media(color_scheme="dark" if dark else "light")
            visit = Visit(server, page, scripts)
            with _recorded(context, visit, {"accept": accept} if accept else {}):
                yield visit
                if scripts:
                    visit.check()
                # A tab that stayed open would go on asking while the next test runs.
                page.close()
            whole = context.pages == []
        finally:
            if whole:
                self._kept[kind] = context
            else:
                context.close()

    def _context(self, phone: bool, scripts: bool, policy: bool) -> playwright.BrowserContext:
        context = self._chromium.new_context(
            viewport=MOBILE if phone else DESKTOP,
            has_touch=phone,
            java_script_enabled=scripts,
            reduced_motion="reduce",
            bypass_csp=not policy,
        )
        context.set_default_timeout(1000 * MOST_S)
        context.add_init_script(WATCH)
        return context


def _forget(page: playwright.Page, server: Server) -> None:
    """Take out what visits before this one have left behind for the pages of the server: cookies, and all
    storage but that of a tab, which went with it."""
    page.context.clear_cookies()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Storage.clearDataForOrigin", {"origin": server.base, "storageTypes": "all"})
    devtools.detach()


@contextlib.contextmanager
def _recorded(context: playwright.BrowserContext, visit: Visit, said: dict[str, str]) -> Iterator[None]:
    """Let `visit` know what its tab asks for and what fails there; what is elsewhere is not fetched.

    `said` are headers of a page's request in place of the browser's own.
    """

    def answer(route: playwright.Route) -> None:
        address = route.request.url
        if address.startswith((visit.server.base + "/", "blob:")):
            visit.asked.append(address)
            changed = said and route.request.is_navigation_request()
            route.continue_(headers=route.request.headers | said if changed else None)
        else:
            visit.elsewhere.append(address)
            route.abort()

    def heard(message: playwright.ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not STATUS.match(message.text):
            visit.errors.append(f"console: {message.text}")

    def answered(response: playwright.Response) -> None:
        if response.status >= 400 and response.request.resource_type in PARTS:
            visit.errors.append(f"{response.status} {response.url}")

    context.route("**/*", answer)
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    visit.page.on("dialog", lambda dialog: _dismiss(visit, dialog))
    visit.page.on("console", heard)
    visit.page.on("response", answered)

    def opened(page: playwright.Page) -> None:
        visit.errors.append(f"a second window: {page.url}")

    context.on("page", opened)
    try:
        yield
    finally:
        context.remove_listener("page", opened)
        context.unroute_all(behavior="ignoreErrors")


def _dismiss(visit: Visit, dialog: playwright.Dialog) -> None:
    visit.errors.append(f"dialog: {dialog.message}")
    dialog.dismiss()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session; skips where there is none."""
    reason = missing()
    if reason is not None:
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield Browser(chromium)
        chromium.close()


@pytest.fixture(scope="session", params=sorted(ROOTS))
def portal(request: pytest.FixtureRequest, servers: Callable[[str], Server]) -> Server:
    """Each root in turn."""
    return servers(request.param)
