"""Each ontology below CALCIGRAPH_SUITES by each engine, side by side; the report in Markdown out.

`python -m bench.ontologies [--seconds 240] [FILE…]` writes bench/ontologies/report.md. The limit is of
processor time, as the wall clock of a machine that others use says little; an engine that is not done within
it, or within 8 GB, or refuses the ontology, has the reason in its place.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

REPORT = Path(__file__).with_name("report.md")
ENGINES = ("ours", "owlrl", "elk", "hermit")
SUFFIXES = {".owl", ".rdf", ".ttl", ".trig"}
Run = dict[str, Any]


def run(engine: str, path: Path, seconds: float) -> Run:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "bench.ontologies.measure", engine, str(path), str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        found: Run = json.loads(done.stdout.splitlines()[-1])
        return found
    if done.returncode == -signal.SIGXCPU or "ended with -24" in done.stderr:
        return {"failed": f"not done in {seconds:.0f} s"}
    if "MemoryError" in done.stderr or "OutOfMemoryError" in done.stderr:
        return {"failed": "not done within 8 GB"}
    return {"failed": (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1][:160]}


def row(name: str, runs: dict[str, Run]) -> str:
    """A line of the table."""
    ours = runs["ours"]
    if "failed" in ours:
        return f"| {name} | {ours['failed']} |"
    cells = [
        name,
        f"{ours['triples']:,}",
        f"{ours['within']:,} of {ours['axioms']:,}",
        f"{ours['seconds']:.2f} s ({ours['wall']:.1f}), {ours['mb']} MB",
        f"{ours['inferred']:,}" + (f" ({ours['left out']:,} left out)" if ours["left out"] else ""),
        f"{ours['named']:,}",
        *(_other(runs[engine]) for engine in ENGINES[1:]),
    ]
    return f"| {' | '.join(cells)} |"


def _other(found: Run) -> str:
    if "failed" in found:
        return str(found["failed"])
    missing = found.get("missing")
    said = "inconsistent" if found.get("inconsistent") else f"{found['named']:,}"
    if "beyond" in found:
        said += f" ({found['beyond']:,} beyond ours, {found['lacking']:,} of ours not)"
    equal = (
        "" if missing is None else (", has all of ours" if not missing else f", lacks {missing:,} of ours")
    )
    empty = f", {found['empty']} empty" if found.get("empty") else ""
    return f"{said}{empty}{equal}; {found['seconds']:.1f} s ({found['wall']:.1f}), {found['mb']} MB"


def main() -> None:
    """Measure everything, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("files", nargs="*", type=Path)
    given = parser.parse_args()
    folder = Path(os.environ["CALCIGRAPH_SUITES"]) / "ontologies"
    files = given.files or sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    rows = []
    for path in files:
        rows.append(row(path.name, {engine: run(engine, path, given.seconds) for engine in ENGINES}))
        print(rows[-1], flush=True)
    REPORT.write_text(HEAD.format(machine=_machine(), seconds=given.seconds) + "\n".join(rows) + "\n" + TAIL)


def _machine() -> str:
    return f"{os.cpu_count()} processors, Python {platform.python_version()}"


HEAD = """# Real ontologies

`python -m bench.ontologies` wrote this: {machine}, which others used at the same time. Times are processor
time (user and system), in brackets the wall clock; each engine had {seconds:.0f} s of it and 8 GB.
For this reasoner and owlrl they count from triples in memory on, for ELK and HermiT all that Java does, its
start and the reading of the ontology included.

| ontology | triples | axioms within RL | closing | inferred | named subsumptions | owlrl | ELK | HermiT |
|---|---|---|---|---|---|---|---|---|
"""
TAIL = """
Named subsumptions are those between two different classes with names, owl:Thing and owl:Nothing left out. ELK
and HermiT say nothing of what is above a class without members ("empty"), of which OWL 2 RL says what it
finds; so OWL 2 RL may have more. "Has all of ours": owlrl's closure holds every triple that is inferred here,
so that none is inferred that the specification does not infer. What it has beside that is axiomatic or
reflexive, or a fault of its own, all named in `tests/test_reasoning_closure.py`:
`tests/test_reasoning_real_ontologies.py` compares the two both ways. Of Brick, ELK, HermiT and owlrl have 747
more, all below rdfs:Resource, which `docs/profile.md` says is left out. "Not measured" is what was not run.

What a reasoner of OWL 2 DL finds beyond OWL 2 RL rests on axioms that are outside it (OWL 2 Profiles, 4.2.3):

- Pizza, American below MeatyPizza: American is below `hasTopping some ...`, and no existential restriction
  may stand above a class in RL.
- Food, FishCourse below SeafoodCourse, which is `MealCourse and hasFood only Seafood`: in RL a universal
  restriction may not stand below a class. By scm-avf1 `hasFood only Fish` is below `hasFood only Seafood`.
- Pizza, ArtichokeTopping below VegetarianTopping, which is `PizzaTopping and (... or VegetableTopping)`: RL
  has no union in an equivalence. It is below both parts; that a class below all parts is below their
  intersection no rule of table 9 says. Of members cls-int1 says it.
"""


if __name__ == "__main__":
    main()
