"""The routes of the application in, a pattern of the paths that they answer for out.

What is at no such path may be a resource of the root, whichever it is called; see `ResourceAddresses`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from werkzeug.routing import Rule

_VARIABLE: Final = re.compile(r"<(?:([a-z]+)(?:\(([^()]*)\))?:)?[a-z_]+>")
_CONVERTED: Final = {"path": ".+", "int": r"\d+", "": "[^/]+", "default": "[^/]+", "string": "[^/]+"}
# The views that answer for whichever resource has such a path.
_OF_RESOURCES: Final = ("resources.resource", "resources.named")


def taken_paths(routes: Iterable[Rule]) -> str:
    """A pattern that fits a whole decoded path where, and only where, one of the routes does."""
    rules = {route.rule for route in routes if route.endpoint not in _OF_RESOURCES}
    return "|".join(sorted(map(_pattern, rules)))


def _pattern(rule: str) -> str:
    parts, end = [], 0
    for found in _VARIABLE.finditer(rule):
        parts += [re.escape(rule[end : found.start()]), _converted(found[1] or "", found[2] or "")]
        end = found.end()
    return "".join((*parts, re.escape(rule[end:])))


def _converted(converter: str, arguments: str) -> str:
    if converter == "any":
        return f"(?:{'|'.join(re.escape(word.strip()) for word in arguments.split(','))})"
    return _CONVERTED[converter]
