"""The limit on open files of this process in; how many of them are left for connections out.

A connection takes a descriptor, and so does each process of the pool. Where connections could take them all,
no worker could be started any more, and nothing that watches over them could read a file.
"""

from __future__ import annotations

import os
import resource
from typing import Final

# The channels of a worker, the pidfd that tells of its end, and one of each while it is replaced.
_OF_A_WORKER: Final = 4
# Files of an edition, its index in several threads, the writer, calls of services, the log.
_OF_THE_REST: Final = 160


def reserved(processes: int) -> int:
    """How many descriptors a pool of so many processes may need, and all else that is no connection."""
    return _OF_A_WORKER * processes + _OF_THE_REST


def raise_limit(wanted: int) -> None:
    """Let this process open `wanted` files, or as many as the system lets it (`setrlimit`, RLIMIT_NOFILE).
    The usual soft limit of 1,024 is there for programs that use `select`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def left_for_connections(processes: int) -> int:
    """How many connections may be open at the same time, beside a pool of so many processes; 0 or less where
    there are none to spare. What is open now counts as taken, but the pool's are reserved already."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        soft = 1 << 30
    others = max(len(os.listdir("/proc/self/fd")), reserved(processes))
    return soft - others
