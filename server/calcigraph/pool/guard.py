"""Query text in, a `Survey` of it out, or a refusal of what would crash or hang the engine.

The engine's parser and planner recurse and search without limits of their own: deep nesting ends the process
with a stack overflow, many patterns joined in one group keep the planner busy for minutes, before any
deadline inside the engine could exist. The limits below lie under half of what was measured to hurt
(pyoxigraph 0.5.13, 8 MiB of stack) and far above what people write. The guard saves processes; what keeps the
server safe is the process around each query, in which the guard runs as well.

What may be cached is told here too, and there the reading errs on one side only. A `<` can be read as the
beginning of an IRI and as an operator; the engine reads `0.5<RAND()&&2>1` in the second way. Where a text has
such an IRI in round brackets, the two readings may part for good, because a quote or a `#` in it begins a
string or a comment in one of them. Then every word that makes an answer volatile counts, wherever it stands.

Cost: one pass of a regular expression, about 2 ms for 10 KB; some microseconds for a short query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from calcigraph.engine.result_formats import Form
from calcigraph.pool.query_problems import QueryRefused, ServiceForbidden, UpdateForbidden
from calcigraph.sparql.tokens import marks

# What each limit counts, its value, and what happened beyond it.
MOST_NESTED: Final = 64  # brackets; a call nested 976 deep crashes, 128 blank nodes plan for 3 s
MOST_NEGATIONS: Final = 500  # `!`: 9,472 in a row crash
MOST_CLOSURES: Final = 5  # path closures in each other: 8 take 1.6 s on 50 triples, 10 never end
MOST_OPERATORS: Final = 2000  # + - * | ||: 8,192 crash
MOST_FILTERS: Final = 500  # FILTER and &&: 2,048 plan for 3 s
MOST_GROUPS: Final = 500  # UNION, OPTIONAL, MINUS: 2,048 plan for 3 s
MOST_BINDINGS: Final = 1000  # AS: 2,048 crash some builds
# The planner's work grows with the cube of the patterns in a group: 100 take 0.8 s, 128 take 2 s.
_MOST_JOINED: Final = 100
MOST_JOIN_WORK: Final = _MOST_JOINED**3

_FORM_OF: Final = {form.value: form for form in Form}
_FORMS: Final = frozenset(_FORM_OF)
_UPDATES: Final = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"})
_VOLATILE: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})
# The same wherever it stands, but for the names of variables and what has a prefix.
_VOLATILE_WORD: Final = re.compile(rf"(?<![\w?$:@])(?:{'|'.join(sorted(_VOLATILE))})(?!\w)", re.IGNORECASE)
# STRUUID contains UUID.
_REMARKABLE: Final = tuple(_UPDATES | _VOLATILE - {"STRUUID"} | {"SERVICE"})
_COUNTED: Final = {
    "FILTER": "filters",
    "&&": "filters",
    "!": "negations",
    "UNION": "groups",
    "OPTIONAL": "groups",
    "MINUS": "groups",
    "AS": "bindings",
    **dict.fromkeys(("+", "-", "*", "|", "||"), "operators"),
}
_MOST: Final = {
    "filters": MOST_FILTERS,
    "negations": MOST_NEGATIONS,
    "groups": MOST_GROUPS,
    "bindings": MOST_BINDINGS,
    "operators": MOST_OPERATORS,
}
# Each of these groups is planned by itself, not joined with the group around it.
_APART: Final = ("OPTIONAL", "MINUS", "UNION", "EXISTS", "SELECT")
_NOTICED: Final = _FORMS | _UPDATES | _VOLATILE | {*_APART} | {"SERVICE", "VALUES", "FILTER", "AS"}
# Fewer terms in a list than this are not looked at: they are the arguments of something.
_LONG_LIST: Final = 40


@dataclass(frozen=True)
class Survey:
    """What one pass over a query's text tells: its form (None where none is found), whether two
    evaluations over the same data may differ, and whether it calls other services."""

    form: Form | None
    is_volatile: bool
    calls_services: bool = False


@dataclass(slots=True)
class _Bracketed:
    """What stands between two brackets: the bracket or the keyword before it, and what was counted in it."""

    kind: str
    start: int
    joined: int = 0
    closures: int = 0
    is_list: bool = True


def length_of(text: str) -> int:
    """How many bytes `text` has as UTF-8. Cost: none for ASCII, else one pass of an encoder."""
    return len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))


def check_length(text: str, most_bytes: int) -> None:
    """Check that `text` has at most so many bytes; nothing else is looked at in the process that serves all.
    Raises: QueryRefused."""
    if len(text) > most_bytes or length_of(text) > most_bytes:
        raise QueryRefused(
            "length", f"The query is longer than {most_bytes} bytes.", "Send long VALUES in several queries."
        )


def survey(text: str, *, allows_services: bool = False) -> Survey:
    """Look through the query `text` before the engine has it.

    Raises: QueryRefused, ServiceForbidden, UpdateForbidden.
    """
    glanced = _glance(text)
    if glanced is not None:
        return glanced
    surveyor = _Surveyor(text)
    surveyor.run()
    if surveyor.calls_services and not allows_services:
        raise ServiceForbidden
    return Survey(surveyor.form, surveyor.is_volatile, surveyor.calls_services)


def _glance(text: str) -> Survey | None:
    """The survey of a text that can pass no limit and has no word of `_REMARKABLE`; None for any other.

    Most queries are such, and the pass would be a seventh of the time that a look-up takes. A limit
    counts characters, brackets, or marks that join; a list adds to what is joined where it is long.
    """
    if (
        len(text) > MOST_NEGATIONS
        or sum(map(text.count, "([{")) > MOST_CLOSURES
        or sum(map(text.count, "([{.;,/")) >= _MOST_JOINED
        or len(text.split()) > _LONG_LIST
    ):
        return None
    plain = text.upper()
    if any(word in plain for word in _REMARKABLE):
        return None
    forms = [form for name, form in _FORM_OF.items() if name in plain]
    if len(forms) != 1 or plain.count(forms[0].value) != 1:
        return None
    return Survey(forms[0], is_volatile=False)


class _Surveyor:
    """The state of one pass: the open brackets, and what has been counted so far."""

    def __init__(self, text: str) -> None:
        self.form: Form | None = None
        self.is_volatile = False
        self.calls_services = False
        self._text = text
        self._groups = [_Bracketed("", 0)]
        self._counted = dict.fromkeys(_MOST, 0)
        self._join_work = 0
        self._in_values = False
        # Whether an IRI could be none, and the brackets that such IRIs would leave open.
        self._is_ambiguous = False
        self._hidden = 0
        # A group that has just ended: it is joined with the group around it, unless UNION follows.
        self._ended: _Bracketed | None = None

    def run(self) -> None:
        """Count every word and operator. Raises: QueryRefused, UpdateForbidden."""
        noticed, counted = _NOTICED, _COUNTED
        for mark, start in marks(self._text):
            group = self._groups[-1]
            if self._ended is not None:
                self._settle(mark, group)
            if mark in ".;,":
                if mark != "," or group.kind != "(":
                    group.joined += 1
                else:
                    group.is_list = False
            elif mark in "{[(":
                self._open(mark, start, group)
            elif mark in "}])":
                self._close(mark, start)
            elif mark[0] == "<" and mark[-1] == ">":
                self._look_into(mark)
            else:
                group.is_list = False
                word = mark if mark in counted else mark.upper()
                if word in counted:
                    self._count(counted[word])
                if word in noticed:
                    self._notice(word, group)
                group.joined += mark == "/"
        self._plan(self._groups[-1])
        if self._is_ambiguous and not self.is_volatile:
            self.is_volatile = _VOLATILE_WORD.search(self._text) is not None

    def _settle(self, mark: str, group: _Bracketed) -> None:
        assert self._ended is not None
        if mark.upper() == "UNION":
            self._plan(self._ended)
        else:
            group.joined += self._ended.joined + 1
        self._ended = None

    def _count(self, what: str) -> None:
        self._counted[what] += 1
        if self._counted[what] > _MOST[what]:
            raise _too_much(what, what)

    def _notice(self, word: str, group: _Bracketed) -> None:
        if word == "SERVICE":
            self.calls_services = self.is_volatile = True
        if word == "VALUES":
            self._in_values = True
        if word == "SELECT" and group.kind == "{":
            group.kind = word
        if self.form is None:
            if word in _UPDATES:
                raise UpdateForbidden(word)
            if word in _FORMS:
                self.form = Form(word)
        self.is_volatile = self.is_volatile or word in _VOLATILE

    def _look_into(self, iri: str) -> None:
        """Count what is in an IRI that may be none: in an expression, which is always in round brackets, the
        engine takes `<` for an operator where it can."""
        if self._groups[-1].kind != "(" or self._groups[-2].kind == "DATA":
            return
        self._is_ambiguous = True
        opened = iri.count("(")
        self._hidden += max(0, opened - iri.count(")"))
        if max(opened, self._hidden) > MOST_NESTED:
            raise _too_much("nesting", "brackets in each other")
        for what, signs in (("negations", "!"), ("operators", "+-*"), ("filters", "&")):
            if sum(map(iri.count, signs)) > _MOST[what]:
                raise _too_much(what, what)

    def _open(self, mark: str, start: int, outer: _Bracketed) -> None:
        if len(self._groups) + self._hidden > MOST_NESTED:
            raise _too_much("nesting", "brackets in each other")
        kind = mark
        if mark == "{":
            before = self._text[max(0, start - 40) : start].rstrip().upper()
            if before.endswith(_APART):
                kind = next(word for word in _APART if before.endswith(word))
            if self._in_values or before.endswith("CONSTRUCT"):
                kind = "DATA"
            self._in_values = False
        elif mark == "[":
            outer.joined += 1
        outer.is_list = False
        self._groups.append(_Bracketed(kind, start))

    def _close(self, mark: str, start: int) -> None:
        if len(self._groups) == 1:
            return
        group = self._groups.pop()
        outer = self._groups[-1]
        outer.closures = max(outer.closures, group.closures)
        if mark == ")":
            self._close_list(group, outer, start)
        elif mark == "]":
            outer.joined += group.joined
        elif group.kind == "{":
            self._ended = group
        elif group.kind != "DATA":
            self._plan(group)

    def _close_list(self, group: _Bracketed, outer: _Bracketed, start: int) -> None:
        if self._text[start + 1 : start + 2] in ("*", "+", "?"):
            outer.closures = max(outer.closures, group.closures + 1)
            if outer.closures > MOST_CLOSURES:
                raise _too_much("closures", "repeated paths in each other")
        outer.joined += group.joined
        if group.is_list and outer.kind != "DATA":
            terms = len(self._text[group.start : start].split())
            outer.joined += terms if terms > _LONG_LIST else 0

    def _plan(self, group: _Bracketed) -> None:
        """Add the work of planning one group to the total. Raises: QueryRefused."""
        self._join_work += group.joined**3
        if self._join_work > MOST_JOIN_WORK:
            raise _too_much("patterns", "triple patterns joined in one group")


def _too_much(reason: str, what: str) -> QueryRefused:
    return QueryRefused(
        reason,
        f"The query has too many {what} for the engine to plan safely.",
        "Split it into several queries, or put repeated parts into VALUES.",
    )
