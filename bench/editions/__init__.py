"""What an edition costs: memory, swaps and starts; `python -m bench.editions` writes the report."""
