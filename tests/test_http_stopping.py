"""A server that is told to stop answers what it has begun, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import threading
from pathlib import Path

import pytest

from conftest import ROOTS, Reply, Server, serving
from polling import MOST_S, until


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_was_begun_is_answered_and_then_every_process_ends(
    tmp_path: Path, number: signal.Signals
) -> None:
    with serving("toy", ROOTS["toy"], tmp_path / "log", "--reasoner", "none") as server:
        children = family(server.pid)
        replies: list[Reply] = []
        slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        asking = threading.Thread(target=lambda: replies.append(server.ask(slow, timeout="3")))
        asking.start()
        until(lambda: is_busy(server))
        os.kill(server.pid, number)
        asking.join(MOST_S)
        assert replies[0].status == 503
        until(lambda: not any(is_alive(pid) for pid in children))
        with pytest.raises(ConnectionRefusedError), contextlib.closing(socket.socket()) as late:
            late.connect(("127.0.0.1", server.port))
    assert len(children) > 2
    assert "Traceback" not in (tmp_path / "log").read_text()


def is_busy(server: Server) -> bool:
    """Whether a query is being answered."""
    busy = r'^calcigraph_pool_workers\{state="(busy|preempted)"\} [1-9]'
    return bool(re.search(busy, server.get("/metrics").text, re.MULTILINE))


def processor_ticks(pid: int) -> int:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return int(file.read().rpartition(") ")[2].split()[11])
    return 0


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(") ")[2].split()[1])
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return file.read().rpartition(") ")[2].split()[0] != "Z"
    return False
