"""Adapters: the rows that they learn from, their training, their proof and their register."""
