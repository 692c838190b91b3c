"""An explanation in, a proof file out: one text that a stranger can check without this program.

The format is described in `docs/proofs.md`; `calcigraph/proof_checker.py` reads it and shares no code with
what is here.
"""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.explanations import METADATA, Explanation, NothingToExplain, Step
from calcigraph.explanations.evidence import Proposition, propositions
from calcigraph.explanations.json import Json, proposition_json
from calcigraph.reasoning import Statement, leaves_first
from calcigraph.root import RuleFile

FORMAT = "calcigraph-proof/1"
MEDIA_TYPE = "application/vnd.calcigraph.proof+json"


def as_proof_file(explanation: Explanation) -> str:
    """The proof as JSON, each premise and each step a line of its own, and after what it rests on.

    Terms are written as in N-Triples, so that lexical forms stay. Cost: linear in the proof.
    Raises: NothingToExplain for metadata, which count the data and follow from no premises.
    """
    if explanation.conclusion.rule == METADATA:
        raise NothingToExplain(
            "The triple is of the metadata: the server counted it, and nothing proves it.",
            "Ask for another format, or count the triples of the dump.",
        )
    writer = _Writer(explanation.dataset)
    for step in leaves_first(explanation.conclusion):
        writer.number(step)
    dataset = explanation.dataset
    head: Json = {
        "format": FORMAT,
        "conclusion": _line(explanation.conclusion.triple),
        "dataset": {"namespace": dataset.root.namespace, "digest": dataset.digest},
        "rules": writer.rules,
    }
    parts = {"premises": writer.premises, "steps": writer.steps}
    body = [f"{json.dumps(name)}: {_text(value)}" for name, value in head.items()]
    body += [f'"{name}": [\n{_lines(entries)}]' for name, entries in parts.items()]
    return "{" + ",\n".join(body) + "}\n"


class _Writer:
    """Numbers what a proof consists of, from the premises up, the same step once."""

    def __init__(self, dataset: Edition) -> None:
        self._dataset = dataset
        self._rule_files = {f"construct:{rule.slug}": rule for rule in dataset.root.rules}
        self._numbers: dict[tuple[object, ...], int] = {}
        # What several steps rest on is one value, and walking it anew for each would double at every step.
        self._seen: dict[int, int] = {}
        self._next = count(1)
        self.premises: list[Json] = []
        self.steps: list[Json] = []
        self.rules: Json = {}

    def number(self, step: Step) -> int:
        """The number of a step, which is written where it has none yet, after those that it rests on."""
        if id(step) not in self._seen:
            self._seen[id(step)] = self._number(step)
        return self._seen[id(step)]

    def _number(self, step: Step) -> int:
        if step.is_asserted:
            return self._premise(step.triple, step.propositions)
        axioms = [self._premise(axiom) for axiom in step.axioms]
        premises = [self.number(premise) for premise in step.premises]
        key = (step.triple, step.rule, *axioms, None, *premises)
        if key not in self._numbers:
            self._numbers[key] = next(self._next)
            entry = {"id": self._numbers[key], "triple": _line(step.triple), "rule": step.rule}
            said = [proposition_json(proposition) for proposition in step.propositions]
            self.steps.append(entry | {"axioms": axioms, "premises": premises, "propositions": said})
            if step.rule in self._rule_files:
                self.rules[step.rule] = _rule(self._rule_files[step.rule])
        return self._numbers[key]

    def _premise(self, triple: Statement, said: tuple[Proposition, ...] | None = None) -> int:
        """The number of an asserted triple; `said` is what sources say of it, where that is known already."""
        assert isinstance(triple, ox.Triple), "a generalized triple is never asserted"
        key = (triple,)
        if key not in self._numbers:
            self._numbers[key] = next(self._next)
            graphs = [graph.value for graph in self._dataset.graphs_of(triple)]
            spoken = propositions(self._dataset, triple) if said is None else said
            entry = {"id": self._numbers[key], "triple": _line(triple), "graphs": graphs}
            self.premises.append(entry | {"propositions": [proposition_json(p) for p in spoken]})
        return self._numbers[key]


def _rule(rule: RuleFile) -> Json:
    return {"stage": rule.stage, "text": rule.text}


def _line(triple: Statement) -> str:
    return f"{triple.subject} {triple.predicate} {triple.object} ."


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(entries: list[Json]) -> str:
    return ",\n".join(map(_text, entries))
