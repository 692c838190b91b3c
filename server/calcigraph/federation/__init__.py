"""The IRI of a service and a query in, the bytes of its answer out: the only calls that the server makes.

It knows no SPARQL: what comes back is passed on unread, to a process that may read it.
"""

from calcigraph.federation.endpoints import AllowList
from calcigraph.federation.services import CallLimits, Services

__all__ = ["AllowList", "CallLimits", "Services"]
