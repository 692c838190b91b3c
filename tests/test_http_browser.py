"""Pages in a real browser: nothing runs that should not, nothing is refused that the page needs.

Needs Debian's Chromium; without it these tests are skipped and say how to get it.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from urllib.parse import urlencode

import pytest

from browsing import CHROMIUM
from conftest import Server
from polling import MOST_S

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium: apt-get install -y chromium-headless-shell"
)
SHOWN = re.compile(r"CONSOLE[^\]]*\] \"(.*?)\", source")


def browse(address: str, profile: Path) -> tuple[str, list[str]]:
    """The document as the browser has it in the end, and what its console says."""
    assert CHROMIUM is not None
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--enable-logging=stderr",
        f"--user-data-dir={profile}",
        "--virtual-time-budget=3000",
        "--dump-dom",
        address,
    ]
    done = subprocess.run(command, capture_output=True, timeout=MOST_S, check=True)
    return done.stdout.decode(), SHOWN.findall(done.stderr.decode(errors="replace"))


def test_no_page_asks_for_what_its_policy_forbids(server: Server, tmp_path: Path) -> None:
    triple = server.inferred()
    terms = {"subject": triple.subject, "predicate": triple.predicate, "object": triple.object}
    query = urlencode({"query": "SELECT * { ?s ?p ?o } LIMIT 3", "format": "html"})
    paths = [
        "/",
        server.path_of(triple.subject.value) + ".html",
        f"/explain?{urlencode({n: t.value for n, t in terms.items()})}",
        f"/sparql?{query}",
        "/ontology.html",
    ]
    for path in paths:
        document, console = browse(server.base + path, tmp_path / "profile")
        assert "</main>" in document, path
        assert console == [], path


@pytest.mark.parametrize("path", ["/id/script.html", "/search?q=%3Cscript%3Ealert(1)%3C/script%3E"])
def test_nothing_that_the_data_smuggles_in_runs(hostile: Server, tmp_path: Path, path: str) -> None:
    document, console = browse(
        f"{hostile.base}{path}&format=html" if "?" in path else hostile.base + path, tmp_path / "profile"
    )
    assert "</main>" in document
    assert console == []
    assert "alert(1)" in document
    assert "<img" not in document


def test_what_the_console_says_would_be_seen(tmp_path: Path) -> None:
    _, console = browse("data:text/html,<script>console.error('seen')</script>", tmp_path / "profile")
    assert console == ["seen"]
