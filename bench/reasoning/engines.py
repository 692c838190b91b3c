"""One engine, an ontology and a data file in; seconds, memory and the number of triples out, as JSON.

Runs in a process of its own: `python -m bench.reasoning.engines ENGINE ONTOLOGY DATA`.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

Result = dict[str, Any]


def triples(*paths: str) -> Iterator[ox.Triple]:
    """The triples of Turtle and N-Triples files."""
    for path in paths:
        turtle = path.endswith(".ttl")
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE if turtle else ox.RdfFormat.N_TRIPLES):
            yield quad.triple


def builtin(schema: str, data: str) -> Result:
    """This project's reasoner: files to inferred triples in columns, then as RDF terms."""
    from calcigraph.reasoning.engines.builtin import Builtin
    from calcigraph.reasoning.facts.encoding import decode, encode
    from calcigraph.reasoning.limits import Limits
    from calcigraph.reasoning.terms.numbering import TermNumbers

    terms = TermNumbers()
    start = time.perf_counter()
    base = encode(terms, triples(schema, data))
    loaded = time.perf_counter()
    engine = Builtin(terms, Limits(rows=10**9, inferred=10**9), lambda _stage, _facts: None)
    engine.close(base)
    inferred = engine.inferred()
    closed = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = sum(map(len, inferred.values()))
    out = {"load": loaded - start, "reason": closed - loaded, "inferred": count, "memory": memory}
    if count < 3_000_000:
        out["digest"] = digest(decode(terms, inferred))
    return out


def digest(found: Iterator[ox.Triple]) -> int:
    """An order-free fingerprint of triples with IRIs only (those with generated nodes left out)."""
    total = 0
    for triple in found:
        text = str(triple)
        if "_:" not in text:
            total = (total + int.from_bytes(_hash(text), "big")) % 2**64
    return total


def _hash(text: str) -> bytes:
    from hashlib import blake2b

    return blake2b(text.encode(), digest_size=8).digest()


def owlrl(schema: str, data: str) -> Result:
    """owlrl 7, reasoning only."""
    from calcigraph.reasoning.engines.owlrl import close
    from calcigraph.reasoning.facts.columns import minus
    from calcigraph.reasoning.facts.encoding import decode, encode, visible
    from calcigraph.reasoning.terms.numbering import TermNumbers

    asserted = list(triples(schema, data))
    start = time.perf_counter()
    closed = list(close(asserted))
    taken = time.perf_counter() - start
    terms = TermNumbers()
    inferred = minus(encode(terms, closed), encode(terms, asserted))
    shown = {key: visible(terms, key, column) for key, column in inferred.items()}
    axiomatic = {t for t in decode(terms, shown) if t.subject.value.startswith("http://www.w3.org/")}
    left = [t for t in decode(terms, shown) if t not in axiomatic]
    return {"load": 0.0, "reason": taken, "inferred": len(left), "digest": digest(iter(left))}


def reasonable(schema: str, data: str) -> Result:
    """reasonable 0.4 (Rust; no property chains), load and reason."""
    import reasonable as peer

    # It reads Turtle only, and goes by the file's suffix; N-Triples is Turtle.
    link = Path(data).with_suffix(".n3")
    if not link.exists():
        link.symlink_to(data)
    start = time.perf_counter()
    reasoner = peer.PyReasoner()
    reasoner.load_file(schema)
    reasoner.load_file(str(link))
    loaded = time.perf_counter()
    closed = reasoner.reason()
    return {"load": loaded - start, "reason": time.perf_counter() - loaded, "all": len(closed)}


def nemo(schema: str, data: str) -> Result:
    """Nemo 0.10 (Rust) on the same compiled rules, load and reason; writing its result is not counted."""
    import nmo_python as peer

    from bench.reasoning.nemo import program

    text = program(triples(schema), data)
    start = time.perf_counter()
    engine = peer.NemoEngine(peer.load_string(text))
    engine.reason()
    return {"load": 0.0, "reason": time.perf_counter() - start}


ENGINES: dict[str, Callable[[str, str], Result]] = {
    "builtin": builtin,
    "nemo": nemo,
    "reasonable": reasonable,
    "owlrl": owlrl,
}

if __name__ == "__main__":
    result = ENGINES[sys.argv[1]](*sys.argv[2:])
    result.setdefault("memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    print(json.dumps(result))
