"""A root and the language of a text in, how well the text suits a reader out."""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import DCTERMS
from calcigraph.root import Root

PAGE_LANGUAGE: Final = "en"
"""Of all that the pages say themselves."""
_CODE = re.compile(r"(?:.*[/#])?([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)", re.DOTALL)


class Languages:
    """The languages in the order in which a root is to be read: those that its catalogue states by
    `dcterms:language` (a tag, or an IRI that ends with one), English, text of no language, any.

    A page has one text for everybody, whatever their browser accepts: so it can be kept in caches under its
    entity tag, and two people who speak about a page see the same.
    """

    def __init__(self, root: Root) -> None:
        stated = (t.object for t in root.catalogue if t.predicate == DCTERMS["language"])
        own = sorted({code for term in stated if (code := _code(term))})
        self.order: Final = tuple(dict.fromkeys((*own, PAGE_LANGUAGE)))

    def rank(self, text: ox.Literal) -> tuple[int, bool]:
        """Lower is better; of one language, the tag without a region comes first."""
        if not text.language:
            return len(self.order), False
        tag = text.language.lower()
        if tag in self.order:
            return self.order.index(tag), False
        primary = tag.partition("-")[0]
        akin = (place for place, code in enumerate(self.order) if primary == code.partition("-")[0])
        return next(akin, len(self.order) + 1), True

    def is_usual(self, text: ox.Literal) -> bool:
        """Whether a text is in one of the languages of `order`, or in none."""
        return self.rank(text)[0] <= len(self.order)


def _code(term: Term) -> str:
    """The tag that a value of `dcterms:language` stands for; "" for none."""
    text = term.value if isinstance(term, ox.Literal | ox.NamedNode) else ""
    found = _CODE.fullmatch(text.strip())
    return found[1].lower() if found else ""
