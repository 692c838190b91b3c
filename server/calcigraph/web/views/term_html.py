"""Terms and facts in, their HTML out, the same on every page.

Templates ask for it as `show`. Texts of the data are escaped here and nowhere else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import urlencode

import pyoxigraph as ox
from markupsafe import Markup, escape

from calcigraph.describe import Amount, FacetValue, Fact, ShownProperty, ShownValue, Standing
from calcigraph.edition import PAGE_LANGUAGE
from calcigraph.explanations.evidence import Named
from calcigraph.manchester import Expression, Piece
from calcigraph.rdf.terms import Term, show_term
from calcigraph.rdf.vocabulary import RDF, SKOS, XSD
from calcigraph.reasoning import Statement
from calcigraph.web.site import Site
from calcigraph.web.strings import STRINGS

_NUMBERS = {XSD[name] for name in ("integer", "decimal", "double", "float")}
_PLAIN = {XSD["string"].value, RDF["langString"].value}
_MOST_KEPT = 1 << 14
# A longer label says no more in the middle of a list; the page of its resource has it whole.
_LONGEST = 200
_FOLDED = 1_500
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,2000}")
_DURATION = re.compile(r"P(?:([\d.]+)Y)?(?:([\d.]+)M)?(?:([\d.]+)W)?(?:([\d.]+)D)?")
# Prefixed names; the text between them is kept.
_TOKENS = re.compile(r"(?<![\w:\"<])([A-Za-z][\w-]*:[A-Za-z_][\w-]*)")
_NOTHING = Markup("")
_BLANK = Markup(f'<span class="quiet">{escape(STRINGS.blank)}</span>')
_MARKS = {
    Standing.ASSERTED: _NOTHING,
    Standing.DERIVED: Markup(f' <span class="mark derived">{escape(STRINGS.standing_derived)}</span>'),
    Standing.INFERRED: Markup(f' <span class="mark inferred">{escape(STRINGS.standing_inferred)}</span>'),
}
_WHY = escape(STRINGS.resource_why)
_OUTSIDE = escape(STRINGS.resource_outside)
_ABOUT = escape(STRINGS.resource_why_about)


class TermRenderer:
    """Shows the terms of one site; may be shared by threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._prefixes = site.edition.root.prefixes
        self._labels = site.edition.labels
        self._kept_iri = lru_cache(_MOST_KEPT)(self._iri)
        self._kept_head = lru_cache(_MOST_KEPT)(self._head)
        self._kept_blank = lru_cache(_MOST_KEPT >> 4)(self._blank)
        self._kept_name = lru_cache(_MOST_KEPT)(self._name)

    def name(self, term: Term) -> str:
        """A term as it would be typed in, with the root's prefixes."""
        return self._kept_name(term) if isinstance(term, ox.NamedNode) else self._name(term)

    def text(self, literal: ox.Literal) -> Markup:
        """A literal in its language, in the direction of its letters."""
        language = f' lang="{escape(literal.language)}"' if literal.language else ""
        return Markup(f'<span{language} dir="auto">{escape(literal.value)}</span>')

    def iri(self, node: ox.NamedNode) -> Markup:
        """A named node by its label, as a link where it leads somewhere."""
        return self._kept_iri(node)

    def term(self, term: Term) -> Markup:
        """Any term, with the language or the datatype of a literal beside it."""
        return self._literal(term) if isinstance(term, ox.Literal) else self.cell(term)

    def cell(self, term: Term) -> Markup:
        """Any term as briefly as a table has it."""
        if isinstance(term, ox.NamedNode):
            return self._kept_iri(term)
        if isinstance(term, ox.Literal):
            datatype = self.datatype(term)
            return (
                Markup(f'<span title="{escape(datatype)}">{self.text(term)}</span>')
                if datatype
                else self.text(term)
            )
        if isinstance(term, ox.BlankNode):
            return self._kept_blank(term)
        return Markup(f"<code>{escape(str(term))}</code>")

    def named(self, named: Named) -> Markup:
        """A node that evidence, or a decision, leads to."""
        if isinstance(named.node, ox.NamedNode):
            return self._kept_iri(named.node)
        return Markup(f"<bdi>{escape(named.label)}</bdi>")

    def values(self, values: Iterable[FacetValue]) -> Markup:
        """Values of a facet, a quantity with its unit and what it is of."""
        return Markup(", ").join(self._facet_value(value) + self.doubt(value.fact) for value in values)

    def _facet_value(self, value: FacetValue) -> Markup:
        if value.amount:
            return self._amount(value.term, value.amount)
        words = duration(value.term.value) if isinstance(value.term, ox.Literal) else None
        if words:
            return Markup(f'<span title="{escape(value.text)}">{escape(words)}</span>')
        return self.cell(value.term)

    def is_number(self, term: Term) -> bool:
        """Whether a term is a bare number, which takes little room and stands to the right."""
        return isinstance(term, ox.Literal) and term.datatype in _NUMBERS

    def datatype(self, literal: ox.Literal) -> str:
        """The datatype to show beside a literal; "" for plain and language-tagged text."""
        if literal.language or literal.datatype.value in _PLAIN:
            return ""
        return self.name(literal.datatype)

    def standing(self, fact: Fact) -> Markup:
        """Whether a rule or the reasoner gave a fact, and where it says why; nothing of what was asserted."""
        if fact.standing is Standing.ASSERTED:
            return _NOTHING
        address = self.why(fact)
        if not address:
            return _MARKS[fact.standing]
        link = f' <a class="why" href="{escape(address)}" aria-label="{_ABOUT}">{_WHY}</a>'
        return _MARKS[fact.standing] + Markup(link)

    def doubt(self, fact: Fact | None) -> Markup:
        """The same as one character, for tables."""
        address = self.why(fact) if fact else None
        if not address:
            return _NOTHING
        return Markup(
            f' <a class="why" href="{escape(address)}" aria-label="{_ABOUT}" title="{_ABOUT}">?</a>'
        )

    def slots(self, found: Sequence[ShownProperty]) -> Markup:
        """Properties with their values as a description list."""
        names = Counter(slot.name.value for slot in found)
        shown = (self._slot(slot, names[slot.name.value] > 1) for slot in found)
        return Markup(f"<dl>\n{''.join(shown)}</dl>")

    def sifted(self, found: Sequence[ShownProperty]) -> Markup:
        """The same, with what is only inferred folded away."""
        main, aside = ([slot for slot in found if slot.is_aside is wanted] for wanted in (False, True))
        shown = self.slots(main) if main else _NOTHING
        if aside:
            summary = f"<summary>{escape(STRINGS.resource_aside)} ({len(aside)})</summary>"
            shown += Markup(f'<details class="aside">{summary}{self.slots(aside)}</details>')
        return shown

    def value(self, value: ShownValue, is_like_another: bool = False) -> Markup:
        """One value with its standing: a term, the items of a list, or what a blank node says.

        One that is called like another is shown with its name, so that they can be told apart.
        """
        if value.expression:
            shown = self._by_expression(value, value.expression)
        elif value.members:
            items = "".join(f"<li>{self.value(member)}</li>" for member in value.members)
            shown = Markup(f'<ol class="members">{items}</ol>')
        elif value.nested:
            shown = Markup(f'<div class="nested">{self.slots(value.nested)}</div>')
        elif isinstance(value.term, ox.Literal) and self._is_code(value.fact.triple.predicate, value.term):
            shown = self.code(value.term.value)
        else:
            shown = self._whole(value.term)
        if value.is_cut:
            shown += Markup(f' <span class="quiet">({escape(STRINGS.resource_cut)})</span>')
        if is_like_another and not value.expression and self._is_named_otherwise(value.term):
            shown += Markup(f' <code class="quiet">{escape(self.name(value.term))}</code>')
        shown += self.standing(value.fact)
        if value.annotations:
            shown += Markup(f'<div class="nested remarks">{self.slots(value.annotations)}</div>')
        return shown

    def _is_named_otherwise(self, term: Term) -> bool:
        """Whether a node is shown by something else than its name or its address."""
        if not isinstance(term, ox.NamedNode):
            return False
        return self._labels.stated(term) is not None or self._unlabelled(term) not in self.name(term)

    def expression(self, found: Expression) -> Markup:
        """An expression in Manchester syntax, its words apart from the names; what is wrong with it, and
        that it is not all of it, beside it."""
        pieces = Markup("").join(map(self._piece, found.pieces))
        shown = Markup(f'<span class="expression">{pieces}</span>')
        if found.is_cut and found.is_construct:
            shown += Markup(f' <span class="quiet">({escape(STRINGS.expression_cut)})</span>')
        if found.faults and found.is_construct:
            why = escape("; ".join(found.faults))
            shown += Markup(f' <span class="mark" title="{why}">{escape(STRINGS.malformed)}</span>')
        return shown

    def _piece(self, piece: Piece) -> Markup:
        if not isinstance(piece, str):
            return self.term(piece)
        word = piece.strip()
        if not word[:1].isalpha():
            return escape(piece)
        before, _, after = piece.partition(word)
        return Markup(f"{escape(before)}<b>{escape(word)}</b>{escape(after)}")

    def _by_expression(self, value: ShownValue, found: Expression) -> Markup:
        """A blank node as its expression, with what is said about it; a resource with the one that a link
        leads through."""
        shown = self.expression(found)
        if not isinstance(value.term, ox.BlankNode):
            return Markup(f'{self.term(value.term)} <span class="through">{shown}</span>')
        if value.nested:
            shown += Markup(f'<div class="nested remarks">{self.slots(value.nested)}</div>')
        return shown

    def _blank(self, node: ox.BlankNode) -> Markup:
        """A blank node where there is room for a line: what it says, as far as it says anything."""
        found = self._site.edition.expressions.read(node)
        return self.expression(found) if len(found.pieces) > 1 else _BLANK

    def lead(self, said: ox.Literal) -> Markup:
        """What a thing is, below its name; a long text folded after its beginning."""
        if len(said.value) <= _FOLDED:
            return Markup(f'<p class="lead">{self.text(said)}</p>')
        summary = f'<summary class="lead">{self.text(_cut(said))}</summary>'
        return Markup(f'<details>{summary}<p class="preserve">{self.text(said)}</p></details>')

    def _whole(self, term: Term) -> Markup:
        """A term where it is the value of a property: an address as a link, a long text folded, lines as they
        are."""
        if not isinstance(term, ox.Literal):
            return self.term(term)
        shown = self._literal(term)
        if _ADDRESS.fullmatch(term.value):
            return Markup(f'<a href="{escape(term.value)}" rel="nofollow">{shown}</a>')
        if "\n" in term.value.strip():
            shown = Markup(f'<span class="preserve">{shown}</span>')
        if len(term.value) > _FOLDED:
            return Markup(f"<details><summary>{self.text(_cut(term))}</summary>{shown}</details>")
        return shown

    def code(self, text: str) -> Markup:
        """Triples as somebody wrote them, the prefixed names in them as links where they lead somewhere."""
        # What the pattern matches stands in every second place.
        tokens = enumerate(_TOKENS.split(text))
        shown = "".join(self._token(token) if place % 2 else escape(token) for place, token in tokens)
        return Markup(f"<code>{shown}</code>")

    def _is_code(self, predicate: ox.NamedNode, text: ox.Literal) -> bool:
        """Whether an example has names with prefixes of the root: many are sentences."""
        prefixes = self._prefixes.mapping
        return predicate == SKOS["example"] and any(
            token.partition(":")[0] in prefixes for token in _TOKENS.findall(text.value)
        )

    def triple(self, of: Statement) -> Markup:
        """A triple as a sentence."""
        parts = (self.term(term) for term in (of.subject, of.predicate, of.object))
        subject, predicate, value = parts
        return Markup(f'<span class="triple">{subject} <span class="verb">{predicate}</span> {value}</span>')

    def turtle(self, of: Sequence[ox.Triple]) -> Markup:
        """Triples of one subject as they would be typed in: examples look alike, whoever wrote them."""
        said = (f"{self._verb(t.predicate)} {self.name(self._brief(t.object))}" for t in of)
        return self.code(f"{self.name(of[0].subject)} {' ; '.join(said)} .")

    def why(self, fact: Fact) -> str | None:
        """The path of the explanation of a fact that is not asserted; None for the others, and for blank
        nodes."""
        if fact.standing is Standing.ASSERTED:
            return None
        triple = fact.triple
        terms = (triple.subject, triple.predicate, triple.object)
        if any(isinstance(term, ox.BlankNode | ox.Triple) for term in terms):
            return None
        return self.explanation(triple)

    def explanation(self, triple: ox.Triple, **more: str) -> str:
        """The path of the explanation of a triple."""
        parameters = {
            "subject": self.name(triple.subject),
            "predicate": self.name(triple.predicate),
            "object": self.name(triple.object),
        }
        return f"{self._site.link('/explain')}?{urlencode(parameters | more)}"

    def _verb(self, predicate: ox.NamedNode) -> str:
        return "a" if predicate == RDF["type"] else self.name(predicate)

    def _brief(self, term: Term) -> Term:
        return _cut(term) if isinstance(term, ox.Literal) and len(term.value) > _LONGEST else term

    def _token(self, token: str) -> str:
        if token.partition(":")[0] not in self._prefixes.mapping:
            return escape(token)
        node = self._prefixes.expand(token)
        target = self._site.href(node) if self._labels.stated(node) else None
        return f'<a href="{escape(target)}">{escape(token)}</a>' if target else escape(token)

    def _amount(self, node: Term, amount: Amount) -> Markup:
        # Turtle writes a whole number of type decimal with a point and a nought.
        low, high = (end.value.removesuffix(".0") for end in (amount.low, amount.high))
        span = low if low == high else f"{low} {STRINGS.proposition_to} {high}"
        shown: Markup = escape(f"{span} {amount.unit}".strip())
        target = self._site.href(node) if isinstance(node, ox.NamedNode) else None
        if target:
            shown = Markup(f'<a href="{escape(target)}" title="{escape(self.name(node))}">{shown}</a>')
        return Markup(" ").join([*map(self._kept_iri, amount.of), shown])

    def _slot(self, slot: ShownProperty, is_like_another: bool) -> str:
        head = self._kept_head(slot.predicate, slot.name, is_like_another)
        labels = Counter(self._labels.of(value.term).value for value in slot.values)
        values = "".join(
            f"<dd>{self.value(value, labels[self._labels.of(value.term).value] > 1)}</dd>\n"
            for value in slot.values
        )
        return f"<div>\n{head}\n{values}{self._aside(slot)}</div>\n"

    def _aside(self, slot: ShownProperty) -> str:
        if not slot.aside:
            return ""
        values = "".join(f"<li>{self.value(value)}</li>" for value in slot.aside)
        summary = f"{len(slot.aside)} {escape(STRINGS.resource_entailed)}"
        return f'<dd><details><summary>{summary}</summary><ul class="plain">{values}</ul></details></dd>\n'

    def _head(self, predicate: ox.NamedNode, name: ox.Literal, is_like_another: bool) -> str:
        target, title, shown = self._site.href(predicate), escape(self.name(predicate)), self.text(name)
        if target:
            link = f'href="{escape(target)}" title="{title}"{self._relation(predicate)}'
            shown = Markup(f"<a {link}>{shown}</a>")
        apart = f' <code class="quiet">{title}</code>' if is_like_another else ""
        return f"<dt>{shown}{apart}</dt>"

    def _name(self, term: Term) -> str:
        return show_term(term, self._prefixes)

    def _iri(self, node: ox.NamedNode) -> Markup:
        target, stated, name = self._site.href(node), self._labels.stated(node), self.name(node)
        if stated and len(stated.value) > _LONGEST:
            stated = _cut(stated)
        shown = self.text(stated) if stated else Markup(f"<bdi>{escape(self._unlabelled(node))}</bdi>")
        kind = "" if stated else ' class="iri"'
        if target is None:
            return Markup(f'<span title="{escape(name)}" class="iri">{shown}</span>')
        attributes = f'href="{escape(target)}" title="{escape(name)}"{kind}{self._relation(node)}'
        return Markup(f"<a {attributes}>{shown}</a>{self._outside(node)}")

    def _unlabelled(self, node: ox.NamedNode) -> str:
        """What a node without a label is called: its address as it is, where nothing is known of it but that,
        as ends of addresses ("3.0", "owl") tell nothing."""
        name = self.name(node)
        is_address = name.startswith("<") and self._leads_away(node)
        return _cut_text(node.value) if is_address else self._labels.of(node).value

    def _leads_away(self, node: ox.NamedNode) -> bool:
        """Whether the link to a node leads to another host at once, as it has no page here."""
        return not self._site.describes(node) and self._site.outside(node) is not None

    def _relation(self, node: ox.NamedNode) -> str:
        return ' rel="external"' if self._leads_away(node) else ""

    def _outside(self, node: ox.NamedNode) -> Markup:
        """A link to where the IRI of something leads that has a page here and is not the root's own."""
        address = self._site.outside(node) if self._site.describes(node) else None
        if address is None:
            return _NOTHING
        return Markup(f' <a class="outside" rel="external" href="{escape(address)}" title="{_OUTSIDE}">↗</a>')

    def _literal(self, literal: ox.Literal) -> Markup:
        datatype, shown = self.datatype(literal), self.text(literal)
        if datatype and literal.datatype.value.startswith(XSD.iri):
            shown, datatype = Markup(f'<span title="{escape(datatype)}">{shown}</span>'), ""
        if datatype:
            shown += Markup(
                f' <span class="tag" title="{escape(STRINGS.datatype)}">{escape(datatype)}</span>'
            )
        if literal.language and literal.language.partition("-")[0] != PAGE_LANGUAGE:
            shown += Markup(f' <span class="tag">{escape(literal.language)}</span>')
        return shown


def duration(text: str) -> str | None:
    """ISO 8601's way to write how long something took, in words; None for any other text."""
    found = _DURATION.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    parts = zip(found.groups(), STRINGS.durations, strict=True)
    return " ".join(f"{n} {one if n == '1' else many}" for n, (one, many) in parts if n)


def _cut(literal: ox.Literal) -> ox.Literal:
    return ox.Literal(f"{literal.value[:_LONGEST]}…", language=literal.language)


def _cut_text(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
