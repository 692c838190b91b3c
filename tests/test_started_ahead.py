"""A process that is started ahead of who needs it: given once, and to nobody where it has ended."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing

from calcigraph.processes import FORK_SERVER, _ahead, start_ahead, started
from polling import MOST_S


def test_it_is_given_once() -> None:
    start_ahead(*FORK_SERVER)
    ahead, first = started(*FORK_SERVER)
    other, second = started(*FORK_SERVER)
    with closing(first), closing(second):
        assert ahead.pid != other.pid
        assert ahead.poll() is other.poll() is None
    # Each ends with its connection.
    assert ahead.wait(MOST_S) == other.wait(MOST_S) == 0


def test_one_that_has_ended_is_replaced() -> None:
    start_ahead(*FORK_SERVER)
    ended, connection = started(*FORK_SERVER)
    _ahead[FORK_SERVER[0]] = ended, connection
    ended.kill()
    ended.wait(MOST_S)
    other, own = started(*FORK_SERVER)
    with closing(connection), closing(own):
        assert other.pid != ended.pid
    assert other.wait(MOST_S) == 0


def test_one_that_nobody_needs_ends_with_the_program() -> None:
    program = (
        "from calcigraph.processes import FORK_SERVER, _ahead, start_ahead\n"
        "start_ahead(*FORK_SERVER)\n"
        "print(_ahead[FORK_SERVER[0]][0].pid)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert subprocess.run(["kill", "-0", said.strip()], capture_output=True, check=False).returncode != 0
