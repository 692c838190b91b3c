"""A root in, a server process for it out, with what it took until its first answer."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from calcigraph.web.serving.listening import listen

ASK = f"/sparql?{urlencode({'query': 'ASK {}'})}"
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_LOOK_S = 0.005
_MOST_S = 1800.0


@dataclass(frozen=True)
class Started:
    """A server that has answered a query: `wall_s` after it was started, for `cpu_s` of processor time of all
    its processes."""

    pid: int
    port: int
    wall_s: float
    cpu_s: float

    def memory(self) -> dict[str, int]:
        """The memory that its front process has now, in bytes: resident (Rss), and with each page that it
        shares divided by how many share it (Pss)."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        sizes = {line.split(":")[0]: line.split()[1] for line in lines if line.endswith(" kB")}
        return {name: int(sizes[name]) << 10 for name in ("Rss", "Pss")}


@contextlib.contextmanager
def serving(
    root: Path, cache: Path, reasoner: str, server: Path | None = None, python: str = sys.executable
) -> Iterator[Started]:
    """A server, ended by its process id. `server` is the folder of the package, where it is another one, and
    `python` the interpreter that has what it depends on."""
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    path = {"PYTHONPATH": str(server)} if server else {}
    environment = {**os.environ, **path, "XDG_CACHE_HOME": str(cache)}
    command = [python, "-P", "-m", "calcigraph", "serve", "--root", str(root), "--reasoner", reasoner]
    begun = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--port", str(port)], env=environment, stderr=subprocess.DEVNULL, cwd=cache
    )
    try:
        _await_answer(process, port)
        yield Started(process.pid, port, time.perf_counter() - begun, _cpu_s(process.pid))
    finally:
        process.terminate()
        process.wait()


def get(port: int, path: str) -> int:
    """The status of a GET. Raises: OSError."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=_MOST_S)) as connection:
        connection.request("GET", path, headers={"Accept": "application/sparql-results+json"})
        with connection.getresponse() as response:
            response.read()
            return response.status


def _await_answer(process: subprocess.Popen[bytes], port: int) -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError):
            if get(port, ASK) == 200:
                return
        time.sleep(_LOOK_S)
    raise RuntimeError("the server ended before it answered")


def _cpu_s(pid: int) -> float:
    """The processor time of a process and of all that it has started."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    own = sum(map(int, fields[11:15])) / _TICKS_A_SECOND
    paths = Path(f"/proc/{pid}/task").glob("*/children")
    children = {int(child) for path in paths for child in path.read_text(encoding="ascii").split()}
    return own + sum(map(_cpu_s, children))
