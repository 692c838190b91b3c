"""Hosts in every form, and what links begin with: judged before anything is loaded, and true."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from calcigraph.errors import SettingRefused
from calcigraph.settings import Settings
from conftest import ROOTS, free_port
from polling import MOST_S, until

BASES = {
    "127.0.0.1": "http://127.0.0.1:8000",
    "0.0.0.0": "http://localhost:8000",
    "::": "http://localhost:8000",
    "[::]": "http://localhost:8000",
    "::ffff:0.0.0.0": "http://localhost:8000",
    "::1": "http://[::1]:8000",
    "[::1]": "http://[::1]:8000",
    "localhost": "http://localhost:8000",
    "a-host.example.org": "http://a-host.example.org:8000",
}
NO_HOSTS = [
    *("", " ", "a b", "a/b", "a:80", "http://a", "[::1", "::1]", "[127.0.0.1]", "[a]", ":::", "1::2::3"),
    *("0", "1", "127.1", "256.0.0.1", "0x7f000001", "1.2.3.4.5", "a..b", ".a", "-a", "a-", "é", "a" * 64),
    *("a." * 200, "*", "a\n", "\0", "user@a"),
]
NO_BASES = [
    *(
        "x",
        "ht tp://x",
        "//a",
        "/a",
        "ftp://a/",
        "mailto:a@b",
        "http:",
        "http://",
        "http:///a",
        "https://a b/",
    ),
    *(
        "http://a/?x",
        "http://a/#x",
        "http://a/?",
        "http://a/#",
        "http://u@a/",
        "http://u:p@a/",
        "http://a:0/",
    ),
    *(
        "http://a:65536/",
        "http://a:x/",
        "http://[::1/",
        "http://::1/",
        "http://a/%",
        "http://a/%zz",
        "http://é/",
    ),
    *(
        "http://a/é",
        "http://a/..",
        "http://a/./b",
        "http://a/%2e%2E/b",
        "http://a/<b>",
        "http://a/\n",
        "http://a\\",
    ),
    *("http://127.1/", "http://a..b/", "http://a/" + "x" * 3000, 'http://a/"'),
]


@pytest.mark.parametrize("host", BASES)
def test_each_form_of_a_host_has_its_base(host: str) -> None:
    assert Settings(host=host).public_base == BASES[host]


@pytest.mark.parametrize("host", NO_HOSTS)
def test_what_is_no_host_is_refused_by_name(host: str) -> None:
    with pytest.raises(SettingRefused, match="--host") as refused:
        Settings(host=host)
    assert "127.0.0.1" in refused.value.remedy


@pytest.mark.parametrize("base", NO_BASES)
def test_what_links_cannot_begin_with_is_refused_by_name(base: str) -> None:
    with pytest.raises(SettingRefused, match="--base") as refused:
        Settings(base=base)
    assert "https://example.org/graph" in refused.value.remedy


@pytest.mark.parametrize(
    ("base", "used"),
    [
        ("https://Example.org/", "https://example.org"),
        ("HTTP://example.org:8080", "http://example.org:8080"),
        ("https://[2001:db8::1]/graph/", "https://[2001:db8::1]/graph"),
        ("https://example.org/a%20b/c", "https://example.org/a%20b/c"),
        ("", "http://127.0.0.1:8000"),
    ],
)
def test_a_base_is_used_without_a_slash_at_its_end(base: str, used: str) -> None:
    assert Settings(base=base).public_base == used


def test_an_address_with_a_zone_needs_a_base() -> None:
    with pytest.raises(SettingRefused, match="--base is needed"):
        Settings(host="fe80::1%eth0")
    assert Settings(host="fe80::1%eth0", base="http://a.example").public_base == "http://a.example"


@pytest.mark.parametrize(
    ("host", "reached"), [("::1", "::1"), ("[::1]", "::1"), ("localhost", "127.0.0.1"), ("::", "127.0.0.1")]
)
def test_a_server_answers_there_and_its_links_lead_back(host: str, reached: str, tmp_path: Path) -> None:
    port = free_port()
    log = (tmp_path / "log").open("wb")
    command = [sys.executable, "-m", "calcigraph", "serve", "--root", str(ROOTS["toy"]), "--host", host]
    with log, subprocess.Popen([*command, "--port", str(port)], stderr=log) as process:
        try:
            until(lambda: process.poll() is not None or answered(reached, port, "/readyz"))
            assert process.poll() is None, (tmp_path / "log").read_text()
            (described,) = json.loads(answered(reached, port, "/openapi.json") or b"")["servers"]
            there = urlsplit(described["url"])
            assert (there.port, there.path) == (port, "")
            assert there.hostname in (host.strip("[]"), "localhost")
            assert answered(reached, port, "/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D")
        finally:
            process.terminate()


def answered(host: str, port: int, path: str) -> bytes | None:
    """The body of a 200 from there."""
    connection = http.client.HTTPConnection(host, port, timeout=MOST_S)
    with contextlib.closing(connection), contextlib.suppress(OSError):
        connection.request("GET", path)
        with connection.getresponse() as response:
            body = response.read()
            return body if response.status == 200 else None
    return None


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1", "2001:db8::1"])
def test_an_address_that_cannot_be_had_is_told(host: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "calcigraph", "serve", "--root", str(tmp_path), "--host", host]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert host in done.stderr
    assert "--host" in done.stderr
    assert "Traceback" not in done.stderr
