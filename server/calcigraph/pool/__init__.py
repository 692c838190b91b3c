"""Queries in, answers or Problems out: evaluation in processes that can be killed."""

from calcigraph.engine.replica import Diff
from calcigraph.pool.answer import Answer, Body, Query
from calcigraph.pool.attempt import Attempt
from calcigraph.pool.pool import Pool
from calcigraph.pool.query_limits import QueryLimits

__all__ = ["Answer", "Attempt", "Body", "Diff", "Pool", "Query", "QueryLimits"]
