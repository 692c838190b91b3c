"""Which files of tests are begun first, where several processes share them.

A plugin of pytest. Each file goes to one process, and whichever comes last keeps one process busy while the
others have nothing left; so it had better be a short one. It changes no result.
"""

from __future__ import annotations

import pytest

# Those that take more than twenty seconds on a quiet machine, the longest first; a browser keeps several
# processors busy, so that those that have one stand apart.
LONG = (
    "test_packaging.py",
    "test_browser_quality.py",
    "test_every_iri.py",
    "test_check.py",
    "test_browser_query.py",
    "test_owl_profiles.py",
    "test_browser_harm.py",
    "test_cli_conditions.py",
    "test_endless_files.py",
    "test_browser_bad_input.py",
    "test_http_readiness.py",
    "test_reasoning_rule_changes.py",
    "test_browser_portal.py",
    "test_mutants.py",
    "test_http_documents.py",
    "test_bench_queries.py",
    "test_openapi.py",
    "test_http_resources.py",
    "test_browser_keyboard.py",
    "test_proof_files.py",
    "test_http_suffixes.py",
    "test_cli.py",
    "test_http_variants.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # One process alone goes by what its tests share, as pytest has ordered them.
    if hasattr(config, "workerinput"):
        place = {name: number for number, name in enumerate(LONG)}
        items.sort(key=lambda item: place.get(item.path.name, len(LONG)))
