"""One interface of whatever holds the data and answers from them, and those that there are.

- `interface` is what the web and the command line know;
- `local` answers from processes of this machine that can be ended;
- `offline` answers in this process, for whoever trusts the query; `editions` is what both have in common;
- `documents` has large parts of an edition made into files, for both: `document_contents` says what there is,
  `document_maker` makes one in a process of its own;
- `resource_addresses` says where a resource is on a server, `shared_addresses` where something else is there,
  `known_iris` which spellings of an IRI are one.
"""

from calcigraph.store import known_iris
from calcigraph.store.document_contents import (
    DocumentContent,
    Dump,
    GraphContent,
    MappingsContent,
    MetadataContent,
    OntologyContent,
    ResourceContent,
)
from calcigraph.store.documents import Document, DocumentLimits
from calcigraph.store.interface import Engine
from calcigraph.store.local import LocalEngine, descriptors_of
from calcigraph.store.near_reasons import with_near_terms
from calcigraph.store.offline import OfflineEngine
from calcigraph.store.resource_addresses import DESCRIBE, ROOMS, DocumentAddress, ResourceAddresses
from calcigraph.store.shared_addresses import DOCUMENT_SUFFIXES, SharedAddresses
from calcigraph.store.sitemap_content import NoSuchSitemap, SitemapContent

__all__ = [
    "DESCRIBE",
    "DOCUMENT_SUFFIXES",
    "ROOMS",
    "Document",
    "DocumentAddress",
    "DocumentContent",
    "DocumentLimits",
    "Dump",
    "Engine",
    "GraphContent",
    "LocalEngine",
    "MappingsContent",
    "MetadataContent",
    "NoSuchSitemap",
    "OfflineEngine",
    "OntologyContent",
    "ResourceAddresses",
    "ResourceContent",
    "SharedAddresses",
    "SitemapContent",
    "descriptors_of",
    "known_iris",
    "with_near_terms",
]
