"""A call of another service gives its answer, or says what is wrong, whatever the other one does."""

from __future__ import annotations

import math
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from calcigraph.federation import AllowList, CallLimits, Services
from calcigraph.federation.service_problems import (
    ServiceFailed,
    ServiceRefused,
    ServicesBusy,
    ServiceTimedOut,
)
from conftest import free_port
from hostile_services import EMPTY, Script, Service, answer, ending, repeating, sending, service
from polling import MOST_S, until

PATIENT = CallLimits(timeout_s=MOST_S, most_bytes=1 << 20, at_once=2, patience_s=MOST_S)
# For services that never answer.
QUICK = replace(PATIENT, timeout_s=0.5)
QUERY = 'SELECT * WHERE { ?s ?p "é & = %" }'
CHUNKED = answer(b"", "Transfer-Encoding: chunked")


def nobody() -> None:
    """Look whether the client has left: it has not."""


def call(here: Service, iri: str = "", limits: CallLimits = PATIENT) -> bytes:
    services = Services(
        AllowList([f"http://127.0.0.1:{here.port}/", f"https://127.0.0.1:{here.port}/"]), limits
    )
    return services.call(iri or here.iri, QUERY, math.inf, nobody)


def test_a_call_is_a_post_of_the_protocol_that_says_no_more_than_it_must() -> None:
    with service(sending(answer(EMPTY))) as here:
        assert call(here, here.iri + "?default-graph-uri=http://x/") == EMPTY
        head, _, body = here.requests[0].decode().partition("\r\n\r\n")
    request_line, *headers = head.split("\r\n")
    assert request_line == "POST /sparql?default-graph-uri=http://x/ HTTP/1.1"
    assert parse_qs(body) == {"query": [QUERY]}
    named = {name.lower(): value for name, _, value in (header.partition(": ") for header in headers)}
    assert named.pop("user-agent").startswith("calcigraph/")
    assert named == {
        "host": f"127.0.0.1:{here.port}",
        "accept": "application/sparql-results+json, application/sparql-results+xml;q=0.9",
        "accept-encoding": "identity",
        "content-type": "application/x-www-form-urlencoded",
        "content-length": str(len(body)),
        "connection": "close",
    }


def test_a_chunked_answer_is_put_together() -> None:
    with service(sending(CHUNKED, b"4\r\nabcd\r\n", b"2;x=y\r\nef\r\n", b"0\r\nTrailer: x\r\n\r\n")) as here:
        assert call(here) == b"abcdef"


FAILING: dict[str, tuple[Script, str]] = {
    "a redirect": (sending(answer(b"", "Location: /elsewhere", status="302 Found")), "redirect"),
    "an error": (sending(answer(EMPTY, status="500 Internal Server Error")), "status 500"),
    "nothing found": (sending(answer(EMPTY, status="404 Not Found")), "status 404"),
    "no content": (sending(answer(b"", status="204 No Content")), "status 204"),
    "no HTTP": (sending(b"SSH-2.0-OpenSSH_9\r\n"), "not HTTP"),
    "nothing": (sending(), "not HTTP"),
    "a long status line": (sending(b"HTTP/1.1 200 " + b"x" * 100_000), "not HTTP"),
    "a long header": (sending(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000), "not HTTP"),
    "endless headers": (repeating(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 100), "not HTTP"),
    "a compressed answer": (sending(answer(EMPTY, "Content-Encoding: gzip")), "compressed"),
    "a short answer": (sending(answer(EMPTY, "Content-Length: 1000")), "middle"),
    "a torn chunk": (sending(CHUNKED, b"ffff\r\nabc"), "not HTTP"),
    "no chunk": (sending(CHUNKED, b"zzzz\r\nabc"), "not HTTP"),
    "an endless answer": (repeating(CHUNKED, b"10000\r\n" + b"x" * 0x10000 + b"\r\n"), "longer than 1 MiB"),
    "an answer without an end": (
        repeating(answer(b"", "Content-Length: 99999999999"), b"x" * 65536),
        "longer",
    ),
}


@pytest.mark.parametrize(("script", "words"), FAILING.values(), ids=FAILING)
def test_a_bad_answer_is_a_failure_with_its_reason(script: Script, words: str) -> None:
    with service(script) as here, pytest.raises(ServiceFailed, match=words) as failure:
        call(here)
    assert failure.value.remedy
    assert "127.0.0.1" in failure.value.detail


def test_a_redirect_is_not_followed() -> None:
    with service(sending(answer(EMPTY))) as elsewhere:
        location = answer(b"", f"Location: {elsewhere.iri}", status="307 Temporary Redirect")
        with service(sending(location)) as here, pytest.raises(ServiceFailed, match="redirect"):
            call(here)
    assert elsewhere.connections == 0


SLOW: dict[str, Callable[[threading.Event], Script]] = {
    "silence": lambda over: lambda _connection: (over.wait(), None)[1],
    "an answer drop by drop": lambda over: repeating(CHUNKED, b"1\r\nx\r\n", over),
    "headers drop by drop": lambda over: repeating(b"HTTP/1.1 200 OK\r\nX: ", b"x", over),
    "endless provisional answers": lambda over: repeating(b"", b"HTTP/1.1 100 Continue\r\n\r\n", over),
}


@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW)
def test_a_slow_answer_is_given_up(slow: Callable[[threading.Event], Script]) -> None:
    over = threading.Event()
    with service(slow(over)) as here, ending(over), pytest.raises(ServiceTimedOut, match=r"0\.5 s"):
        call(here, limits=QUICK)


def test_who_leaves_and_the_deadline_of_the_query_end_a_call() -> None:
    closed = threading.Event()

    def wait(connection: socket.socket) -> None:
        if connection.recv(1) == b"":
            closed.set()

    class GoneError(Exception):
        pass

    def leave() -> None:
        if here.requests:
            raise GoneError

    patient = CallLimits(timeout_s=600)
    with service(wait) as here:
        services = Services(AllowList([here.iri]), patient)
        with pytest.raises(GoneError):
            services.call(here.iri, QUERY, math.inf, leave)
        assert closed.wait(MOST_S)
        with pytest.raises(TimeoutError):
            services.call(here.iri, QUERY, time.monotonic() + 0.2, nobody)


def test_only_so_many_calls_are_under_way_at_once() -> None:
    over = threading.Event()
    with (
        service(lambda connection: (over.wait(), connection.sendall(answer(EMPTY)))[1]) as here,
        ending(over),
    ):
        services = Services(AllowList([here.iri]), CallLimits(at_once=2, patience_s=0.1, timeout_s=MOST_S))
        answers: list[bytes] = []
        calls = [
            threading.Thread(target=lambda: answers.append(services.call(here.iri, QUERY, math.inf, nobody)))
            for _ in range(2)
        ]
        for thread in calls:
            thread.start()
        until(lambda: len(here.requests) == 2)
        with pytest.raises(ServicesBusy):
            services.call(here.iri, QUERY, math.inf, nobody)
        over.set()
        for thread in calls:
            thread.join()
        assert answers == [EMPTY, EMPTY]
        assert services.call(here.iri, QUERY, math.inf, nobody) == EMPTY


def test_nobody_listening_is_a_failure() -> None:
    with pytest.raises(ServiceFailed, match="reached"):
        call(Service(free_port()))


def test_no_such_host_is_a_failure() -> None:
    services = Services(AllowList(["http://nowhere.invalid/"]), CallLimits(timeout_s=MOST_S))
    with pytest.raises(ServiceFailed, match="no such host"):
        services.call("http://nowhere.invalid/sparql", QUERY, math.inf, nobody)


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
def test_a_name_that_means_this_machine_is_refused_before_it_is_called(host: str) -> None:
    with service(sending(answer(EMPTY))) as here:
        services = Services(AllowList([f"http://{host}:{here.port}/"]), QUICK)
        with pytest.raises(ServiceRefused, match="open Internet") as refusal:
            services.call(f"http://{host}:{here.port}/sparql", QUERY, math.inf, nobody)
    assert "IP address" in refusal.value.remedy
    assert here.connections == 0


def test_a_host_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = []
    real = socket.getaddrinfo

    def spy(*arguments: object, **options: object) -> object:
        looked_up.append(arguments[0])
        return real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", spy)
    with service(sending(answer(EMPTY))) as here:
        call(here)
    assert looked_up == ["127.0.0.1"]


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with service(sending(answer(EMPTY))) as here, service(sending(answer(EMPTY))) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        assert call(here) == EMPTY
        assert proxy.connections == 0


def test_calls_leave_no_descriptor_and_no_thread_behind() -> None:
    def count() -> tuple[int, int]:
        threads = [thread for thread in threading.enumerate() if thread.name == "calcigraph-service-call"]
        return len(os.listdir("/proc/self/fd")), len(threads)

    before = count()
    with service(sending(answer(b"", status="302 Found"))) as here:
        for _ in range(20):
            with pytest.raises(ServiceFailed):
                call(here)
    until(lambda: count() == before)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Self-signed certificates with their keys, for this address and for a name."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl: apt-get install openssl")
    folder = tmp_path_factory.mktemp("certificates")
    found = {}
    for name, alternative in (("address", "IP:127.0.0.1"), ("name", "DNS:service.example")):
        key, certificate, both = (folder / f"{name}.{part}" for part in ("key", "crt", "pem"))
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
                *("-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName={alternative}"),
                *("-keyout", str(key), "-out", str(certificate)),
            ],
            check=True,
            capture_output=True,
        )
        both.write_bytes(key.read_bytes() + certificate.read_bytes())
        found[name] = both
    return found


def test_tls_is_verified_with_the_host(
    certificates: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with service(sending(answer(EMPTY)), certificates["address"]) as here:
        secured = here.iri.replace("http:", "https:")
        with pytest.raises(ServiceFailed, match="certificate"):
            call(here, secured)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates["address"]))
        assert call(here, secured) == EMPTY
        with pytest.raises(ServiceFailed, match=r"not HTTP|reached"):
            call(here)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates["name"]))
    with service(sending(answer(EMPTY)), certificates["name"]) as here:
        with pytest.raises(ServiceFailed, match="certificate"):
            call(here, here.iri.replace("http:", "https:"))
        assert here.requests == []


def test_tls_is_not_given_up_where_the_other_side_has_none() -> None:
    with service(sending(answer(EMPTY))) as here, pytest.raises((ServiceFailed, ServiceTimedOut)):
        call(here, here.iri.replace("http:", "https:"), QUICK)
    assert QUERY.encode() not in b"".join(here.requests)
