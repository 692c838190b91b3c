"""Every setting of the server: one line each with its unit, default and a sentence.

The command line and the documentation are derived from this table, and a test fails where one
of them leaves a setting out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

ReasonerName = Literal["builtin", "owlrl", "none"]
DefaultGraph = Literal["union", "separate"]


def setting(default: Any, help_text: str) -> Any:
    """A field with its default and the sentence that documents it."""
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True)
class Settings:
    """The values that a server runs with; a unit that is not obvious ends the name."""

    host: str = setting("127.0.0.1", "Address to listen on.")
    port: int = setting(8000, "TCP port to listen on; 0 takes a free one.")
    base: str = setting("", "IRI that links of this server start with; empty means http://HOST:PORT.")
    reasoner: ReasonerName = setting("builtin", "Reasoner that closes the data under OWL 2 RL at start.")
    default_graph: DefaultGraph = setting(
        "union", "Default graph of a query: the union of all graphs, or only what stands in no named graph."
    )
    workers: int = setting(4, "Processes that evaluate queries at the same time.")
    timeout: float = setting(10.0, "Seconds that a query may run before it is ended with 503.")
    worker_memory_mib: int = setting(1024, "MiB that one query may use beyond the data.")
    query_bytes: int = setting(256_000, "Bytes of the longest query that is accepted.")
    allow_service: tuple[str, ...] = setting(
        (), "Beginning of the IRIs of services that SERVICE may call; to be repeated for each."
    )

    @classmethod
    def documented(cls) -> dict[str, str]:
        """Each setting's name and its sentence."""
        return {f.name: f.metadata["help"] for f in fields(cls)}
