"""The one workbench of this server, and the thread that warms its models behind the first page."""

import logging
import threading
from dataclasses import dataclass, field

import streamlit as st

from core.errors import TouchstoneError
from core.settings import Settings
from core.workbench import Workbench


@dataclass(slots=True)
class Warmth:
    """How far the models are; written by the warming thread only."""

    state: str = "warming"
    """warming, ready or failed."""
    error: str = ""
    done: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class _Opened:
    bench: Workbench
    warmth: Warmth


def workbench() -> Workbench:
    """The workbench that all sessions share; raises TouchstoneError when the workspace cannot be had."""
    return _opened().bench


def warmth() -> Warmth:
    """Whether the models are loaded yet."""
    return _opened().warmth


def build() -> Workbench:
    """A workbench of the process's settings; tests put theirs in its place."""
    return Workbench(Settings(), "the Touchstone app")


def _close(opened: _Opened) -> None:
    opened.warmth.done.wait(30)
    opened.bench.close()


@st.cache_resource(show_spinner="Opening the workspace…", on_release=_close)
def _opened() -> _Opened:
    opened = _Opened(build(), Warmth())
    threading.Thread(target=_warm, args=(opened,), name="warm", daemon=True).start()
    return opened


def _warm(opened: _Opened) -> None:
    warmth = opened.warmth
    try:
        opened.bench.warm()
        warmth.state = "ready"
        opened.bench.resume_jobs()
    except TouchstoneError as error:
        warmth.state, warmth.error = "failed", str(error)
    except Exception as error:  # shown on the home page; nobody waits for this thread
        logging.getLogger(__name__).exception("The models could not be loaded")
        warmth.state, warmth.error = "failed", f"The models could not be loaded: {type(error).__name__}: {error}."
    finally:
        warmth.done.set()
