"""The IRI of a service and a query in, the bytes of its answer out: the only calls that the server makes.

It knows no SPARQL: the answer is passed on unread, to a worker process.
"""

from calcigraph.federation.endpoints import AllowList
from calcigraph.federation.services import CallLimits, Services

__all__ = ["AllowList", "CallLimits", "Services"]
