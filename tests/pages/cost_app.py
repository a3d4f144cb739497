"""The costs alone, as the page "Decision" draws them; the address says as whom."""

import streamlit as st

from core.governance.principals import persona
from pages.decision import cost
from pages.shared import frame
from pages.shared.bench import workbench

st.set_page_config(layout="wide")
frame.style()
cost.show(workbench(), persona(st.query_params.get("as", "administrator")))
