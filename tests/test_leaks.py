"""A socket that a test leaves open fails that test, and none that comes after it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# Each opens a socket, and what comes after it collects whatever can be.
LEAVING = {
    "a failure that still holds it": """\
def test_leaves():
    left = socket.socket()
    assert left.fileno() < 0
""",
    "a failure with a cause that still holds it": """\
def test_leaves():
    def fail():
        left = socket.socket()
        raise ValueError(left.fileno())
    try:
        fail()
    except ValueError as error:
        raise KeyError from error
""",
    "a circle": """\
def test_leaves():
    circle = [socket.socket()]
    circle.append(circle)
""",
    "a fixture": """\
@pytest.fixture
def opened():
    circle = [socket.socket()]
    circle.append(circle)
    return circle[0]

def test_leaves(opened):
    assert opened.fileno() > 0
""",
    "what a server accepts": """\
def test_leaves():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()):
            circle = [server.accept()[0]]
            circle.append(circle)
""",
}
AFTER = """
def test_comes_after():
    gc.collect()

def test_closes():
    with socket.socket():
        pass
"""


def run(folder: Path, *tests: str) -> str:
    (folder / "test_sample.py").write_text("\n".join(["import gc, socket, pytest", *tests]), encoding="utf-8")
    command = (sys.executable, "-m", "pytest", "-q", "-rA", "-p", "leaks", "-W", "error", "test_sample.py")
    environment = os.environ | {"PYTHONPATH": str(HERE)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout


@pytest.mark.parametrize("kind", LEAVING)
def test_a_socket_that_is_left_open_fails_the_test_that_opened_it(kind: str, tmp_path: Path) -> None:
    told = run(tmp_path, LEAVING[kind], AFTER)
    assert "ResourceWarning: unclosed <socket.socket" in told
    assert "ERROR test_sample.py::test_leaves" in told
    assert "PASSED test_sample.py::test_comes_after" in told
    assert "PASSED test_sample.py::test_closes" in told


def test_a_socket_that_a_fixture_shares_stays_open(tmp_path: Path) -> None:
    shared = """\
@pytest.fixture(scope="module")
def shared():
    with socket.socket() as opened:
        yield opened

def test_first(shared):
    assert shared.fileno() > 0

def test_second(shared):
    assert shared.fileno() > 0
"""
    told = run(tmp_path, shared, AFTER)
    assert "4 passed" in told
