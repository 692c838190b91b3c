"""A number of things in, their N-Quads, and six shapes of queries with their answers out.

Each shape is written as people write it, with a group in a group, and by hand so that no group of its own has
to be joined. The numbers that they count to follow from how the data is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EX = "http://example.org/nested/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
PREFIX = f"PREFIX : <{EX}>\n"
_WEIGHTS = 10


@dataclass(frozen=True)
class Shape:
    """A query that counts, in two forms; `share` of the things are counted."""

    name: str
    nested: str
    by_hand: str
    share: float


# Thing i has one part i, which is an :Odd or an :Even by its number and has a weight from 0 to 9.
SHAPES = (
    Shape(
        "union",
        "?t a :Thing { ?p :of ?t ; a :Odd } UNION { ?p :of ?t ; a :Even }",
        "{ ?t a :Thing . ?p :of ?t ; a :Odd } UNION { ?t a :Thing . ?p :of ?t ; a :Even }",
        1,
    ),
    Shape(
        "not exists",
        "?t a :Thing FILTER NOT EXISTS { ?p :of ?t ; a :Odd }",
        "?t a :Thing MINUS { ?p :of ?t ; a :Odd }",
        0.5,
    ),
    Shape(
        "group with filter",
        "?t a :Thing { ?p :of ?t ; a :Odd ; :weight ?w FILTER(?w > 4) }",
        "?t a :Thing . ?p :of ?t ; a :Odd ; :weight ?w FILTER(?w > 4)",
        0.3,
    ),
    Shape(
        "exists or",
        "?t a :Thing ; :label ?l FILTER(?l = 0 || EXISTS { ?t ^:of [ a :Odd ; :weight ?w ] })",
        "{ ?t a :Thing ; :label 0 } UNION { ?t a :Thing ; ^:of ?p . ?p a :Odd ; :weight ?w }",
        0.6,
    ),
    Shape(
        "union in union",
        "?t a :Thing { ?p :of ?t { ?p a :Odd ; :weight 3 } UNION { ?p a :Even ; :weight 4 } }"
        " UNION { ?t :label 0 }",
        "{ ?t a :Thing ; ^:of ?p . ?p a :Odd ; :weight 3 } UNION { ?t a :Thing ; ^:of ?p . ?p a :Even ;"
        " :weight 4 } UNION { ?t a :Thing ; :label 0 }",
        0.3,
    ),
    Shape(
        "exists with optional",
        "?t a :Thing FILTER EXISTS { ?p :of ?t OPTIONAL { ?p a :Odd ; :weight ?w } FILTER(!BOUND(?w)) }",
        "?t a :Thing MINUS { ?p :of ?t ; a :Odd ; :weight ?w }",
        0.5,
    ),
)


def query(group: str, number: int) -> str:
    """The text of a query that nobody has asked yet."""
    return f"# {number}\n{PREFIX}SELECT (COUNT(*) AS ?n) {{ {group} }}"


def write(things: int, file: Path) -> None:
    """The N-Quads of so many things, five for each, into `file`."""
    with file.open("wb") as out:
        out.writelines(line.encode() for number in range(things) for line in _lines(number))


def _lines(number: int) -> Iterator[str]:
    thing, part = f"<{EX}t{number}>", f"<{EX}p{number}>"
    kind = "Odd" if number % 2 else "Even"
    yield f"{thing} <{TYPE}> <{EX}Thing> <{EX}g> .\n"
    yield f'{thing} <{EX}label> "{number % _WEIGHTS}"^^<{INTEGER}> <{EX}g> .\n'
    yield f"{part} <{EX}of> {thing} <{EX}g> .\n"
    yield f"{part} <{TYPE}> <{EX}{kind}> <{EX}g> .\n"
    yield f'{part} <{EX}weight> "{number % _WEIGHTS}"^^<{INTEGER}> <{EX}g> .\n'
