"""The ontology of a root in, its trees as a page out; and one place of a tree, as a page or as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox
from flask import current_app, render_template

from calcigraph.describe import Description, ShownProperty
from calcigraph.rdf.vocabulary import DCTERMS, OBO, SH
from calcigraph.trees import KINDS, Branch, Portion, Tree, Trees, unfolded
from calcigraph.web.site import Site

_KEY: Final = "calcigraph-trees"
# What of each tree the page of the whole ontology shows, and what a page of its own.
_WIDTH, _PLACES, _MEMBERS = 60, 400, 120
WIDTH: Final = 200
_MOST_PLACES: Final = 1_000


@dataclass(frozen=True)
class ShownTree:
    """One tree: its kind, how many terms it has, and what of it is shown; `is_cut` as `Tree.is_cut`."""

    kind: str
    count: int
    shown: Portion
    is_cut: bool

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        whole = all(branch.more == 0 for top in self.shown.branches for branch in top.walk())
        return whole and len(self.shown.branches) == self.shown.size


@dataclass(frozen=True)
class TreePlace:
    """One place in a tree: a term, or what is above all; where it stands, and what is below it."""

    part: ShownTree
    node: ox.NamedNode | None
    above: tuple[ox.NamedNode, ...]
    alike: tuple[ox.NamedNode, ...]


class _Kept:
    """What is kept of the trees of a site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.trees = Trees(site.edition)

    @cached_property
    def profile(self) -> tuple[str, ...]:
        """What the reasoner had to say of the axioms that the first edition has; nothing of later ones."""
        edition = self.site.edition
        return () if edition.number else tuple(found.message for found in edition.files.recall_findings())

    @cached_property
    def overview(self) -> tuple[ShownTree, ...]:
        found = ((kind, self.trees.of(kind)) for kind in KINDS)
        return tuple(
            _part(self.site, kind, tree, None, 0, _WIDTH, _MEMBERS if kind == "individuals" else _PLACES)
            for kind, tree in found
            if tree.count
        )


def trees_of(site: Site) -> Trees:
    """The trees of a site, each made once for an edition."""
    return _kept(site).trees


def overview(site: Site) -> tuple[ShownTree, ...]:
    """What the page of the ontology shows of each tree that has terms, gathered once for an edition. Cost of
    the first call: see `Trees.of`."""
    return _kept(site).overview


def _kept(site: Site) -> _Kept:
    kept: _Kept | None = current_app.extensions.get(_KEY)
    if kept is None or kept.site is not site:
        kept = current_app.extensions[_KEY] = _Kept(site)
    return kept


def page(site: Site) -> str:
    """The ontology page: what it is, and its trees. Cost: see `overview`."""
    header: Description | None = site.engine.describe(site.edition, site.ontology, None)
    # A node that nobody named is mostly the one that the prefix table hangs on.
    title = site.edition.labels.stated(site.ontology) or site.about.title
    shown = {"header": header, "title": title, "stated": _stated(header), "parts": overview(site)}
    return render_template("ontology.html", profile=_kept(site).profile, **shown, **_shown(site))


def _stated(header: Description | None) -> list[ShownProperty]:
    """What is stated of the ontology, but for its prefixes, which are a table of their own."""
    slots = (slot for group in (header.groups if header else ()) for slot in group.slots)
    return [slot for slot in slots if slot.predicate != SH["declare"]]


def place(site: Site, kind: str, node: ox.NamedNode | None, offset: int) -> TreePlace | None:
    """What is below a term in a tree, from `offset` on; None where it is not in it."""
    trees = trees_of(site)
    tree = trees.of(kind)
    number = None if node is None else trees.number(node)
    if node is not None and (number is None or not tree.holds(number)):
        return None
    part = _part(site, kind, tree, number, offset, WIDTH, _MOST_PLACES)
    if number is None:
        return TreePlace(part, None, (), ())
    return TreePlace(part, node, _named(site, tree.above(number)), _named(site, tree.alike(number)))


def place_page(site: Site, shown: TreePlace) -> str:
    """A place of a tree as a page."""
    return render_template("tree.html", place=shown, part=shown.part, **_shown(site))


def as_json(site: Site, shown: TreePlace) -> dict[str, Any]:
    """The same as data: each term with its label, how many are below it, and those of them that are shown;
    `cut` where the tree leaves some out that it has no room for."""
    return {
        "kind": shown.part.kind,
        "count": shown.part.count,
        **({"cut": True} if shown.part.is_cut else {}),
        "term": None if shown.node is None else _term(site, shown.node),
        "above": [_term(site, node) for node in shown.above],
        "size": shown.part.shown.size,
        "from": shown.part.shown.offset,
        "next": shown.part.shown.next_offset,
        "below": [_branch(site, branch) for branch in shown.part.shown.branches],
    }


def kinds_json(site: Site) -> list[dict[str, Any]]:
    """The kinds of trees that there are, with how many terms each has."""
    return [{"kind": kind, "count": trees_of(site).of(kind).count} for kind in KINDS]


def _part(
    site: Site, kind: str, tree: Tree, number: int | None, offset: int, width: int, places: int
) -> ShownTree:
    shown = unfolded(site.edition, tree, number, offset, width, places)
    return ShownTree(kind, tree.count, shown, tree.is_cut)


def _shown(site: Site) -> dict[str, Any]:
    """What the templates ask about a term."""
    edition = site.edition

    def instead(node: ox.NamedNode) -> list[ox.NamedNode]:
        found = (*edition.objects(node, DCTERMS["isReplacedBy"]), *edition.objects(node, OBO["IAO_0100001"]))
        return [term for term in dict.fromkeys(found) if isinstance(term, ox.NamedNode)]

    def definition(node: ox.NamedNode) -> str:
        said = edition.labels.definition(node)
        return said.value if said else ""

    return {
        "definition": definition,
        "instead": instead,
        "is_deprecated": trees_of(site).is_deprecated,
        "used": site.describer.uses.count,
    }


def _branch(site: Site, branch: Branch) -> dict[str, Any]:
    below = [_branch(site, lower) for lower in branch.branches]
    same = {"same": [node.value for node in branch.alike]} if branch.alike else {}
    return {**_term(site, branch.node), **same, "size": branch.size, "below": below}


def _term(site: Site, node: ox.NamedNode) -> dict[str, Any]:
    retired = {"deprecated": True} if trees_of(site).is_deprecated(node) else {}
    return {"iri": node.value, "label": site.edition.label(node), **retired}


def _named(site: Site, numbers: Any) -> tuple[ox.NamedNode, ...]:
    terms = (site.edition.index.term(number) for number in numbers)
    return tuple(term for term in terms if isinstance(term, ox.NamedNode))
