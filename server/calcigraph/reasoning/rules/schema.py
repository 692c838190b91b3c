"""The closed facts in; the axioms, list members and instances that a compiler asks for out."""

from __future__ import annotations

from collections.abc import Mapping

from calcigraph.errors import Finding, Place
from calcigraph.reasoning.facts.columns import Key, class_key
from calcigraph.reasoning.facts.equality import Equality
from calcigraph.reasoning.facts.relations import Relations
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.terms.numbering import Ground, Ids, TermNumbers
from calcigraph.reasoning.terms.vocabulary import FIRST, NIL, REST


class Schema:
    """The closed facts as a compiler reads them; `reads` remembers which keys it looked at."""

    def __init__(
        self,
        terms: TermNumbers,
        relations: Relations,
        equality: Equality,
        limits: Limits,
        own: Mapping[int, int] | None = None,
    ) -> None:
        self.terms, self.relations, self.equality, self.limits = terms, relations, equality, limits
        self.own = own or {}
        """Where the fillers of restrictions stand as they were written (see `facts/copies`)."""
        self.reads: set[Key] = {FIRST, REST}
        self.findings: dict[tuple[str, int], Finding] = {}

    def column(self, predicate: int) -> Ids:
        """All pairs of a predicate, packed and sorted."""
        key = self.equality.of(predicate)
        self.reads.add(key)
        return self.relations[key].facts.array

    def pairs(self, predicate: int) -> list[tuple[int, int]]:
        """All pairs of a predicate."""
        return [(pair >> 32, pair & 0xFFFFFFFF) for pair in self.column(predicate).tolist()]

    def objects(self, subject: int, predicate: int) -> list[int]:
        """The objects of a subject and predicate."""
        key = self.equality.of(predicate)
        self.reads.add(key)
        if key not in self.relations:
            return []
        return [int(i) for i in self.relations[key].facts.between(self.equality.of(subject))]

    def members(self, class_id: int) -> list[int]:
        """The instances of a class."""
        key = self.equality.key(class_key(class_id))
        self.reads.add(key)
        return [int(i) for i in self.relations[key].facts.array] if key in self.relations else []

    def sequence(self, head: int, place: Ground) -> tuple[list[int], list[Ground]] | None:
        """The members and cells of a list, or None with a finding when it is not a list."""
        items: list[int] = []
        cells: list[Ground] = []
        seen: set[int] = set()
        nil = self.equality.of(NIL)
        while head != nil:
            first, rest = self.objects(head, FIRST), self.objects(head, REST)
            if head in seen or len(first) != 1 or len(rest) != 1:
                self._broken(place, _fault(head in seen, len(first), len(rest)))
                return None
            if len(items) >= self.limits.list_members:
                self._broken(place, f"has more than {self.limits.list_members} members")
                return None
            seen.add(head)
            items.append(first[0])
            cells += [(head, FIRST, first[0]), (head, REST, rest[0])]
            head = rest[0]
        return items, cells

    def _broken(self, place: Ground, fault: str) -> None:
        subject, predicate, value = (str(self.terms.terms[i]) for i in place)
        finding = Finding(
            "list",
            Place("ontology"),
            f"The list of {predicate} {fault}; the axiom is not used.",
            "Write it as a Turtle collection: ( first second ).",
            node=subject,
            statement=f"{subject} {predicate} {value} .",
        )
        self.findings[str(finding), place[0]] = finding

    def ill_typed(self, place: Ground, message: str, remedy: str) -> None:
        """Report an axiom that is used, or left out, although it is not what OWL 2 RL allows."""
        subject, predicate, value = (str(self.terms.terms[i]) for i in place)
        statement = f"{subject} {predicate} {value} ."
        finding = Finding("axiom", Place("ontology"), message, remedy, node=subject, statement=statement)
        self.findings[message, place[0]] = finding


def _fault(cyclic: bool, firsts: int, rests: int) -> str:
    if cyclic:
        return "runs in a circle"
    if firsts > 1 or rests > 1:
        return "branches: a cell has two values of rdf:first or rdf:rest"
    return "is cut off: a cell has no rdf:first" if not firsts else "is not ended by rdf:nil"
