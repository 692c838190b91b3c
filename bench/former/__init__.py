"""This commit beside a former one, in one run: point queries over HTTP, and closures."""
