"""The reasoner and its peers on generated data; `python -m bench.reasoning` writes the report."""
