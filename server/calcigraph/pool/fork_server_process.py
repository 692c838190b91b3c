"""`python -m calcigraph.pool.fork_server_process DESCRIPTOR`: N-Quads and diffs in, forked workers out.

The only process that loads the data. It runs a single thread, so that forking it is safe, and is started
by `exec`, so that it has no memory of the front process. It answers one request of the front after
the other on the socket with the number DESCRIPTOR, and ends, with its children, when that closes.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import time
from typing import IO, Final, NoReturn, cast

from calcigraph.engine.replica import Part, Replica
from calcigraph.pool.frames import ClosedError, ControlChannel, FrameKind, decode_diff
from calcigraph.pool.worker_process import read_first, serve

_SHUTDOWN_S: Final = 2.0
# The front goes first: where a hundred long queries come at once, forking for them would keep it from
# reading the others.
_NICER: Final = 2
_LOOK_S: Final = 0.05


def main() -> NoReturn:
    """Serve the socket that the argument names."""
    # An interrupt from the terminal, and what a service manager sends to all processes of a server, is for
    # the front, which lets queries end and then closes the socket; workers inherit this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(_NICER)
    fork_server = _ForkServerProcess(ControlChannel(socket.socket(fileno=int(sys.argv[1]))))
    try:
        fork_server.start()
        while True:
            fork_server.step()
    except ClosedError:
        fork_server.await_children()
    os._exit(0)


class _ForkServerProcess:
    def __init__(self, channel: ControlChannel) -> None:
        self._channel = channel
        self._children: set[int] = set()
        self._forgotten: set[int] = set()
        self._replica = Replica(())
        self._prefixes: dict[str, str] = {}
        self._memory_mib = 0

    def start(self) -> None:
        """Load the dataset that comes with the first frame."""
        # While the front makes it ready.
        read_first()
        _, body = self._channel.receive()
        settings = json.loads(body)
        self._prefixes = settings["prefixes"]
        self._memory_mib = settings["memory_mib"]
        with _opened(self._channel, "rb") as dataset:
            try:
                self._replica = Replica.load(dataset, settings["default_graph"], settings["unasserted"])
            except SyntaxError:
                self._channel.send(FrameKind.FAILED)
                return
        gc.freeze()
        self._channel.send(FrameKind.DONE)

    def step(self) -> None:
        """Answer one request, or reap a child that was to be forgotten and has ended."""
        self._forgotten = {pid for pid in self._forgotten if not self._is_gone(pid)}
        if self._forgotten and not self._channel.has_news(_LOOK_S):
            return
        kind, body = self._channel.receive()
        if kind is FrameKind.FORK:
            self._fork()
        elif kind is FrameKind.FORGET:
            self._forgotten |= {int(body)} & self._children
        elif kind is FrameKind.APPLY:
            self._apply(body)
        elif kind is FrameKind.PREPARE:
            self._replica.prepare(cast(Part, body.decode()))
            # The garbage collector would write on pages that are shared with the children.
            gc.freeze()
            self._channel.send(FrameKind.DONE, json.dumps(self._replica.text_size).encode())
        elif kind is FrameKind.DUMP:
            self._dump()

    def _dump(self) -> None:
        """Write all data into the file that came; where it has no room the front keeps what it has."""
        try:
            with _opened(self._channel, "wb") as out:
                self._replica.dump(out)
        except OSError as error:
            self._channel.send(FrameKind.FAILED, str(error).encode())
        else:
            self._channel.send(FrameKind.DONE)

    def await_children(self) -> None:
        """Wait until the children have ended, whose channels have closed too; kill those that have not ended
        after 2 s."""
        until = time.monotonic() + _SHUTDOWN_S
        while self._children:
            if time.monotonic() > until:
                for pid in self._children:
                    os.kill(pid, signal.SIGKILL)
            pid, _ = os.waitpid(-1, os.WNOHANG)
            self._children.discard(pid)
            if not pid:
                time.sleep(0.005)

    def _fork(self) -> None:
        connection = self._channel.take_descriptor()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(connection)
            self._channel.send(FrameKind.FAILED, os.strerror(error.errno or 0).encode())
            return
        if not pid:
            serve(self._replica, self._prefixes, self._memory_mib, connection)
        os.close(connection)
        self._children.add(pid)
        handle = os.pidfd_open(pid)
        self._channel.send_with(handle, FrameKind.DONE, str(pid).encode())
        os.close(handle)

    def _is_gone(self, pid: int) -> bool:
        gone, _ = os.waitpid(pid, os.WNOHANG)
        self._children.discard(gone)
        return bool(gone)

    def _apply(self, body: bytes) -> None:
        try:
            rebuilt = self._replica.apply(decode_diff(body))
        except SyntaxError:
            self._channel.send(FrameKind.FAILED)
            return
        self._channel.send(FrameKind.DONE, b"rebuilt" if rebuilt else b"")


def _opened(channel: ControlChannel, mode: str) -> IO[bytes]:
    file: IO[bytes] = os.fdopen(channel.take_descriptor(), mode)
    file.seek(0)
    return file


if __name__ == "__main__":
    main()
