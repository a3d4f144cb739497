"""Chat: ask, watch the answer come, open the proof."""

import streamlit as st

from pages.chat import conversation
from pages.chat.opening import opening
from pages.chat.receipt import open_drawer
from pages.chat.speaking import speaking
from pages.chat.turns import draw
from pages.shared import frame
from pages.shared.bench import workbench
from pages.shared.notices import guarded

WIDTH = 920

bench, who = workbench(), frame.principal()
name, recipe = frame.recipe(bench)

gone = conversation.read_again(bench)
with st.bottom, st.container(horizontal_alignment="center"):
    with st.container(width=WIDTH):
        recipe = speaking(bench, recipe, name, who)
    typed = st.chat_input("Ask about your documents", max_chars=4_000, width=WIDTH, key="question")

question = typed or conversation.waiting_question()
with st.container(horizontal_alignment="center"), st.container(width=WIDTH):
    if not question and not conversation.turns():
        question = opening(bench, who)
    if question:
        conversation.ask(bench, question, name, recipe, who)
    if conversation.turns():
        with st.container(horizontal=True, horizontal_alignment="right"):
            st.button(
                "New conversation", icon=":material/edit_square:", type="tertiary", on_click=conversation.start_over
            )
    if gone:
        st.info(
            "Something was erased or forgotten since: what you asked that spoke of it, or leaned on it, is gone.",
            icon=":material/ink_eraser:",
        )
    for turn in conversation.turns():
        draw(turn, who)

with guarded():
    open_drawer(bench, who)
