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
    "one of several failures": """\
def test_leaves():
    def fail():
        left = socket.socket()
        raise ValueError(left.fileno())
    try:
        fail()
    except ValueError as error:
        raise ExceptionGroup("several", [error, KeyError()]) from None
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


SHARING = """\
@pytest.fixture(scope="module")
def shared():
    with socket.socket() as opened:
        yield opened

def test_first(shared):
    assert shared.fileno() > 0

def test_second(shared):
    assert shared.fileno() > 0
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of all these."""
    folder = tmp_path_factory.mktemp("leaks")
    for number, tests in enumerate([*LEAVING.values(), SHARING]):
        text = "\n".join(["import gc, socket, pytest", tests, AFTER])
        (folder / f"test_{number}.py").write_text(text, encoding="utf-8")
    command = (sys.executable, "-m", "pytest", "-rA", "-p", "leaks", "-p", "no:xdist", "-W", "error", folder)
    environment = os.environ | {"PYTHONPATH": str(HERE)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    ).stdout


@pytest.mark.parametrize("kind", LEAVING)
def test_a_socket_that_is_left_open_fails_the_test_that_opened_it(kind: str, told: str) -> None:
    file = f"test_{list(LEAVING).index(kind)}.py"
    assert f"ERROR {file}::test_leaves - pytest.PytestUnraisableExceptionWarning" in told
    assert f"PASSED {file}::test_comes_after" in told
    assert f"PASSED {file}::test_closes" in told


def test_a_socket_that_a_fixture_shares_stays_open(told: str) -> None:
    file = f"test_{len(LEAVING)}.py"
    for name in ("first", "second", "comes_after", "closes"):
        assert f"PASSED {file}::test_{name}" in told
    assert f" {len(LEAVING)} errors in " in told
