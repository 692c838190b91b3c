"""Hypothesis strategies for Turtle: well-formed documents in every style the grammar has, and broken ones."""

from __future__ import annotations

from hypothesis import strategies as st

BASE = "http://example.org/base/"
PROLOGUE = (
    "@prefix : <http://example.org/> .\nPREFIX p: <http://example.org/p#>\n"
    "@prefix a.b-c: <http://example.org/dotted.> .\n"
)
GAPS = st.sampled_from(
    [" ", "  ", "\n", "\n\n", "\t", "\r\n", " # a . comment [ \" ''' <\n", "\n#\n", " #;(\r\n"]
)


def joined(*parts):
    return st.tuples(*parts).map("".join)


LOCAL_START = st.sampled_from(["a", "Z", "_", ":", "5", "é", "%2E", r"\.", r"\,", r"\$", r"\~", "中"])
LOCAL_MIDDLE = st.lists(
    st.sampled_from(
        ["b", "-", "7", ":", ".x", "..y", ".5", r".\-", ".%20", r"\;", r"\(", "·", ".:", "é", ".é"]
    ),
    max_size=4,
).map("".join)
PREFIXED = joined(
    st.sampled_from([":", "p:", "a.b-c:"]), st.one_of(st.just(""), joined(LOCAL_START, LOCAL_MIDDLE))
)
IRI_BODY = joined(
    st.lists(
        st.sampled_from(["a", "/b.c", ".", ";", ",", "(", ")", "'", "é", r"\u00e9", r"\U0001F600", "%20"]),
        max_size=4,
    ).map("".join),
    st.sampled_from(["", "?q=1", "#f", "#f.g;"]),
)
IRI = st.one_of(
    IRI_BODY.map(lambda body: f"<http://example.org/{body}>"),
    st.sampled_from(["<>", "<#x.y>", "<rel/ative.ttl>", "<//host/a.b>", "<urn:a:b.c>"]),
)
NAME = st.one_of(PREFIXED, IRI)
PREDICATE = st.one_of(NAME, st.just("a"))
PIECES = st.lists(
    st.sampled_from(
        [
            "x",
            " ",
            ".",
            ";",
            "#",
            "[",
            ")",
            "<",
            ">",
            "é",
            "😀",
            "@",
            r"\"",
            r"\'",
            r"\\",
            r"\n",
            "A",
            "_:z",
            ". ",
        ]
    ),
    max_size=6,
).map("".join)
LONG_PIECES = st.lists(
    st.one_of(
        PIECES,
        st.sampled_from(
            ["\n", "\r\n", " .\n", "# not a comment\n", '"x', "'x", "''x", '""x', "\n:a :b :c .\n"]
        ),
    ),
    max_size=4,
).map("".join)
STRING = st.one_of(
    PIECES.map(lambda text: f'"{text}"'),
    PIECES.map(lambda text: f"'{text}'"),
    LONG_PIECES.map(lambda text: f'"""{text}"""'),
    LONG_PIECES.map(lambda text: f"'''{text}'''"),
)
LITERAL = st.one_of(
    STRING,
    joined(STRING, st.sampled_from(["@en", "@en-GB", "@zh-Hant-TW", "@ar--rtl", "@base", "@prefix"])),
    joined(STRING, st.just("^^"), NAME),
    st.sampled_from(
        ["1", "-1", "+007", "1.5", "-.5", ".5", "1e5", "1.E3", "1.5e-3", "-1.0E+2", ".5e1", "true", "false"]
    ),
)
LABEL = st.sampled_from(["_:x", "_:y.z", "_:0", "_:é"])


def objects(terms):
    return st.lists(terms, min_size=1, max_size=3)


@st.composite
def lists(draw, terms):
    gap = draw(GAPS)
    return gap.join(["(", *draw(st.lists(terms, max_size=3)), ")"])


@st.composite
def properties(draw, terms):
    """A predicate-object list with its separators."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        values = draw(objects(terms))
        comma = draw(GAPS) + "," + draw(GAPS)
        parts.append(draw(PREDICATE) + draw(GAPS) + comma.join(values))
    return (draw(GAPS) + ";" + draw(st.sampled_from(["", " ;", "\n"])) + draw(GAPS)).join(parts)


@st.composite
def brackets(draw, terms):
    inside = draw(st.one_of(st.just(""), properties(terms)))
    return "[" + draw(GAPS) + inside + draw(GAPS) + "]"


def terms(labels: bool):
    plain = st.one_of(NAME, LITERAL, LABEL) if labels else st.one_of(NAME, LITERAL)
    return st.recursive(plain, lambda inner: st.one_of(lists(inner), brackets(inner)), max_leaves=6)


def ends_a_name(text: str) -> bool:
    """Whether a dot behind the text could be read as a part of it."""
    return text[-1] not in "])>\"'"


@st.composite
def statements(draw, labels: bool):
    values = terms(labels)
    kind = draw(st.integers(0, 7))
    if kind == 0:
        name = draw(st.sampled_from(["", "p", "q", "a.b-c"]))
        iri = draw(st.sampled_from(["<http://example.org/n#>", "<rel#>", "<http://other.example/a.b/>"]))
        return draw(
            st.sampled_from([f"@prefix {name}: {iri} .", f"PREFIX {name}: {iri}", f"prefix {name}:{iri}"])
        )
    if kind == 1:
        return draw(st.sampled_from(["@base <http://example.org/b/> .", "BASE <http://example.org/c.d/>"]))
    if kind == 2:
        body = "[ " + draw(properties(values)) + draw(GAPS) + "]"
    elif kind == 3:
        body = draw(lists(values)) + draw(GAPS) + draw(properties(values))
    else:
        subject = draw(st.one_of(NAME, LABEL) if labels else NAME)
        body = subject + draw(GAPS) + draw(properties(values))
    space = draw(GAPS) if ends_a_name(body) else draw(st.sampled_from(["", " ", "\n"]))
    # A `;` may stand before the dot, but not behind `[ … ]` alone (Turtle, production triples).
    semicolon = "" if kind == 2 else draw(st.sampled_from(["", " ;"]))
    return body + semicolon + space + "."


@st.composite
def documents(draw, labels: bool = False):
    """A well-formed document; relative IRIs resolve against `BASE`."""
    parts = draw(st.lists(statements(labels), max_size=6))
    return (
        draw(st.sampled_from(["", "# head\n", "\n"]))
        + PROLOGUE
        + "".join(draw(GAPS) + part for part in parts)
        + draw(st.one_of(GAPS, st.just(""), st.just("\n# no line end")))
    )


@st.composite
def broken(draw):
    """A document with a few characters cut out or put in: mostly malformed, now and then still Turtle."""
    text = draw(documents())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 3))
        extra = draw(
            st.sampled_from(
                [
                    "",
                    ".",
                    ";",
                    "[",
                    "]",
                    "(",
                    ")",
                    '"',
                    "'",
                    '"""',
                    "<",
                    ">",
                    "#",
                    "\\",
                    "@",
                    ":",
                    " ",
                    "\n",
                    "5",
                    "^^",
                    "{",
                    "|",
                ]
            )
        )
        text = text[:at] + extra + text[at + cut :]
    return text
