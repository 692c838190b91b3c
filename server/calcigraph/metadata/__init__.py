"""A root and its data in, the triples that describe them out: VoID, and the questions to be asked.

They stand in a graph of their own, `graph/metadata`, so that a client which knows nothing but the endpoint
finds them with a query. They are about the data and not of it: neither asserted nor inferred, closed under no
axiom, and on no page of a resource.
"""

from calcigraph.metadata.description import DatasetDescription, Described, describe
from calcigraph.metadata.executables import executables, question_node
from calcigraph.metadata.nodes import catalogued_node, dataset_node, endpoint_node, graph_node
from calcigraph.metadata.statements import Lookup

__all__ = [
    "DatasetDescription",
    "Described",
    "Lookup",
    "catalogued_node",
    "dataset_node",
    "describe",
    "endpoint_node",
    "executables",
    "graph_node",
    "question_node",
]
