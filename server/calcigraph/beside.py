"""Work in, done by a process that is forked off this one; what it gives out, as if it were done here.

For work that needs what this process has in memory and gives few values, while this one does something else.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from calcigraph.evaluated_apart import end_with_parent, given
from calcigraph.evaluating import tell, watched_by

Work = Callable[[], Iterable[Any]]


def beside(work: Work) -> Iterator[Any]:
    """What `work` gives; it has begun when this returns, in a process of its own.

    What it says that it is at is told when it is heard here, so that whoever watches is told of one thing
    after the other. Where the system gives no process, or it is killed, the work is done here,
    and so it has to give the same each time. To be called where no other thread holds a lock.
    Cost: a copy of each page of memory that either process writes to. Raises: what the work does.
    """
    try:
        ours, theirs = Pipe(duplex=False)
        with theirs:
            pid = os.fork()
            if pid == 0:
                _child(theirs, work)
    except OSError:
        return iter(work())
    return _heard(ours, pid, work)


def _child(connection: Connection, work: Work) -> None:
    """Do the work, and end without what a process does at its end: files are the parent's to remove."""
    try:
        end_with_parent()
        with suppress(BrokenPipeError), watched_by(lambda step: connection.send(("step", step))):
            connection.send(given(connection, work))
    finally:
        os._exit(0)


def _heard(connection: Connection, pid: int, work: Work) -> Iterator[Any]:
    count = 0
    try:
        with connection:
            while True:
                kind, value = connection.recv()
                if kind == "step":
                    tell(value)
                elif kind == "value":
                    count += 1
                    yield value
                elif kind == "failed":
                    raise RuntimeError(value)
                elif value is not None:
                    raise value
                else:
                    return
    except EOFError:
        yield from islice(work(), count, None)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
