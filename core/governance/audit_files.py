"""Entries of the audit as CSV and JSON lines, for an auditor's own tools; it reads and checks nothing."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Literal

from core.governance.trail import Entry

Form = Literal["csv", "jsonl"]
FORMS: tuple[Form, ...] = ("csv", "jsonl")
_COLUMNS = ("trace", "recipe", "route", "adapter", "abstained", "unsupported")
"""Facts with a column of their own in a CSV file."""


def as_lines(entries: Sequence[Entry], macs: Mapping[int, str]) -> str:
    """A line for each entry: its canonical JSON, to the byte what its MAC covers, and the MAC."""
    return "".join(f'{{"entry":{entry.body},"mac":{json.dumps(macs.get(entry.seq, ""))}}}\n' for entry in entries)


def as_csv(entries: Sequence[Entry], macs: Mapping[int, str]) -> str:
    """A table with a heading; no cell of it is taken for a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(["seq", "at", "who", "roles", "act", "outcome", *_COLUMNS, "documents", "other", "mac"])
    for entry in entries:
        other = {name: value for name, value in entry.facts.items() if name not in _COLUMNS}
        row = [
            entry.seq, entry.at, entry.who, " ".join(entry.roles), entry.act, entry.outcome,
            *(entry.facts.get(name, "") for name in _COLUMNS), " ".join(entry.documents),
            json.dumps(other) if other else "", macs.get(entry.seq, ""),
        ]  # fmt: skip
        writer.writerow([_harmless(cell) for cell in row])
    return sheet.getvalue()


def _harmless(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
