"""A server in, a real browser on it out; what it asked for, and what it was refused, is on record.

Needs Debian's Chromium and the built front end; where one is missing the tests are skipped and say
how to get it. No request leaves the machine: another address than the server's is never fetched.
"""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from calcigraph.web.views.assets import assets
from conftest import REPOSITORY, ROOTS, Server

if TYPE_CHECKING:
    import playwright.sync_api as playwright

CHROMIUM = shutil.which("chromium")
SCREENSHOTS = REPOSITORY / "build" / "screenshots"
DESKTOP = {"width": 1200, "height": 900}
MOBILE = {"width": 390, "height": 844}
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
  && window.waiting.count === 0 && performance.now() - window.waiting.since > 100
"""


def missing() -> str | None:
    """Why no browser can be driven, as the command that mends it."""
    if CHROMIUM is None:
        return "no Chromium: apt-get install -y chromium"
    if assets() is None:
        return "the front end is not built: python hatch_build.py"
    if importlib.util.find_spec("playwright") is None:
        return "no Playwright: pip install -r requirements/test.txt"
    return None


@dataclass
class Visit:
    """One tab: `page` is Playwright's; `asked` are the addresses it fetched, `elsewhere` those it may not."""

    server: Server
    page: playwright.Page
    scripts: bool = True
    asked: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    clicks: int = 0

    def go(self, path: str) -> Visit:
        """Open a page and wait until nothing is loading."""
        self.page.goto(self.server.base + path)
        self.settle()
        return self

    def settle(self) -> None:
        if self.scripts:
            self.page.wait_for_function(SETTLED, polling=30)

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

    def picture(self, name: str) -> None:
        """A screenshot for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{self.server.name}-{name}.png"
        self.page.screenshot(path=path, full_page=True)

    def check(self) -> None:
        """Nothing was refused, nothing failed, nothing was asked for elsewhere."""
        assert self.page.evaluate("window.refused") == []
        assert self.elsewhere == []
        assert self.errors == []


class Browser:
    """Opens tabs; each in a context of its own, so that nothing is remembered between tests."""

    def __init__(self, chromium: playwright.Browser) -> None:
        self._chromium = chromium

    @contextlib.contextmanager
    def visit(
        self,
        server: Server,
        *,
        phone: bool = False,
        dark: bool = False,
        scripts: bool = True,
    ) -> Iterator[Visit]:
        """A tab, checked when it is closed."""
        context = self._chromium.new_context(
            viewport=MOBILE if phone else DESKTOP,
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        context.add_init_script(WATCH)
        visit = Visit(server, context.new_page(), scripts)

        def answer(route: playwright.Route) -> None:
            address = route.request.url
            if address.startswith((server.base, "blob:")):
                visit.asked.append(address)
                route.continue_()
            else:
                visit.elsewhere.append(address)
                route.abort()

        context.route("**/*", answer)
        visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
        visit.page.on("dialog", lambda dialog: visit.errors.append(f"dialog: {dialog.message}"))
        yield visit
        if scripts:
            visit.check()
        context.close()


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
