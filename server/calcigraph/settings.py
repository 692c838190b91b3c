"""Every setting of the server and every bound of the reasoner: a line each with its unit, default and a
sentence.

The command line is made from this table, every value is judged by it, what the pool and the reasoner take has
its defaults here, and a test fails where the documentation leaves a setting out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from calcigraph import listening_address, numerals
from calcigraph.errors import SettingRefused

ReasonerName = Literal["builtin", "owlrl", "none"]
ClassifierName = Literal["elk", "hermit"]
DefaultGraph = Literal["union", "separate"]
LogFormat = Literal["text", "json"]
_DAY_S: Final = 86_400
_GIB: Final = 1 << 30


def setting(
    default: Any,
    help_text: str,
    unit: str = "",
    *,
    least: float | None = None,
    most: float | None = None,
    judged: Callable[[str], str] | None = None,
) -> Any:
    """A field with its default and the sentence that documents it; a number has its bounds, both included.
    `judged` makes of a text the value that is meant, and raises ValueError, saying what is, where none is."""
    return field(
        default=default,
        metadata={"help": help_text, "unit": unit, "least": least, "most": most, "judged": judged},
    )


def _base(text: str) -> str:
    return listening_address.base(text) if text else ""


@dataclass(frozen=True)
class Settings:
    """The values that a server runs with; a unit that is not obvious ends the name.

    Raises: SettingRefused for a value that does not fit.
    """

    host: str = setting("127.0.0.1", "Address or name to listen on.", judged=listening_address.host)
    port: int = setting(8000, "TCP port to listen on; 0 takes a free one.", least=0, most=65535)
    base: str = setting(
        "",
        "What links of this server start with; empty means http://HOST:PORT, and localhost where HOST is "
        "0.0.0.0 or ::.",
        "IRI",
        judged=_base,
    )
    reasoner: ReasonerName = setting("builtin", "Reasoner that closes the data under OWL 2 RL at start.")
    default_graph: DefaultGraph = setting(
        "union", "Default graph of a query: the union of all graphs, or only what stands in no named graph."
    )
    file_timeout: float = setting(
        60.0,
        "Seconds that one rule, lint, question or shape of a root may take before it is refused by name.",
        "SECONDS",
        least=0.1,
        most=_DAY_S,
    )
    workers: int = setting(4, "Processes that evaluate queries at the same time.", least=1, most=64)
    timeout: float = setting(
        10.0, "Seconds that a query may run before it is ended with 503.", "SECONDS", least=0.1, most=_DAY_S
    )
    worker_memory_mib: int = setting(
        1024, "MiB that one query may use beyond the data.", "MIB", least=64, most=1 << 24
    )
    query_bytes: int = setting(
        256_000, "Bytes of the longest query that is accepted.", "BYTES", least=1000, most=64 << 20
    )
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
        most=_DAY_S,
    )
    document_memory_mib: int = setting(
        4096, "MiB of memory that making one large document may take.", "MIB", least=64, most=1 << 24
    )
    document_disk_mib: int = setting(
        4096,
        "MiB of disk that large documents are kept in; none may be longer.",
        "MIB",
        least=1,
        most=1 << 24,
    )
    connections: int = setting(
        8000,
        "Connections that may be open at the same time, as far as descriptors allow; beyond it, the one that "
        "has been idle for longest is closed.",
        "NUMBER",
        least=8,
        most=1_000_000,
    )
    idle_seconds: float = setting(
        60.0, "Seconds that a connection may be open between two requests.", "SECONDS", least=0.1, most=_DAY_S
    )
    head_bytes: int = setting(
        32_768,
        "Bytes of the longest head of a request, its address included.",
        "BYTES",
        least=1024,
        most=1 << 16,
    )
    head_fields: int = setting(100, "Header fields that a request may have.", "NUMBER", least=10, most=10_000)
    head_seconds: float = setting(
        10.0, "Seconds within which the head of a request has to be there.", "SECONDS", least=0.1, most=_DAY_S
    )
    body_bytes: int = setting(
        4_194_304, "Bytes of the longest body of a request.", "BYTES", least=1000, most=_GIB
    )
    body_chunks: int = setting(
        10_000, "Chunks that the body of a request may come in.", "NUMBER", least=10, most=10_000_000
    )
    body_seconds: float = setting(
        60.0, "Seconds within which the body of a request has to be there.", "SECONDS", least=0.1, most=_DAY_S
    )
    bodies_bytes: int = setting(
        41_943_040,
        "Bytes that all bodies may take that have begun to arrive.",
        "BYTES",
        least=100_000,
        most=64 * _GIB,
    )
    least_rate: int = setting(
        500,
        "Bytes a second that a client has to send of a request, or to read of a response, after its first "
        "5 seconds.",
        "BYTES",
        least=0,
        most=64 * _GIB,
    )
    reader_seconds: float = setting(
        30.0, "Seconds within which a client has to go on reading.", "SECONDS", least=0.1, most=_DAY_S
    )
    unread_bytes: int = setting(
        67_108_864,
        "Bytes of responses that may wait in memory for slow readers.",
        "BYTES",
        least=100_000,
        most=64 * _GIB,
    )
    spool_bytes: int = setting(
        268_435_456,
        "Bytes of temporary files with long answers for clients of HTTP/1.0; one may take a quarter.",
        "BYTES",
        least=0,
        most=64 * _GIB,
    )
    page_queue: int = setting(
        150,
        "Requests that may wait for a thread, as pages do; more are refused.",
        "NUMBER",
        least=1,
        most=100_000,
    )
    allow_service: tuple[str, ...] = setting(
        (), "Beginning of the IRIs of services that SERVICE may call; to be repeated for each.", "PREFIX"
    )
    log_format: LogFormat = setting("text", "How events are written to standard error, each on one line.")
    log_queries: bool = setting(False, "Whether the text of each query is logged.")

    def __post_init__(self) -> None:
        for row in fields(self):
            object.__setattr__(self, row.name, judged(row, getattr(self, row.name)))
        try:
            self.public_base  # noqa: B018 - whether there is one
        except listening_address.AddressRefused as error:
            raise SettingRefused("base", f"--base is needed: {error}.", "Give it.") from None

    @property
    def public_base(self) -> str:
        """What links of this server start with, without a slash at its end."""
        return self.base or listening_address.base_of(self.host, self.port)

    @classmethod
    def documented(cls) -> dict[str, str]:
        """Each setting's name and its sentence."""
        return {f.name: f.metadata["help"] for f in fields(cls)}


def option_of(name: str) -> str:
    """What a setting is called on the command line."""
    return f"--{name.replace('_', '-')}"


def read(row: Field[Any], hint: Any, text: str) -> Any:
    """The value of a setting that a text gives, of the type that `hint` says.

    Raises: SettingRefused; TypeError for a type that no text gives.
    """
    if hint is int or hint is float:
        parse = numerals.integer if hint is int else numerals.decimal
        try:
            most = row.metadata["most"]
            return parse(text, row.metadata["least"] or 0, math.inf if most is None else most)
        except numerals.NumeralRefused as error:
            raise _refused(row, text, str(error)) from None
    if get_origin(hint) is Literal or hint in (str, tuple[str, ...]):
        return text
    raise TypeError(f"the setting {row.name!r} is of a type that no text gives: {hint}")


def judged(row: Field[Any], value: Any) -> Any:
    """The value of a setting in the form that it is used in. Raises: SettingRefused."""
    hint = get_type_hints(Settings).get(row.name)
    least, most, form = (row.metadata[key] for key in ("least", "most", "judged"))
    if get_origin(hint) is Literal and value not in get_args(hint):
        raise _refused(row, value, f"one of {', '.join(get_args(hint))}")
    if most is not None and not (math.isfinite(value) and least <= value <= most):
        raise _refused(row, value, f"a number from {least} to {most}")
    if form is None:
        return value
    try:
        return form(value)
    except ValueError as error:
        raise _refused(row, value, str(error)) from None


def _refused(row: Field[Any], value: object, wanted: str) -> SettingRefused:
    shown = str(value) if len(str(value)) <= _SHOWN else f"{str(value)[:_SHOWN]}…"
    return SettingRefused(row.name, f"{option_of(row.name)} {shown!r} does not fit.", f"Give {wanted}.")


_SHOWN: Final = 80


@dataclass(frozen=True)
class ReasonerLimits:
    """What the reasoner may spend. Each bound stops with a report or says that it cut, never silently."""

    rows: int = 50_000_000
    """Rows of one join in one round, pairs of one transitive relation; more is refused by name (LimitMet).
    A row costs 8 bytes per variable of the rule."""
    inferred: int = 100_000_000
    """Inferred triples in all, equal terms multiplied out; more is refused (LimitMet)."""
    equal_terms: int = 1_000
    """Terms in one class of owl:sameAs; n terms stand for n x n triples, so more is refused (LimitMet)."""
    list_members: int = 100_000
    """Members of one RDF list in an axiom; a longer one is reported and not used."""
    pairwise: int = 1_000_000
    """Pairs of resources that are each the same as some literal; more is refused (LimitMet)."""
    clashes: int = 1_000
    """Clashes kept per rule and axiom; the rest is counted only."""
    proof_goals: int = 20_000
    """Goals that the search for one minimal proof may look at; beyond it a proof of more depth is given.
    Fifty instances of rules count as a goal more."""
    proof_instances: int = 2_000
    """Rule instances looked at per goal and rule."""
    copies: int = 100_000
    """Inferred triples that say of a copy of an anonymous restriction what was said of another copy of it;
    beyond it the largest groups of copies have theirs on one copy only, which is reported."""
    construct_rounds: int = 1_000
    """Rounds of one recursive group of CONSTRUCT rules before it is refused (LimitMet)."""


def shipped_root() -> Path:
    """The root that travels with the package: inside an installed wheel, or the checkout itself."""
    here = Path(__file__).resolve().parent
    return here / "shipped" if (here / "shipped").is_dir() else here.parents[1]
