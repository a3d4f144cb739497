"""Benchmarks of the guardrails on public sets."""
