"""What a search for a name does not reach: details in the same line, weights, files on their way, the trail."""

from collections import Counter

import streamlit as st

from core.forgetting.beside import with_details
from core.forgetting.person import Person
from core.forgetting.preview import Preview
from core.types import Principal
from core.workbench import Workbench
from pages.erasure.asked import look
from pages.shared.notices import guarded
from pages.shared.words import listed, many, plain

_NAMED = 5
"""Places that are named in a sentence."""


def beside(bench: Workbench, who: Principal, person: Person, found: Preview) -> None:
    """What a search for the name leaves, and the way to have it looked for too."""
    details = found.beside
    if not details:
        return
    kinds = Counter(each.kind for each in details)
    titles = listed(list(dict.fromkeys(title for where in details.values() for title in where))[:_NAMED])
    with st.container(border=True, key="erasure_beside", gap="small"):
        st.markdown(
            f":material/visibility: **Beside the mentions stays what is not looked for:** "
            f"{plain(listed([f'{number} × {kind}' for kind, number in kinds.most_common()]))} in {plain(titles)}."
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            picked = st.multiselect(
                "Look for these too",
                list(details),
                format_func=lambda each: f"{each.kind}: {each.text}",
                key=f"erasure_details_{hash(person)}",
                placeholder="Choose what belongs to the person",
                width="stretch",
            )
            if st.button("Look again", icon=":material/person_search:", disabled=not picked, key="erasure_again"):
                with guarded():
                    look(bench, who, with_details(person, picked))
                    st.rerun()
        st.caption(
            "It may be another person's: choose only what is theirs. What is told in other words, such as a salary or "
            "a post, no search finds: look at each place, or erase it whole."
        )


def notes(found: Preview) -> None:
    """Adapters that learned the person, files on their way, and what stays in the trail."""
    if found.learned:
        st.warning(
            f"Weights learned what is to be forgotten, and no scan can read that out of them: unless kept, "
            f"{plain(listed([each.adapter for each in found.learned]))} will be retired, and the weights deleted that "
            "were not installed with Touchstone.",
            icon=":material/model_training:",
        )
        if commands := [each.command for each in found.learned if each.command]:
            st.caption("Training anew from what is left clears it:")
            st.code("\n".join(commands), language="bash")
        for each in found.learned:
            if each.untrainable:
                st.caption(plain(each.untrainable))
    if found.waiting:
        st.warning(
            f"{many(len(found.waiting), 'file')} being taken in, and not looked at yet. Wait until they are in.",
            icon=":material/hourglass_top:",
        )
    stays(found)


def stays(found: Preview) -> None:
    """What the audit trail keeps."""
    if found.acted:
        st.caption(
            f":material/policy: {many(found.acted, 'entry', 'entries')} of the audit trail and of receipts name this "
            "person as one who acted here. They stay: the trail is append-only, and holds no text."
        )
