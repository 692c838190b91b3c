"""Data and shapes in, a SHACL validation report out.

- `validate` is what is called; `report`, `result` and `flaw` are what it gives;
- `shapes_graph` and `targets` are the shapes and the nodes that they look at, `paths` their property paths;
- `shape_flaws` says what is wrong with shapes, by `shape_rules`, `path_rules`, `value_kinds`, `queries`,
  `component_flaws` and the terms in `vocabulary`; `runnable` is what is left to be judged;
- `judges` says which engine judges a shape, by `core_differences`: `core_engine`, which `nested_results` asks
  why a value does not conform, or `sparql_engine`, with its `sparql_engine_corrections`; `ordering` compares.
"""

from calcigraph.validation.flaw import Flaw, placed
from calcigraph.validation.paths import Paths
from calcigraph.validation.queries import ShapesUnreadable
from calcigraph.validation.report import Judged, Report
from calcigraph.validation.result import Result
from calcigraph.validation.validate import validate

__all__ = [
    "Flaw",
    "Judged",
    "Paths",
    "Report",
    "Result",
    "ShapesUnreadable",
    "placed",
    "validate",
]
