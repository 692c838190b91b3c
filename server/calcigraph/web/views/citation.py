"""What a dataset says of itself and a resource in, how to cite it out: as a sentence and as BibTeX.

Where the resource is a work, what the data cite it by: readers want the work, not its node.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.rdf.terms import Subject
from calcigraph.rdf.vocabulary import DCTERMS, SRV
from calcigraph.web.about import About

_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_SHORT = 12


@dataclass(frozen=True)
class Citation:
    """A resource (or the dataset itself, where `title` is "") in one version of a dataset."""

    about: About
    title: str
    address: str
    version: str

    @property
    def text(self) -> str:
        """Authors, year, title, dataset, version, address; what is not known is left out."""
        year = f" ({self.about.year})" if self.about.year else ""
        authors = f"{', '.join(self.about.creators)}{year}. " if self.about.creators else ""
        title = f"“{self.title}”. In: " if self.title else ""
        return f"{authors}{title}{self.about.title.value}, version {self.version[:_SHORT]}. {self.address}"

    @property
    def bibtex(self) -> str:
        """The same as an entry `@misc`."""
        fields = {
            "author": " and ".join(f"{{{_tex(name)}}}" for name in self.about.creators),
            "title": f"{{{_tex(self.title or self.about.title.value)}}}",
            "howpublished": _tex(self.about.title.value) if self.title else "",
            "year": _tex(self.about.year),
            "version": self.version[:_SHORT],
            "url": re.sub(r"[{}\\]", lambda found: f"%{ord(found[0]):02X}", self.address),
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        key = re.sub(r"[^A-Za-z0-9]+", "-", self.address.rstrip("/").rpartition("/")[2]).strip("-")
        return f"@misc{{{key or 'dataset'},\n{lines}\n}}"


@dataclass(frozen=True)
class CitedWork:
    """A work as the data cite it; `bibtex` is "" where they have no entry."""

    text: str
    bibtex: str


def cited_work(edition: Edition, node: Subject) -> CitedWork | None:
    """What `dcterms:bibliographicCitation` and `srv:bibTeX` say of a resource; None where neither does."""
    text, bibtex = (
        next((value.value for value in edition.objects(node, name) if isinstance(value, ox.Literal)), "")
        for name in (DCTERMS["bibliographicCitation"], SRV["bibTeX"])
    )
    return CitedWork(text, bibtex) if text or bibtex else None


def _tex(text: str) -> str:
    """A text in which nothing has a meaning to TeX."""
    return re.sub(r"[\\~^&%$#_{}]", lambda found: _TEX.get(found[0], f"\\{found[0]}"), text)
