"""Whether a server lives and whether it answers are two questions; SIGTERM ends it, whatever is stopped."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from calcigraph.processes import children_of
from calcigraph.web.readiness import SHARED_S
from conftest import ROOTS, Reply, Server, serving
from large_roots import write_large_root
from polling import until
from test_http_stopping import family, is_alive, is_busy, processor_ticks


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Server]:
    """A server of its own, whose processes may be harmed."""
    with serving("toy", ROOTS["toy"], tmp_path / "log", "--reasoner", "none") as server:
        yield server
    assert "Traceback" not in (tmp_path / "log").read_text()


def forking(server: Server) -> int:
    """The process that workers are forked from: the child with children."""
    return next(child for child in children_of(server.pid) if children_of(child))


def test_both_are_in_the_interface_and_kept_by_nobody(toy: Server) -> None:
    for path, status in (("/healthz", "ok"), ("/readyz", "ready")):
        reply = toy.get(path)
        assert (reply.status, reply.json) == (200, {"status": status})
        assert reply.headers["cache-control"] == "no-store"
        assert path in toy.get("/openapi.json").json["paths"]


def test_a_server_whose_processes_are_stopped_lives_and_is_not_ready(alone: Server) -> None:
    forked_from = forking(alone)
    stopped = (forked_from, *children_of(forked_from))
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    replies: list[Reply] = []

    def is_unready() -> bool:
        replies.append(alone.get("/readyz"))
        return replies[-1].status == 503

    until(is_unready)
    assert alone.get("/healthz").status == 200
    refused = replies[-1]
    assert refused.headers["retry-after"] == "1"
    assert refused.json["title"] == "The server is not ready"
    assert "fresh query was not answered" in refused.json["detail"]
    for pid in stopped:
        # Those that were replaced are gone.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    until(lambda: alone.get("/readyz").status == 200)


def test_an_answer_that_is_kept_says_nothing_of_readiness(alone: Server) -> None:
    asked = "ASK {}"
    assert alone.ask(asked).status == alone.ask(asked).status == 200
    forked_from = forking(alone)
    for pid in (forked_from, *children_of(forked_from)):
        os.kill(pid, signal.SIGSTOP)
    until(lambda: alone.get("/readyz").status == 503)
    # Nothing but the caches can answer this.
    assert alone.ask(asked).status == 200


def test_what_was_killed_comes_back_without_a_query(alone: Server) -> None:
    for _ in range(2):
        forked_from = forking(alone)
        lost = children_of(forked_from)
        for pid in (forked_from, *lost):
            os.kill(pid, signal.SIGKILL)
        until(lambda lost=lost: any(children_of(child) - lost for child in children_of(alone.pid)))
        until(lambda: alone.get("/readyz").status == 200)


def test_to_ask_takes_no_longer_where_there_are_more_data(tmp_path: Path) -> None:
    """By processor time of all processes, whatever else the machine does."""
    folder = write_large_root(tmp_path / "root", 20_000)
    with serving("large", folder, tmp_path / "log", "--reasoner", "none") as server:

        def ticks(times: int, address: str) -> int:
            everybody = family(server.pid)
            before = sum(map(processor_ticks, everybody))
            for number in range(times):
                assert server.get(address.replace("NUMBER", str(number))).status == 200
                # An outcome is everybody's for a moment.
                time.sleep(2 * SHARED_S)
            return sum(map(processor_ticks, everybody)) - before

        ticks(3, "/readyz")
        look_at_all = quote("SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o FILTER(?o != <urn:NUMBER>) }")
        assert ticks(10, "/readyz") < ticks(10, f"/sparql?query={look_at_all}") / 2


def test_many_who_ask_at_once_are_all_told(toy: Server) -> None:
    statuses: list[int] = []
    asking = [threading.Thread(target=lambda: statuses.append(toy.get("/readyz").status)) for _ in range(50)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert statuses == [200] * 50


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
def test_the_process_that_proves_is_replaced(alone: Server, number: signal.Signals) -> None:
    triple = "subject=id:pump-1&predicate=plant:reaches&object=id:high-tank&format=text"
    address = f"/explain?{triple}"
    assert alone.get(address).status in (200, 404)
    (writer,) = (child for child in children_of(alone.pid) if not children_of(child))
    os.kill(writer, number)
    assert alone.get(address).status in (200, 404)
    assert not is_alive(writer)


@pytest.mark.parametrize(
    "harmed", ["nothing", "fork server", "workers", "fork server without workers", "all"]
)
def test_sigterm_ends_it_whatever_is_stopped(harmed: str, tmp_path: Path) -> None:
    with serving("toy", ROOTS["toy"], tmp_path / "log", "--reasoner", "none") as server:
        server.get("/explain?subject=id:pump-1&predicate=plant:feeds&object=id:pump-1")
        everybody = family(server.pid)
        forked_from = forking(server)
        workers = children_of(forked_from)
        stopped = {
            "nothing": (),
            "fork server": (forked_from,),
            "workers": workers,
            "fork server without workers": (forked_from,),
            "all": (*everybody[1:],),
        }[harmed]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        if "without" in harmed:
            for pid in workers:
                os.kill(pid, signal.SIGKILL)
            until(lambda: not any(is_alive(pid) for pid in workers))
        os.kill(server.pid, signal.SIGTERM)
        until(lambda: not any(is_alive(pid) for pid in everybody))
    assert len(everybody) > 4
    assert "Traceback" not in (tmp_path / "log").read_text()


ENDLESS = (
    "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STRLEN(CONCAT(STR(?a), STR(?d), STR(?g), STR(?j))) = 1)"
)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_ended_while_it_loads_leaves_no_process(
    number: signal.Signals, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(ROOTS["toy"], tmp_path / "root"))
    (root / "ontology/rules").mkdir(exist_ok=True)
    (root / "ontology/rules/endless.rq").write_text(
        f"#+ rule: never ends\n#+ stage: after\nCONSTRUCT {{ ?a <urn:x:never> ?l }} WHERE {{ {ENDLESS} }}\n"
    )
    command = [sys.executable, "-m", "calcigraph", "serve", "--root", str(root), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        # The one that reads and closes, which has nothing to say for as long as that takes.
        until(lambda: any(processor_ticks(child) > 200 for child in children_of(process.pid)))
        everybody = family(process.pid)
        process.send_signal(number)
        _, said = process.communicate()
    assert (process.returncode, said) == (-number, b"")
    until(lambda: not any(is_alive(pid) for pid in everybody))
    assert len(everybody) > 1


def test_a_signal_to_all_of_its_processes_lets_queries_end_first(tmp_path: Path) -> None:
    with serving("toy", ROOTS["toy"], tmp_path / "log", "--reasoner", "none") as server:
        everybody = family(server.pid)
        replies: list[Reply] = []
        slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        asking = threading.Thread(target=lambda: replies.append(server.ask(slow, timeout="3")))
        asking.start()
        until(lambda: is_busy(server))
        for pid in everybody:
            os.kill(pid, signal.SIGTERM)
        asking.join()
        until(lambda: not any(is_alive(pid) for pid in everybody))
    assert [(reply.status, reply.json["title"]) for reply in replies] == [(503, "The query took too long")]
