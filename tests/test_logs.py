"""What is written down: one line an event whatever is in it, never too many, nothing that a client said."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.logs import LONGEST, PER_SECOND, JsonLines, TextLines, one_line, shown_path
from conftest import ROOTS, Server
from polling import until

FORGED = "x\n2026-01-01T00:00:00.000Z ERROR calcigraph: forged\r\x1b[2J\u202e\u2028\x85end"
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ [\w.]+: .*")


def record(message: str, *values: object, error: BaseException | None = None) -> logging.LogRecord:
    raised = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("calcigraph.test", logging.ERROR, "", 0, message, values, raised)


@given(st.text())
def test_an_event_is_one_line_of_visible_characters(text: str) -> None:
    for line in (
        one_line(text),
        TextLines(True).format(record("%s", text)),
        JsonLines(True).format(record("%s", text)),
    ):
        assert len(line.splitlines()) <= 1
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", line)


def test_what_would_forge_a_line_is_written_as_escapes() -> None:
    line = TextLines(False).format(record("%s failed", FORGED))
    assert LINE.fullmatch(line)
    assert r"x\n2026" in line
    assert r"\r\x1b[2J\u202e\u2028\x85end failed" in line
    assert json.loads(JsonLines(False).format(record("%s failed", FORGED)))["event"].startswith(r"x\n2026")


def test_a_long_event_is_cut_and_says_how_long_it_was() -> None:
    line = TextLines(False).format(record("%s", "x" * 1_000_000))
    assert len(line) < LONGEST + 100
    assert line.endswith("characters)")


def test_a_path_is_encoded_and_cut() -> None:
    assert shown_path("/id/é\n%20 <") == "/id/%C3%A9%0A%20%20%3C"
    assert len(shown_path("/" + "x" * 9000)) < 250


def test_an_error_is_its_kind_and_its_places_and_not_what_it_says() -> None:
    def fail() -> None:
        try:
            int("a-secret-nobody-may-read-in-a-log")
        except ValueError as cause:
            raise RuntimeError("a-secret-nobody-may-read-in-a-log") from cause

    with pytest.raises(RuntimeError) as caught:
        fail()
    for formatter in (TextLines, JsonLines):
        quiet = formatter(False).format(record("it failed", error=caught.value))
        assert "secret" not in quiet
        assert re.search(
            r"RuntimeError at \S*test_logs\.py:\d+ < \S*test_logs\.py:\d+, from ValueError at ", quiet
        )
        assert "a-secret" in formatter(True).format(record("it failed", error=caught.value))


def test_an_error_of_the_system_says_which() -> None:
    with pytest.raises(OSError, match="No such file") as caught:
        Path("/nowhere/a-secret").read_bytes()
    line = TextLines(False).format(record("it failed", error=caught.value))
    assert "FileNotFoundError: No such file or directory" in line
    assert "a-secret" not in line


FLOOD = """
import logging, sys, time
from calcigraph.logs import configure
configure(sys.argv[1])
for number in range(5000):
    logging.getLogger("calcigraph.a").error("flood %d", number)
logging.getLogger("calcigraph.a").error("another kind")
logging.getLogger("calcigraph.a").info("not asked for")
time.sleep(1.5)
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_of_one_kind_of_event_some_are_written_and_the_rest_is_counted(form: str) -> None:
    done = subprocess.run([sys.executable, "-c", FLOOD, form], capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    events = [json.loads(line)["event"] if form == "json" else line.split(": ", 1)[1] for line in lines]
    counted = [int(event.split()[0]) for event in events if event.endswith("more of: flood %d")]
    written = [event for event in events if re.fullmatch(r"flood \d+", event)]
    assert len(written) + sum(counted) == 5000
    assert len(written) >= PER_SECOND
    assert len(written) + len(counted) < 500
    assert events.count("another kind") == 1
    assert not any("asked" in event for event in events)


STREAMS = {"closed": "2>&-", "full": "2>/dev/full", "left": "2> >(exec true)"}


@pytest.mark.parametrize("name", STREAMS)
def test_a_standard_error_that_takes_nothing_stops_nobody(name: str) -> None:
    program = FLOOD + "\nprint('went on')"
    command = ["bash", "-c", f'exec "$0" -c "$1" text {STREAMS[name]}', sys.executable, program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "went on\n")


def test_queries_are_logged_where_that_is_asked_for(start: Callable[..., Server]) -> None:
    asked = "ASK { ?s ?p '''asked-\n-for''' }"
    telling = start("telling", ROOTS["toy"], "--log-queries", "--log-format", "json")
    assert telling.ask(asked).status == 200
    until(lambda: "asked-" in telling.log.read_text())
    (line,) = (line for line in telling.log.read_text().splitlines() if "asked-" in line)
    assert json.loads(line)["event"] == "query: " + asked.replace("\n", "\\n")
