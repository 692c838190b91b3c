"""A problem document in, the page that shows it out, with links to go on.

A query that failed is shown in the form that it came from, so that it can be mended and run again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import render_template, request

# The blueprint that takes them.
_QUERIES = "sparql"


def problem_page(members: Mapping[str, Any], nearest: tuple[tuple[str, str], ...]) -> str:
    """The page for the current request; `nearest` are labels and links that may have been meant."""
    query = request.args.get("query") if request.blueprint == _QUERIES else None
    if query:
        inference = request.args.get("inference") != "off"
        said = json.dumps(dict(members), ensure_ascii=False)
        return render_template("query.html", query=query, inference=inference, problem=members, said=said)
    return render_template("problem.html", problem=members, nearest=nearest)
