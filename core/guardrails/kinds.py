"""The kinds of findings that each detector has, as rules may name them. It finds nothing and decides nothing."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from core.guardrails.findings import Detector
from core.guardrails.instruction_signs import SIGNS
from core.guardrails.invisible import KINDS as UNSEEN
from core.guardrails.personal import KINDS as PERSONAL
from core.guardrails.secret_forms import FORMS
from core.types import Why

OWN, SWEAR = "own list", "swear word"
"""Kinds of terms."""
KINDS: Mapping[Detector, frozenset[str]] = MappingProxyType(
    {
        "personal": PERSONAL,
        "secret": frozenset(
            {
                *(kind for kind, _ in FORMS),
                *("AWS secret key", "private key", "password", "authorization", "assigned key"),
            }
        ),
        "term": frozenset({OWN, SWEAR}),
        "instruction": frozenset({*SIGNS, "disguised", "shouted"}),
        "hidden": frozenset({*UNSEEN, *get_args(Why)}),
        "link": frozenset({"image", "resource", "script", "data URI", "other target", "link with data", "odd host"}),
    }
)
"""Every kind that a detector can tell; a rule on another would never do anything."""
