"""A request that was read whole in, the environ that WSGI frameworks read it from out (PEP 3333)."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from calcigraph.web.in_flight import KEY, InFlight
from calcigraph.web.protocol import request_head

# As PEP 3333 names them: without the prefix of the others.
_OWN_NAMES: Final = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}
# The length is that of the body as it is here; `Proxy` would pass for a setting of CGI programs.
_LEFT_OUT: Final = frozenset({b"transfer-encoding", b"content-length", b"proxy"})


def environ_of(in_flight: InFlight) -> dict[str, Any]:
    """The environ. `REQUEST_URI` is the target as it was sent, `calcigraph.in_flight` the request itself.

    The server's name is of no use here and never taken from the request: links are made from `--base`.
    """
    head, body = in_flight.head, in_flight.body
    environ: dict[str, Any] = {
        "REQUEST_METHOD": head.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(head.raw_path).decode("latin-1"),
        "QUERY_STRING": head.query_string.decode("ascii"),
        "REQUEST_URI": head.target.decode("ascii"),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": f"HTTP/1.{head.minor}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "CONTENT_LENGTH": str(len(body)),
        KEY: in_flight,
        request_head.KEY: head,
        request_head.GONE: in_flight.gone,
    }
    for name, value in head.fields.items():
        if name not in _LEFT_OUT:
            key = _OWN_NAMES.get(name) or "HTTP_" + name.decode("ascii").upper().replace("-", "_")
            environ[key] = value.decode("latin-1")
    return environ
