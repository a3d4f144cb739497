"""Retrieval on public benchmarks and on the sample company: `python -m benchmarks.retrieval`."""
