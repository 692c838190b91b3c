"""An ontology in, the rules that this project's compiler makes of it out, in Nemo's language."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.facts.encoding import encode
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.rules.program import Atom
from calcigraph.reasoning.terms.numbering import TermNumbers
from calcigraph.reasoning.terms.vocabulary import TYPE


def program(ontology: Iterable[ox.Triple], data: str) -> str:
    """Rules over one relation `t` of arity three, which is read from an N-Triples file."""
    terms = TermNumbers()
    closure = Closure(terms, Limits())
    closure.close(encode(terms, ontology))

    def slot(value: int | str) -> str:
        if isinstance(value, str):
            return value
        term = terms.terms[value]
        return f"<urn:blank:{term.value}>" if isinstance(term, ox.BlankNode) else str(term)

    def atom(found: Atom) -> str:
        if found.key < 0:
            return f"t({slot(found.slots[0])}, {slot(TYPE)}, {slot(~found.key)})"
        return f"t({slot(found.slots[0])}, {slot(found.key)}, {slot(found.slots[1])})"

    rules = [
        f"{atom(rule.head)} :- {', '.join(map(atom, rule.body))} ."
        for rule in closure.program.rules
        if rule.head is not None and rule.body
    ]
    return "\n".join(
        [f'@import t :- ntriples{{resource="{data}"}} .', *rules, '@export t :- csv{resource=""} .']
    )
