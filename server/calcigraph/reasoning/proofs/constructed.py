"""A triple that a CONSTRUCT rule built in; proofs of it out, none of which leans on the triple itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyoxigraph as ox

from calcigraph.reasoning.constructs.derivation import Derivation, Origin
from calcigraph.reasoning.proofs.proof import Proof

Outside = Callable[[ox.Triple], Proof | None]
"""Proves a triple that no CONSTRUCT rule built; None where it cannot."""


class Constructed:
    """Proofs of what a `Derivation` derived. They are kept: make a new one for another derivation."""

    def __init__(self, derivation: Derivation, outside: Outside) -> None:
        self._derivation, self._outside = derivation, outside
        self._proofs: dict[ox.Triple, Proof] = {}
        self._steps: dict[ox.Triple, Origin | None] = {}

    def proof(self, triple: ox.Triple) -> Proof | None:
        """Some well-founded proof of a derived triple; None where a premise of each step has none.

        Cost: one look for a step for each derived triple in the proof (see `Derivation.origins`).
        """
        todo = [triple]
        while todo:
            step = self._step(todo[-1])
            if step is None:
                return None
            missing = [premise for premise in step[1] if premise not in self._proofs]
            if missing:
                todo += missing
                continue
            done = todo.pop()
            slug, premises = step
            below = tuple(self._proofs[premise] for premise in premises)
            self._proofs[done] = Proof(done, f"construct:{slug}", (), below)
        return self._proofs[triple]

    def proofs(self, triple: ox.Triple) -> Iterator[Proof]:
        """Proofs of a derived triple, one for each last step; none leans on the triple itself.

        Cost: what rests on the triple through recursive rules, and that of `proof` for each premise.
        """
        others = Constructed(self._derivation.without(triple), self._outside)
        for slug, premises in others._derivation.origins(triple):
            if all(map(others._is_sound, premises)):
                below = tuple(filter(None, map(others._known, premises)))
                if len(below) == len(premises):
                    yield Proof(triple, f"construct:{slug}", (), below)

    def _known(self, premise: ox.Triple) -> Proof | None:
        return self._proofs.get(premise) or self.proof(premise)

    def _step(self, triple: ox.Triple) -> Origin | None:
        """A last step whose premises from outside are all proven."""
        if triple not in self._steps:
            origins = self._derivation.origins(triple)
            self._steps[triple] = next((step for step in origins if all(map(self._is_sound, step[1]))), None)
        return self._steps[triple]

    def _is_sound(self, premise: ox.Triple) -> bool:
        if premise in self._proofs or self._derivation.has(premise):
            return True
        proof = self._outside(premise)
        if proof is not None:
            self._proofs[premise] = proof
        return proof is not None
