"""Data and the shapes of SHACL Core in, their results out, by the engine in Rust (`shacl`, from PyPI).

The only module that knows it. It gives blank nodes names of its own: those of the shapes, then those of the
data, each numbered in the order in which a text names them first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from copy import copy

import pyoxigraph as ox
import shacl

from calcigraph.rdf.lexical_spaces import beyond_engines, ill_typed
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import SH, XSD
from calcigraph.validation.marking import ILL_TYPED, unmarked
from calcigraph.validation.result import Result

_SHAPES, _DATA = "1_b", "0_b"


class EngineUnable(Exception):
    """The engine cannot judge this; the words say why."""


class Document:
    """Triples as N-Triples, with the blank nodes in the order in which they are named first."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.blank_nodes: dict[str, ox.BlankNode] = {}
        self.beyond = False
        self._literals: dict[ox.Literal, str] = {}
        self.text = ""
        self._add(triples)

    def followed_by(self, triples: Iterable[ox.Triple]) -> Document:
        """This document with some triples at its end."""
        longer = copy(self)
        longer.blank_nodes = dict(self.blank_nodes)
        longer._add(triples)
        return longer

    def _add(self, triples: Iterable[ox.Triple]) -> None:
        lines = []
        for triple in triples:
            subject, predicate, value = triple.subject, triple.predicate, triple.object
            if isinstance(value, ox.Triple):
                continue
            lines.append(f"{self._node(subject)} {predicate} {self._term(value)} .\n")
        self.text += "".join(lines)

    def _term(self, term: Term) -> str:
        if not isinstance(term, ox.Literal):
            return self._node(term)
        found = self._literals.get(term)
        if found is None:
            found = self._literals[term] = self._literal(term)
        return found

    def _node(self, term: Term) -> str:
        if isinstance(term, ox.BlankNode):
            self.blank_nodes.setdefault(term.value, term)
        return str(term)

    def _literal(self, literal: ox.Literal) -> str:
        if literal.language is not None or literal.datatype == XSD["string"]:
            return str(literal)
        if ill_typed(literal):
            marked = ox.NamedNode(ILL_TYPED + literal.datatype.value)
            return str(ox.Literal(literal.value, datatype=marked))
        self.beyond = self.beyond or beyond_engines(literal)
        return str(literal)


def judge(data: Document, shapes: Document) -> list[Result]:
    """The results of shapes of SHACL Core that are not recursive; messages are those of the shapes.

    Cost: linear in the data for most shapes, and in the ways in which they lead to others.
    Raises: EngineUnable.
    """
    if data.beyond or shapes.beyond:
        raise EngineUnable("a number or a time is beyond what the engine holds")
    try:
        compiled = shacl.Shapes.from_text(shapes.text, "ntriples")
        written = compiled.validate_text(data.text, "ntriples").serialize("ntriples")
    except ValueError as error:
        raise EngineUnable(str(error)) from error
    except BaseException as error:
        # What stops the engine itself is no Exception, and no reason to judge nothing.
        if type(error).__name__ != "PanicException":
            raise
        raise EngineUnable("the engine of SHACL Core has stopped over it") from error
    return list(_Names(shapes, data).results(written))


class _Names:
    """What the engine calls the blank nodes of two documents."""

    def __init__(self, shapes: Document, data: Document) -> None:
        names = [f"{_SHAPES}{n}" for n in range(len(shapes.blank_nodes))]
        names += [f"{_DATA}{len(names) + n}" for n in range(len(data.blank_nodes))]
        nodes = [*shapes.blank_nodes.values(), *data.blank_nodes.values()]
        self._nodes = dict(zip(names, nodes, strict=True))

    def results(self, report: str) -> Iterable[Result]:
        about: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        listed: list[Term] = []
        for quad in ox.parse(report, format=ox.RdfFormat.N_TRIPLES):
            name = quad.predicate.value.removeprefix(SH.iri)
            about[quad.subject][name].append(quad.object)
            if name == "result":
                listed.append(quad.object)
        for node in listed:
            yield self._result(about[node])

    def _result(self, parts: dict[str, list[Term]]) -> Result:
        path = parts["resultPath"][0] if parts["resultPath"] else None
        value = self._own(parts["value"][0]) if parts["value"] else None
        constraint, severity = parts["sourceConstraintComponent"][0], parts["resultSeverity"][0]
        assert isinstance(constraint, ox.NamedNode)
        assert isinstance(severity, ox.NamedNode)
        return Result(
            focus_node=self._own(parts["focusNode"][0]),
            path=path if isinstance(path, ox.NamedNode) else None,
            value=value,
            source_shape=self._subject(parts["sourceShape"][0]),
            constraint=constraint,
            severity_node=severity,
        )

    def _subject(self, term: Term) -> Subject:
        own = self._own(term)
        assert isinstance(own, ox.NamedNode | ox.BlankNode)
        return own

    def _own(self, term: Term) -> Term:
        """The term as it was handed in."""
        if isinstance(term, ox.BlankNode):
            if term.value not in self._nodes:
                raise EngineUnable("it names a blank node in a way that is not known")
            return self._nodes[term.value]
        return unmarked(term)
