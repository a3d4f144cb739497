"""The listed words of a policy, for whoever may edit them; to others, how many there are. It changes nothing."""

import streamlit as st

from core.desks.guarding import Version
from core.governance.rights import who_may
from pages.shared.words import many


def lists(applied: Version, may: bool) -> tuple[str, bool, str, str]:
    """The lists, whether swear words are found, and the reason: fields for whoever may edit them, else how many."""
    policy = applied.policy
    if not applied.whole:
        words = many(applied.terms, "word or phrase", "words and phrases")
        st.caption(
            f":material/lock: {words} of your own, and {many(applied.never, 'text')} that "
            f"{'is' if applied.never == 1 else 'are'} never a finding. {who_may('edit policy').capitalize()} may read "
            "and change them."
        )
        swear = st.toggle("Find swear words too", policy.profanity, disabled=not may, key=f"swear_{policy.version}")
        return "", swear, "", ""
    left, right = st.columns(2, gap="medium")
    terms = left.text_area(
        "Words and phrases of your own, one a line",
        "\n".join(policy.terms), height=120, key=f"terms_{policy.version}",
        help="Found as whole words, also with other capitals, l33t, look-alike letters or hidden signs between.",
    )  # fmt: skip
    never = right.text_area(
        "Texts that are never a finding, one a line",
        "\n".join(policy.never), height=120, key=f"never_{policy.version}",
        help="As the company's own telephone number.",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        note = st.text_input(
            "Why this policy", "", placeholder="Kept with the version", width=420,
            key=f"note_{policy.version}",
        )  # fmt: skip
        swear = st.toggle("Find swear words too", policy.profanity, key=f"swear_{policy.version}")
    return terms, swear, never, note
