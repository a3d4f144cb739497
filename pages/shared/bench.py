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
    opened: _Opened = _opened()
    return opened.bench


def warmth() -> Warmth:
    """Whether the models are loaded yet."""
    opened: _Opened = _opened()
    return opened.warmth


def build() -> Workbench:
    """A workbench of the process's settings, with the uploads of its last run taken up again."""
    bench = Workbench(Settings().served(), "the Touchstone app")
    try:
        _ = bench.sign_on  # a mapping that is wrong is told before anybody knocks
    except TouchstoneError:
        bench.close()
        raise
    bench.freshness.start_clock()
    bench.retention.start_clock()
    bench.resume_jobs()  # before anyone can start a job, for it takes every job that is noted on disk
    return bench


def _close(opened: _Opened) -> None:
    opened.warmth.done.wait(30)
    opened.bench.close()


@st.cache_resource(show_spinner="Opening the workspace…", on_release=_close)  # type: ignore[untyped-decorator]
def _opened() -> _Opened:
    opened = _Opened(build(), Warmth())
    threading.Thread(target=_warm, args=(opened,), name="warm", daemon=True).start()
    return opened


def _warm(opened: _Opened) -> None:
    warmth = opened.warmth
    try:
        opened.bench.warm()
        warmth.state = "ready"
    except TouchstoneError as error:
        warmth.state, warmth.error = "failed", str(error)
    except Exception as error:  # shown on the home page; nobody waits for this thread
        logging.getLogger(__name__).exception("The models could not be loaded")
        warmth.state, warmth.error = "failed", f"The models could not be loaded: {type(error).__name__}: {error}."
    finally:
        warmth.done.set()
