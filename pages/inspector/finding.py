"""What the diagnosis says of the answers shown: looked for behind the page, once for each trace and reader.

A diagnosis searches anew and tries changed recipes, which takes a second or two: the page is drawn without it first.
"""

import logging
import threading

import streamlit as st

from core.answering.diagnosis import Diagnosis
from core.errors import TouchstoneError
from core.types import Principal
from core.workbench import Workbench
from pages.inspector.board import Found

_HELD = "inspector_findings"
LOOKING: Found = {"code": "LOOKING", "sentence": "Following the evidence from stage to stage…", "stage": ""}


class Finding:
    """One diagnosis on its way; only its thread writes it."""

    def __init__(self, bench: Workbench, trace_id: str, who: Principal) -> None:
        self.diagnosis: Diagnosis | None = None
        self.error = ""
        self.over = False
        threading.Thread(target=self._run, args=(bench, trace_id, who), name="diagnosis", daemon=True).start()

    def _run(self, bench: Workbench, trace_id: str, who: Principal) -> None:
        try:
            self.diagnosis = bench.diagnosis.of(trace_id, who)
        except TouchstoneError as error:
            self.error = str(error)
        except Exception as error:
            logging.getLogger(__name__).exception("A diagnosis failed")
            self.error = f"The diagnosis failed unexpectedly ({type(error).__name__})."
        finally:
            self.over = True


def found(bench: Workbench, trace_id: str, who: Principal) -> Found:
    """What is known of the answer's diagnosis now; the first call begins it."""
    held: dict[tuple[str, Principal], Finding] = st.session_state.setdefault(_HELD, {})
    finding = held.get((trace_id, who)) or Finding(bench, trace_id, who)
    held[trace_id, who] = finding
    if not finding.over:
        return LOOKING
    return view(finding.diagnosis) if finding.diagnosis else {"code": "UNKNOWN", "sentence": finding.error, "stage": ""}


def looking() -> bool:
    """Whether any diagnosis is still under way."""
    return any(not finding.over for finding in st.session_state.get(_HELD, {}).values())


def view(diagnosis: Diagnosis) -> Found:
    """The diagnosis as the board draws it: a change of the recipe as a button, advice as a sentence."""
    mend = diagnosis.mend
    told = diagnosis.sentence + (" (Judged without known evidence.)" if diagnosis.guess else "")
    if mend is None or not mend.changes:
        told = f"{told} {mend.label}" if mend else told
        return {"code": diagnosis.code, "stage": diagnosis.stage, "sentence": told, "suggestion": None}
    sure = "" if mend.checked else "; not tried yet"
    return {
        "code": diagnosis.code,
        "stage": diagnosis.stage,
        "sentence": told,
        "suggestion": {"label": f"{mend.label}{sure}: run?", "told": mend.label, "changes": dict(mend.changes)},
    }
