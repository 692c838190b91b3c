"""A proof file in, files that differ from it in one thing out; and two judges of whether such a file holds.

The judges are the reasoner's closure and its own step checker, which share no code with the checker of proof
files that they are to judge.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

import pyoxigraph as ox

from calcigraph.reasoning import ConstructRule, Proof, RuleRefused, StepWrong, check_step, infer
from calcigraph.reasoning.rules.tables import TABLE
from calcigraph.reasoning.terms.statements import Statement, statement

Json = dict[str, Any]
TERM = re.compile(r'<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^>]*>)?')
SAME = "<http://www.w3.org/2002/07/owl#sameAs>"
NOBODY = "<urn:example:nobody>"
LIST_RULES = ("prp-spo2", "prp-key", "cls-int1", "cls-int2", "cls-uni", "cls-oo", "scm-int", "scm-uni")
RULES = sorted(
    {rule.name for rule in TABLE if rule.head} | {*LIST_RULES, "dt-type2", "dt-eq", "eq-ref", "no-rule"}
)


def split(line: str) -> list[str]:
    """The terms of a triple as they are written."""
    return TERM.findall(line)


def joined(terms: list[str]) -> str:
    return " ".join(terms) + " ."


def entries(file: Json) -> list[Json]:
    return [*file["premises"], *file["steps"]]


def drop_step(file: Json, random: Random) -> None:
    """A step is dropped, and in half of the cases what uses it no longer names it."""
    gone = file["steps"].pop(random.randrange(len(file["steps"])))
    if random.random() < 0.5:
        unname(file, gone["id"])


def drop_premise(file: Json, random: Random) -> None:
    """A premise is dropped together with its name in what uses it."""
    unname(file, file["premises"].pop(random.randrange(len(file["premises"])))["id"])


def unname(file: Json, gone: int) -> None:
    for step in file["steps"]:
        for part in ("axioms", "premises"):
            step[part] = [number for number in step[part] if number != gone]


def change_term(file: Json, random: Random) -> None:
    """A term of one triple becomes another; so does the claim where it was that triple."""
    chosen = random.choice(entries(file))
    known = sorted({term for entry in entries(file) for term in split(entry["triple"])} | {NOBODY, '"1"'})
    terms = split(chosen["triple"])
    at = random.randrange(3)
    terms[at] = random.choice([term for term in known if term != terms[at]])
    if chosen["triple"] == file["conclusion"]:
        file["conclusion"] = joined(terms)
    chosen["triple"] = joined(terms)


def rename_rule(file: Json, random: Random) -> None:
    """A step names another rule: of the W3C, of the file, or none that there is."""
    step = random.choice(file["steps"])
    step["rule"] = random.choice([rule for rule in (*RULES, *file["rules"]) if rule != step["rule"]])


def invent_premise(file: Json, random: Random) -> None:
    """What nobody wrote is given as written: a step's triple, or all that is said of a thing."""
    graph = random.choice(file["premises"])["graphs"] if file["premises"] else ["urn:example:graph"]
    if random.random() < 0.5:
        step = file["steps"].pop(random.randrange(len(file["steps"])))
        file["premises"].append({"id": step["id"], "triple": step["triple"], "graphs": graph})
        prune(file)
        return
    named = sorted({split(entry["triple"])[0] for entry in entries(file)})
    old = random.choice([term for term in named if not term.startswith('"')])
    for entry in [*entries(file)]:
        entry["triple"] = joined([NOBODY if term == old else term for term in split(entry["triple"])])
    file["conclusion"] = joined([NOBODY if term == old else term for term in split(file["conclusion"])])


def prune(file: Json) -> None:
    """Leave out what nothing uses any more."""
    while True:
        used = {number for step in file["steps"] for number in step["axioms"] + step["premises"]}
        last = entries(file)[-1]["id"]
        idle = [entry for entry in entries(file) if entry["id"] not in used and entry["id"] != last]
        if not idle:
            return
        file["premises"] = [entry for entry in file["premises"] if entry not in idle]
        file["steps"] = [entry for entry in file["steps"] if entry not in idle]


def close_circle(file: Json, random: Random) -> None:
    """Two steps that each follow from the other take the place of a premise; or two steps change places."""
    if len(file["steps"]) > 1 and random.random() < 0.3:
        one, other = random.sample(range(len(file["steps"])), 2)
        file["steps"][one], file["steps"][other] = file["steps"][other], file["steps"][one]
        return
    premise = file["premises"].pop(random.randrange(len(file["premises"])))
    old, line = premise["id"], premise["triple"]
    first = max(entry["id"] for entry in [*entries(file), premise]) + 1
    subject = split(line)[0]
    made = [
        {
            "id": first,
            "triple": joined([subject, SAME, subject]),
            "rule": "eq-ref",
            "axioms": [],
            "premises": [],
        },
        {"id": first + 1, "triple": line, "rule": "eq-rep-s", "axioms": [], "premises": [first, old]},
        {"id": old, "triple": line, "rule": "eq-rep-s", "axioms": [], "premises": [first, first + 1]},
    ]
    file["steps"][:0] = made


KINDS: dict[str, Callable[[Json, Random], None]] = {
    "a step dropped": drop_step,
    "a premise dropped": drop_premise,
    "a term changed": change_term,
    "a rule renamed": rename_rule,
    "a premise invented": invent_premise,
    "two steps in a circle": close_circle,
}


def mutant(file: Json, kind: str, random: Random) -> Json:
    """A copy of the file with one thing changed."""
    changed = copy.deepcopy(file)
    KINDS[kind](changed, random)
    return changed


def read(line: str) -> Statement:
    subject, predicate, object_ = (_term(text) for text in split(line))
    return statement(subject, predicate, object_)


def _term(text: str) -> Any:
    return next(iter(ox.parse(f"<urn:s> <urn:p> {text} .", format=ox.RdfFormat.N_TRIPLES))).object


def construct_rules(file: Json) -> list[ConstructRule]:
    return [
        ConstructRule(name.partition(":")[2], rule["stage"], rule["text"])
        for name, rule in file["rules"].items()
    ]


def is_entailed(file: Json) -> bool:
    """Whether what is claimed is in the closure of the premises, by the reasoner; literals by value."""
    claimed = read(file["conclusion"])
    premises = [read(entry["triple"]) for entry in file["premises"]]
    triples = [triple for triple in premises if isinstance(triple, ox.Triple)]
    if not isinstance(claimed, ox.Triple):
        return False
    try:
        inference = infer(triples, construct_rules(file))
    except RuleRefused:
        return False
    everything = inference.inferred | inference.derived | inference.trivial | set(triples)
    return claimed in everything or _stored([claimed]) <= _stored(everything)


def _stored(triples: Any) -> set[ox.Triple]:
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples)
    return {quad.triple for quad in store}


def is_step_by_step(file: Json) -> bool:
    """Whether each step is an instance of its rule, by the reasoner's own step checker."""
    known: dict[int, Statement] = {}
    rules = construct_rules(file)
    for entry in entries(file):
        triple = read(entry["triple"])
        if "rule" in entry:
            uses = entry["axioms"] + entry["premises"]
            if entry["rule"] == "asserted" or not known.keys() >= set(uses):
                return False
            given = tuple(Proof(known[number], "asserted") for number in uses)
            try:
                check_step(Proof(triple, entry["rule"], (), given), rules)
            except StepWrong:
                return False
        known[entry["id"]] = triple
    return bool(known) and known[entries(file)[-1]["id"]] == read(file["conclusion"])


def written(file: Json) -> bytes:
    return json.dumps(file, ensure_ascii=False).encode()
