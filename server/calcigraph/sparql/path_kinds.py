"""Property paths in, out what section 18.4 of SPARQL 1.1 makes of them: a bag or a set, with or without a
step."""

from __future__ import annotations

from calcigraph.sparql.tree import (
    AlternativePath,
    BracketedPath,
    InversePath,
    NegatedPath,
    Node,
    RepeatedPath,
    SequencePath,
)


def is_bag(path: Node) -> bool:
    """Whether the same two terms may be a solution of `path` more than once because of an alternative, or
    of a negation, that stands in no repetition."""
    if isinstance(path, AlternativePath | NegatedPath):
        return True
    if isinstance(path, SequencePath):
        return any(map(is_bag, path.paths))
    return isinstance(path, InversePath | BracketedPath) and is_bag(path.path)


def repeats_outside(path: Node) -> bool:
    """Whether `path`, or a part of it that stands in no repetition, has one step or more."""
    if isinstance(path, RepeatedPath):
        return path.mark == "+"
    if isinstance(path, AlternativePath | SequencePath):
        return any(map(repeats_outside, path.paths))
    return isinstance(path, InversePath | BracketedPath) and repeats_outside(path.path)


def may_have_no_step(path: Node) -> bool:
    """Whether `path` leads from a term to itself in any graph, also where the term is not in it. The terms
    between the parts of a sequence are bound by the graph, so that a sequence does not."""
    if isinstance(path, RepeatedPath):
        return path.mark != "+" or may_have_no_step(path.path)
    if isinstance(path, AlternativePath):
        return any(map(may_have_no_step, path.paths))
    if isinstance(path, InversePath | BracketedPath):
        return may_have_no_step(path.path)
    return False


def inner(path: Node) -> Node:
    """`path` without the brackets around it."""
    while isinstance(path, BracketedPath):
        path = path.path
    return path
