"""A file of a root in, whether it is an XML catalog out: the file in which Protégé writes where imports are.

Spec: OASIS XML Catalogs 1.1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

NAMESPACE: Final = "urn:oasis:names:tc:entity:xmlns:xml:catalog"
_HEAD: Final = 4096


def is_catalog(file: Path) -> bool:
    """Whether a file is an XML catalog, which is no RDF/XML. Cost: reads its head."""
    if file.suffix.lower() != ".xml":
        return False
    try:
        with file.open("rb") as opened:
            return NAMESPACE.encode() in opened.read(_HEAD)
    except OSError:
        return False
