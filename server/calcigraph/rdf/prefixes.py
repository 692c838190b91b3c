"""A prefix table in; prefixed names expanded to IRIs, and IRIs shrunk to prefixed names, out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pyoxigraph as ox

from calcigraph.errors import Problem
from calcigraph.rdf.iris import named_node
from calcigraph.rdf.vocabulary import SH

# Turtle, productions PN_PREFIX and PN_LOCAL, within ASCII: a name outside it is written as a whole IRI.
PREFIX = re.compile(r"(?:[A-Za-z](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?)?")
LOCAL = re.compile(r"(?:[A-Za-z0-9_:](?:[A-Za-z0-9_.:-]*[A-Za-z0-9_:-])?)?")


class PrefixUnknown(Problem):
    """A prefixed name whose prefix is not declared."""

    title = "The prefix is not declared"

    def __init__(self, prefix: str, known: Prefixes) -> None:
        names = sorted(known.mapping)
        near = difflib.get_close_matches(prefix, names, 3)
        listed = ", ".join(f"{name}:" for name in (near or names)) or "none"
        super().__init__(
            f'The prefix "{prefix}:" is not declared.',
            f"Use one of the declared prefixes ({listed}), or write the whole IRI between < and >.",
        )


class PrefixesConflict(Problem):
    """A prefix declared twice with different namespaces, or one that cannot be written in Turtle."""

    title = "The prefix table contradicts itself"


class Prefixes:
    """An immutable prefix table, `mapping` from prefix (without the colon) to namespace."""

    def __init__(self, mapping: Mapping[str, str] | None = None) -> None:
        for prefix in mapping or {}:
            if not PREFIX.fullmatch(prefix):
                raise PrefixesConflict(
                    f'"{prefix}" cannot be a prefix.', "Use a letter, then letters, digits, `-` or `_`."
                )
        self.mapping: Mapping[str, str] = MappingProxyType(dict(mapping or {}))
        # The longest namespace wins; of two prefixes for one namespace, the first in the alphabet.
        self._by_namespace = sorted(self.mapping.items(), key=lambda item: (-len(item[1]), item[0]))

    def __reduce__(self) -> tuple[type[Prefixes], tuple[dict[str, str]]]:
        """For another process: a view of a mapping cannot be pickled."""
        return Prefixes, (dict(self.mapping),)

    @classmethod
    def of_file(cls, mapping: Mapping[str, str]) -> Prefixes:
        """The table of a file, without the prefixes that are not written here (those beyond ASCII): what they
        shorten is then written as whole IRIs."""
        return cls({prefix: iri for prefix, iri in mapping.items() if PREFIX.fullmatch(prefix)})

    @classmethod
    def from_triples(cls, triples: Iterable[ox.Triple]) -> Prefixes:
        """The table that `sh:declare` makes (SHACL section 5.2.1).

        Raises: PrefixesConflict where one prefix has two namespaces.
        """
        parts: dict[str, dict[object, list[str]]] = {"prefix": {}, "namespace": {}}
        for triple in triples:
            name = triple.predicate.value.removeprefix(SH.iri)
            if (
                name in parts
                and triple.predicate.value.startswith(SH.iri)
                and isinstance(triple.object, ox.Literal)
            ):
                parts[name].setdefault(triple.subject, []).append(triple.object.value)
        mapping: dict[str, str] = {}
        for node, names in parts["prefix"].items():
            for prefix in names:
                for namespace in parts["namespace"].get(node, []):
                    if mapping.setdefault(prefix, namespace) != namespace:
                        both = f"<{mapping[prefix]}> and for <{namespace}>"
                        raise PrefixesConflict(
                            f'The prefix "{prefix}:" is declared for {both}.',
                            "Keep one of the two sh:declare.",
                        )
        return cls(mapping)

    def expand(self, curie: str) -> ox.NamedNode:
        """`id:x` to its IRI; the escapes of Turtle (`\\,`) may stand in it, and need not.

        Raises: PrefixUnknown, naming the declared ones; IriMalformed.
        """
        prefix, colon, local = curie.partition(":")
        if not colon or prefix not in self.mapping:
            raise PrefixUnknown(prefix, self)
        local = re.sub(r"\\([_~.\-!$&'()*+,;=/?#@%])", r"\1", local)
        return named_node(self.mapping[prefix] + local)

    def shrink(self, node: ox.NamedNode) -> str:
        """A prefixed name that Turtle and SPARQL can read, else `<iri>`."""
        iri = node.value
        for prefix, namespace in self._by_namespace:
            if iri.startswith(namespace) and LOCAL.fullmatch(iri, len(namespace)):
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{iri}>"

    def turtle(self) -> str:
        """The table as `@prefix` lines, in the order of the alphabet."""
        return "".join(f"@prefix {p}: <{n}> .\n" for p, n in sorted(self.mapping.items()))

    def sparql(self) -> str:
        """The table as `PREFIX` lines, in the order of the alphabet."""
        return "".join(f"PREFIX {p}: <{n}>\n" for p, n in sorted(self.mapping.items()))
