"""Queries in, answers or Problems out: evaluation in processes that can be killed."""

from calcigraph.engine.replica import Diff
from calcigraph.pool.answer import Answer, Body, Query
from calcigraph.pool.attempt import Attempt
from calcigraph.pool.limits import Limits
from calcigraph.pool.pool import Pool

__all__ = ["Answer", "Attempt", "Body", "Diff", "Limits", "Pool", "Query"]
