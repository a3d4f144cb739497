"""Components of the browser: a script and a style beside a module, which always end on the newest data.

Streamlit loads the script of a component when it is first drawn and calls it when the load is done. Where new data
arrive meanwhile, the second call can overtake the first (measured: about every fifth time, in a fresh browser), and
the page stands still on what is old. So data carry the time at which they changed, and `newest.js` drops a late call.
"""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

NEWEST = Path(__file__).with_name("newest.js").read_text()
"""What stands behind every script."""

_HELD = "drawn_as_"


def component(name: str, script: Path) -> Callable[..., None]:
    """A component from a script that defines `function present(component)`, and the style of the same name beside it.

    What comes back is called with `data=`, `key=` and `on_…_change=` as a component of Streamlit is.
    """
    style = script.with_suffix(".css").read_text()
    mounted = st.components.v2.component(f"touchstone_{name}", css=style, js=f"{script.read_text()}\n{NEWEST}")

    def draw(*, data: Mapping[str, Any], key: str, **callbacks: Callable[[], None]) -> None:
        mounted(data={"since": _since(key, data), "shown": data}, key=key, **callbacks)

    return draw


def _since(key: str, data: Mapping[str, Any]) -> float:
    """Seconds since 1970 at which this component of the session got these data.

    The same data keep their time, so that nothing is sent or drawn again. A session that begins anew on an open page
    counts on from the earlier one, which a plain number would not.
    """
    then, held = st.session_state.get(_HELD + key, (0.0, None))
    if held != data:
        then = max(time.time(), then + 0.001)
        st.session_state[_HELD + key] = (then, data)
    return float(then)
