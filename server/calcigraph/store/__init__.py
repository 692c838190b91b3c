"""One interface of whatever holds the data and answers from them, and those that there are.

- `interface` is what the web and the command line know;
- `local` answers from processes of this machine that can be ended;
- `offline` answers in this process, for whoever trusts the query; `editions` is what both have in common;
- `dumps` writes an edition into files, for both.
"""

from calcigraph.store.dumps import Dump
from calcigraph.store.interface import Engine
from calcigraph.store.local import LocalEngine, descriptors_of
from calcigraph.store.offline import OfflineEngine

__all__ = ["Dump", "Engine", "LocalEngine", "OfflineEngine", "descriptors_of"]
