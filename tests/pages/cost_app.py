"""The costs alone, as the page "Decision" draws them."""

import streamlit as st

from pages.decision import cost
from pages.shared import frame
from pages.shared.bench import workbench

st.set_page_config(layout="wide")
frame.style()
cost.show(workbench(), frame.principal())
