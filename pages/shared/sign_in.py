"""Signing in by OpenID Connect where the operator configured it, and the page for who has not; it knows no right.

With [auth] in Streamlit's secrets nobody may choose a persona: who asks is the person of the signed cookie, anew at
every run, and nothing in the address or the session can name another one.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from core.errors import AccessDenied, RequestError
from core.governance.claims import Admitted
from core.workbench import Workbench
from pages.shared.words import plain

_MARK = str(Path(__file__).parent / "assets" / "mark.svg")
_WHOSE = "signed_in_as"


def configured() -> bool:
    """Whether people sign in; raises RequestError for secrets that cannot be read, so that a slip opens no door."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError as error:
        files = [file for file in st.get_option("secrets.files") if Path(file).exists()]
        if files:
            raise RequestError(f"Streamlit's secrets in {files[0]} cannot be read; nobody can sign in.") from error
        return False


def admit(bench: Workbench) -> Admitted | None:
    """The person of this run; None, with a page that says what to do, where nobody is signed in or admitted.

    Raises RequestError where signing in is half configured.
    """
    claims = _claims()
    if claims.get("is_logged_in") is not True:
        _ask_to_sign_in()
        return None
    try:
        found = bench.sign_on.admit(claims)
    except AccessDenied as error:
        _refuse(error)
        return None
    if st.session_state.setdefault(_WHOSE, found.principal.name) != found.principal.name:
        st.session_state.clear()  # what another person left in this tab
        st.session_state[_WHOSE] = found.principal.name
    return found


def signed_in(bench: Workbench) -> Admitted:
    """The same for a page, which only runs for who was admitted; raises AccessDenied for anybody else."""
    claims = _claims()
    if claims.get("is_logged_in") is not True:
        raise AccessDenied("Nobody is signed in.")
    return bench.sign_on.admit(claims)


def require_whole(bench: Workbench) -> None:
    """Raises RequestError where a mapping is named and nobody can sign in: without it all would be personas."""
    if bench.settings.access and not configured():
        raise RequestError(
            "TOUCHSTONE_ACCESS names a mapping, but .streamlit/secrets.toml configures no [auth]; see docs/access.md."
        )


def _claims() -> Mapping[str, Any]:
    return dict(st.user.to_dict())


def _ask_to_sign_in() -> None:
    with _card():
        st.subheader("Sign in to Touchstone", anchor=False, text_alignment="center")
        st.markdown("Ask your organisation's documents, and open the passage that proves each sentence of the answer.")
        st.button("Sign in", icon=":material/login:", type="primary", on_click=st.login, key="sign_in", width="stretch")
        st.caption("Your organisation's sign-on says who you are; what you may see follows from it.")


def _refuse(error: AccessDenied) -> None:
    with _card():
        st.subheader("You are not admitted", anchor=False, text_alignment="center")
        st.markdown(plain(str(error)))
        st.button(
            "Sign out", icon=":material/logout:", type="primary", on_click=st.logout, key="sign_out", width="stretch"
        )


@contextmanager
def _card() -> Iterator[None]:
    """The middle of an otherwise empty page."""
    with st.container(horizontal_alignment="center", gap="medium"):
        st.space("large")
        st.image(_MARK, width=72)
        with st.container(border=True, width=440, gap="small", key="sign_in_card"):
            yield
