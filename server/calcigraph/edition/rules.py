"""A root in, its CONSTRUCT rules as the reasoner takes them out."""

from __future__ import annotations

from calcigraph.reasoning import ConstructRule
from calcigraph.root import Root


def construct_rules(root: Root) -> list[ConstructRule]:
    """The rules of the root."""
    return [ConstructRule(rule.slug, rule.stage, rule.text) for rule in root.rules]
