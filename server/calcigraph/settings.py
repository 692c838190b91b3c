"""Every setting of the server and every bound of the reasoner: a line each with its unit, default and a
sentence.

The command line is made from this table, what the pool and the reasoner take has its defaults here, and
a test fails where the documentation leaves a setting out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

ReasonerName = Literal["builtin", "owlrl", "none"]
DefaultGraph = Literal["union", "separate"]


def setting(
    default: Any, help_text: str, unit: str = "", *, least: float | None = None, most: float | None = None
) -> Any:
    """A field with its default and the sentence that documents it; a number has its bounds, both included."""
    return field(default=default, metadata={"help": help_text, "unit": unit, "least": least, "most": most})


@dataclass(frozen=True)
class Settings:
    """The values that a server runs with; a unit that is not obvious ends the name."""

    host: str = setting("127.0.0.1", "Address to listen on.")
    port: int = setting(8000, "TCP port to listen on; 0 takes a free one.", least=0, most=65535)
    base: str = setting("", "IRI that links of this server start with; empty means http://HOST:PORT.", "IRI")
    reasoner: ReasonerName = setting("builtin", "Reasoner that closes the data under OWL 2 RL at start.")
    default_graph: DefaultGraph = setting(
        "union", "Default graph of a query: the union of all graphs, or only what stands in no named graph."
    )
    workers: int = setting(4, "Processes that evaluate queries at the same time.", least=1, most=64)
    timeout: float = setting(
        10.0, "Seconds that a query may run before it is ended with 503.", "SECONDS", least=0.1
    )
    worker_memory_mib: int = setting(1024, "MiB that one query may use beyond the data.", "MIB", least=64)
    documents: int = setting(
        2,
        "Large documents (dumps, graphs) that are made at the same time.",
        least=1,
        most=16,
    )
    document_timeout: float = setting(
        120.0,
        "Seconds that making a large document may take, or its client wait, before 503.",
        "SECONDS",
        least=0.1,
    )
    document_memory_mib: int = setting(
        4096, "MiB of memory that making one large document may take.", "MIB", least=64
    )
    document_disk_mib: int = setting(
        4096,
        "MiB of disk that large documents are kept in; none may be longer.",
        "MIB",
        least=1,
    )
    query_bytes: int = setting(256_000, "Bytes of the longest query that is accepted.", "BYTES", least=1000)
    allow_service: tuple[str, ...] = setting(
        (), "Beginning of the IRIs of services that SERVICE may call; to be repeated for each.", "PREFIX"
    )

    @classmethod
    def documented(cls) -> dict[str, str]:
        """Each setting's name and its sentence."""
        return {f.name: f.metadata["help"] for f in fields(cls)}


@dataclass(frozen=True)
class ReasonerLimits:
    """What the reasoner may spend. Each bound stops with a report or says that it cut, never silently."""

    rows: int = 50_000_000
    """Rows of one join in one round; a rule that needs more is refused by name (LimitMet).
    A row costs 8 bytes per variable of the rule."""
    inferred: int = 100_000_000
    """Inferred triples in all, equal terms multiplied out; more is refused (LimitMet)."""
    equal_terms: int = 1_000
    """Terms in one class of owl:sameAs; n terms stand for n x n triples, so more is refused (LimitMet)."""
    list_members: int = 100_000
    """Members of one RDF list in an axiom; a longer one is reported and not used."""
    pairwise: int = 1_000_000
    """Pairs that one disjointness or AllDifferent list may stand for; more is refused (LimitMet)."""
    clashes: int = 1_000
    """Clashes kept per rule and axiom; the rest is counted only."""
    proof_goals: int = 20_000
    """Goals that the search for one minimal proof may look at; beyond it a proof of more depth is given."""
    proof_instances: int = 2_000
    """Rule instances looked at per goal and rule."""
    construct_rounds: int = 1_000
    """Rounds of one recursive group of CONSTRUCT rules before it is refused (LimitMet)."""


def shipped_root() -> Path:
    """The root that travels with the package: inside an installed wheel, or the checkout itself."""
    here = Path(__file__).resolve().parent
    return here / "shipped" if (here / "shipped").is_dir() else here.parents[1]
