"""Documents: add some, watch them being read, find one, look inside."""

import streamlit as st

from core.governance.principals import may_build
from pages.documents.detail import open_drawer
from pages.documents.erasing import receipts_shown
from pages.documents.shelf import shelf
from pages.documents.upkeep import upkeep
from pages.documents.upload import upload
from pages.shared import frame
from pages.shared.activity import activity
from pages.shared.bench import workbench
from pages.shared.notices import guarded

bench, who = workbench(), frame.principal()

with st.container(horizontal_alignment="center"), st.container(width=1280), guarded():
    documents = bench.documents(who)
    st.title("Documents", anchor=False)
    upload(bench, who, expanded=not documents)
    above = activity(bench, who, files=True)
    receipts_shown()
    if documents and may_build(who):
        upkeep(bench, who)
    shelf(bench, documents, who, above)

with guarded():
    open_drawer(bench, who)
