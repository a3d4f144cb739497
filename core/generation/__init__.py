"""Prompts become token streams, and answers get their receipts."""
