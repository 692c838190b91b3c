"""An edition and an IRI in, its `Description` out, in the order and groups that the shapes give."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import pyoxigraph as ox

from calcigraph.describe.annotations import Annotation, Annotations
from calcigraph.describe.bounded_description import MOST_SHOWN, BoundedDescriptions
from calcigraph.describe.comparison import Comparison
from calcigraph.describe.inheritance import sifted
from calcigraph.describe.presentation import Field, Presentation
from calcigraph.describe.uses import TermUses
from calcigraph.describe.values import (
    Description,
    Fact,
    Incoming,
    ShownGroup,
    ShownProperty,
    ShownValue,
    Standing,
)
from calcigraph.edition import Edition, deprecates
from calcigraph.manchester import for_one_page, is_part
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import DCTERMS, OBO, RDF, XSD

# IAO_0100001 is "term replaced by" of the OBO ontologies.
_REPLACED_BY = (DCTERMS["isReplacedBy"], OBO["IAO_0100001"])
_MOST_AXIOMS = 500
# An annotation may be annotated in turn.
_REMARKS = 3
_NESTING = 12
PAGE_SIZE: Final = 100
"""Incoming links on one page."""
FieldsByProperty = Mapping[tuple[ox.NamedNode, bool], Field]


class Describer:
    """Describes the resources of one edition; may be shared by threads."""

    def __init__(self, edition: Edition, page_size: int = PAGE_SIZE) -> None:
        self._edition = edition
        self._descriptions = BoundedDescriptions(edition)
        self._expressions = edition.expressions
        self._page_size = page_size
        self._presentation = Presentation(quad.triple for quad in edition.file_quads(edition.root.shapes))
        self.labels = edition.labels
        self.uses = TermUses(edition, self._descriptions, self.labels)
        self.comparison = Comparison(self._descriptions, self._presentation, self.labels)

    def describe(self, subject: ox.NamedNode, offset: int | None = 0) -> Description | None:
        """What the edition says of `subject`; None where it says nothing and nothing links there.

        `offset` is where the page of incoming links begins; None for none of them. Cost: linear in the
        facts about the resource and its incoming links, with a look-up for each label. Raises:
        DescriptionTooLong where a page would be too long.
        """
        with for_one_page():
            return self._described(subject, offset)

    def _described(self, subject: ox.NamedNode, offset: int | None) -> Description | None:
        outgoing = self._descriptions.outgoing(subject, MOST_SHOWN)
        annotations = Annotations(self._edition, self._descriptions, subject)
        links = partial(self._descriptions.links, subject, most=self._page_size, without=annotations.nodes)
        incoming, total = ([], 0) if offset is None else links(offset)
        if not outgoing and not total:
            return None
        own, types, fields = self._shaped(subject, outgoing)
        groups = self._groups(own, outgoing, fields, annotations)
        axioms = self._axioms(subject, annotations)
        slots, chains = self._incoming(incoming, fields, {axiom.term for axiom in axioms})
        page = Incoming(slots, total, offset or 0, self._page_size)
        facts = {fact.triple: fact for fact in [*outgoing, *annotations.facts(), *chains]}
        return Description(
            subject,
            self.labels.of(subject),
            self.labels.definition(subject),
            types,
            groups,
            page,
            tuple(facts.values()),
            any(deprecates(fact.triple) for fact in own),
            tuple(sorted(set(_named(own, *_REPLACED_BY)), key=str)),
            axioms,
        )

    def groups(self, subject: Subject) -> tuple[ShownGroup, ...]:
        """The groups of `describe` alone, without what links to `subject`. Cost: linear in them."""
        outgoing = self._descriptions.outgoing(subject)
        own, _, fields = self._shaped(subject, outgoing)
        with for_one_page():
            annotations = Annotations(self._edition, self._descriptions, subject)
            return self._groups(own, outgoing, fields, annotations)

    def leading(self, subject: Subject, term: Term) -> tuple[ShownProperty, ...]:
        """The properties by which `subject` leads to `term`, those that a shape shows first."""
        about = self._descriptions.about(subject)
        types = tuple(sorted(_named((f for facts in about.values() for f in facts), RDF["type"]), key=str))
        values = {
            predicate: [ShownValue(term, fact) for fact in facts if fact.triple.object == term]
            for predicate, facts in about.items()
        }
        found = {predicate: facts for predicate, facts in values.items() if facts}
        return self._ordered(found, self._presentation.fields(types), inverse=False)

    def _shaped(
        self, subject: Subject, outgoing: Sequence[Fact]
    ) -> tuple[list[Fact], tuple[ox.NamedNode, ...], FieldsByProperty]:
        """The facts about `subject` itself, its types, and how the shapes show these."""
        own = [fact for fact in outgoing if fact.triple.subject == subject]
        types = tuple(sorted(_named(own, RDF["type"]), key=str))
        return own, types, self._presentation.fields(types)

    def _groups(
        self,
        own: Sequence[Fact],
        outgoing: Sequence[Fact],
        fields: FieldsByProperty,
        annotations: Annotations,
    ) -> tuple[ShownGroup, ...]:
        said = _by_subject(outgoing)
        shown: dict[ox.NamedNode, list[ShownValue]] = {}
        for fact in own:
            value = self._value(fact, said, 0)
            about = tuple(slot for found in annotations.of(fact) for slot in self._remarks(found))
            shown.setdefault(fact.triple.predicate, []).append(replace(value, annotations=about))
        grouped: dict[Subject | None, list[ShownProperty]] = {}
        for slot in self._ordered(shown, fields, inverse=False, texts=_texts(own)):
            field = fields.get((slot.predicate, False))
            group = field.group if field and field.group and self._presentation.group(field.group) else None
            grouped.setdefault(group, []).append(slot)
        heads = {node: self._presentation.group(node) for node in grouped if node is not None}
        ordered = sorted((head.order, head.name.value, node) for node, head in heads.items() if head)
        groups = [
            ShownGroup(head.name, tuple(grouped[node])) for *_, node in ordered if (head := heads[node])
        ]
        rest = grouped.get(None)
        return tuple([*groups, ShownGroup(None, tuple(rest))] if rest else groups)

    def _slots(
        self, facts: Iterable[Fact], said: dict[Term, list[Fact]], depth: int
    ) -> tuple[ShownProperty, ...]:
        values: dict[ox.NamedNode, list[ShownValue]] = {}
        for fact in facts:
            value = self._value(fact, said, depth)
            values.setdefault(fact.triple.predicate, []).append(value)
        return self._ordered(values, {}, inverse=False)

    def _remarks(self, annotation: Annotation, depth: int = 0) -> tuple[ShownProperty, ...]:
        """What an annotation says beside naming its triple; and what is said of that, some steps far."""
        said = _by_subject(annotation.facts)
        values: dict[ox.NamedNode, list[ShownValue]] = {}
        own = [fact for fact in said.get(annotation.node, ()) if not is_part(fact.triple.predicate)]
        above = Annotations(self._edition, self._descriptions, annotation.node) if depth < _REMARKS else None
        for fact in own:
            found = above.of(fact) if above else []
            about = tuple(slot for remark in found for slot in self._remarks(remark, depth + 1))
            value = replace(self._value(fact, said, 1), annotations=about)
            values.setdefault(fact.triple.predicate, []).append(value)
        return self._ordered(values, {}, inverse=False)

    def _axioms(self, subject: ox.NamedNode, annotations: Annotations) -> tuple[ShownValue, ...]:
        """What is said with `subject` and without a named resource that it is said of, in order of the text;
        and what is said of triples of its that do not hold."""
        found: dict[Term, ShownValue] = {}
        for annotation in annotations.left():
            first = annotation.facts[0]
            expression = self._expressions.read(annotation.node)
            remarks = self._remarks(annotation)
            found[annotation.node] = ShownValue(
                annotation.node, first, expression=expression, annotations=remarks
            )
        for fact in self._descriptions.written_links(subject, _MOST_AXIOMS):
            top = self._descriptions.to_named(fact)[0]
            node = top.triple.subject
            if isinstance(node, ox.BlankNode) and self._expressions.is_axiom(node) and node not in found:
                found[node] = ShownValue(node, top, expression=self._expressions.read(node))
        return tuple(sorted(found.values(), key=lambda value: self.labels.of(value.term).value))

    def _value(self, fact: Fact, said: dict[Term, list[Fact]], depth: int) -> ShownValue:
        term = fact.triple.object
        if not isinstance(term, ox.BlankNode):
            return ShownValue(term, fact)
        if depth > _NESTING:
            return ShownValue(term, fact, is_cut=term in said)
        if expression := self._expressions.list(fact.triple.predicate, term):
            return ShownValue(term, fact, expression=expression)
        items = _list_items(term, said)
        # What leads to one node in several ways would be shown in as many, at each step of a chain of such.
        about: Sequence[Fact] = said.get(term, ())
        if term in said:
            said[term] = []
        if items:
            return ShownValue(term, fact, members=tuple(self._value(item, said, depth + 1) for item in items))
        if self._expressions.is_construct(term):
            about = [found for found in about if not is_part(found.triple.predicate)]
            nested = self._slots(about, said, depth + 1)
            return ShownValue(term, fact, nested, expression=self._expressions.read(term))
        cut = term in said and not about
        return ShownValue(term, fact, self._slots(about, said, depth + 1), is_cut=cut)

    def _ordered(
        self,
        values: dict[ox.NamedNode, list[ShownValue]],
        fields: FieldsByProperty,
        *,
        inverse: bool,
        texts: Container[Term] = (),
    ) -> tuple[ShownProperty, ...]:
        """The properties by `sh:order`, then by name; the values by the text that is shown, those of `texts`
        aside where they are only copied."""
        slots = []
        for predicate, found in values.items():
            field = fields.get((predicate, inverse))
            name = (field.name if field else None) or self.labels.of_property(predicate)
            if len(found) > 1:
                found.sort(key=self._place)
            order = field.order if field else float("inf")
            copied = () if field else texts
            main, aside = (found, []) if inverse else sifted(self._edition, predicate, found, copied)
            slot = ShownProperty(predicate, name, tuple(main), field is not None, tuple(aside))
            slots.append((order, name.value, predicate.value, slot))
        return tuple(slot for *_, slot in sorted(slots, key=lambda entry: entry[:3]))

    def _place(self, value: ShownValue) -> tuple[bool, str, str]:
        """Where a value stands among others: names before expressions, by the text that is shown."""
        term = value.term
        return isinstance(term, ox.BlankNode), self.labels.of(term).value.casefold(), str(term)

    def _incoming(
        self, facts: Sequence[Fact], fields: FieldsByProperty, known: Container[Term]
    ) -> tuple[tuple[ShownProperty, ...], list[Fact]]:
        """The links by their properties, and all facts that lead them back to named resources; without those
        of the axioms that are `known`."""
        values: dict[ox.NamedNode, list[ShownValue]] = {}
        chains: list[Fact] = []
        for fact in facts:
            chain = self._descriptions.to_named(fact)
            chains += chain
            outermost = chain[0].triple
            if outermost.subject not in known:
                values.setdefault(outermost.predicate, []).append(self._linking(chain[0]))
        return self._ordered(values, fields, inverse=True), chains

    def _linking(self, outermost: Fact) -> ShownValue:
        """Where a link comes from, with the expression on the way."""
        subject, predicate, value = (
            outermost.triple.subject,
            outermost.triple.predicate,
            outermost.triple.object,
        )
        if isinstance(subject, ox.BlankNode):
            return ShownValue(subject, outermost, expression=self._expressions.read(subject))
        if not isinstance(value, ox.BlankNode):
            return ShownValue(subject, outermost)
        listed = self._expressions.list(predicate, value)
        read = self._expressions.read(value) if self._expressions.is_construct(value) else None
        return ShownValue(subject, outermost, expression=listed or read)


def _by_subject(facts: Iterable[Fact]) -> dict[Term, list[Fact]]:
    said: dict[Term, list[Fact]] = {}
    for fact in facts:
        said.setdefault(fact.triple.subject, []).append(fact)
    return said


def _texts(facts: Iterable[Fact]) -> set[Term]:
    """The texts that are asserted; numbers and the like mean different things under different properties."""
    objects = (fact.triple.object for fact in facts if fact.standing is Standing.ASSERTED)
    return {o for o in objects if isinstance(o, ox.Literal) and (o.language or o.datatype == XSD["string"])}


def _named(facts: Iterable[Fact], *predicates: ox.NamedNode) -> list[ox.NamedNode]:
    objects = (fact.triple.object for fact in facts if fact.triple.predicate in predicates)
    return [term for term in objects if isinstance(term, ox.NamedNode)]


def _list_items(head: ox.BlankNode, said: dict[Term, list[Fact]]) -> list[Fact]:
    """The `rdf:first` facts of the list that begins at `head`; empty where it is not one list."""
    items: list[Fact] = []
    node: Term = head
    seen: set[Term] = set()
    while isinstance(node, ox.BlankNode) and node not in seen:
        seen.add(node)
        facts = said.get(node, [])
        first = [fact for fact in facts if fact.triple.predicate == RDF["first"]]
        rest = [fact.triple.object for fact in facts if fact.triple.predicate == RDF["rest"]]
        if len(first) != 1 or len(rest) != 1:
            return []
        items.append(first[0])
        node = rest[0]
    if node != RDF["nil"]:
        return []
    # Lists may share their ends: each part of one is shown once.
    said.update((part, []) for part in seen if isinstance(part, ox.BlankNode))
    return items
