"""Recipes: what each one does, and a form to make another from it."""

import streamlit as st

from core.governance.principals import may_build
from pages.recipes.editor import editor
from pages.recipes.listing import listing
from pages.shared import frame
from pages.shared.activity import activity
from pages.shared.bench import workbench
from pages.shared.notices import guarded
from pages.shared.words import called, demo, many, size

bench, who = workbench(), frame.principal()

with st.container(horizontal_alignment="center"), st.container(width=1060), guarded():
    st.title("Recipes", anchor=False)
    st.markdown(
        "A recipe is everything that shapes an answer: how documents are cut, how passages are found, and who puts the "
        "answer together. Choose one in the sidebar; its name and hash stand under each answer that it made."
    )
    activity(bench, who)
    listing(bench, who)
    vectors, held = bench.vectors.size()
    st.caption(
        f"{many(vectors, 'vector')} of passages kept, {size(held)} of at most {size(bench.vectors.limit)}: what was "
        "embedded once is not embedded again when a recipe cuts or searches otherwise."
    )
    if may_build(who):
        editor(bench, who)
    else:
        st.caption(
            f":material/lock: {called(who).capitalize()} may use every recipe, not make one."
            + demo(who, "Choose the engineer or the administrator in the sidebar.")
        )
