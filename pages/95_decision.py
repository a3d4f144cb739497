"""Hands over to the router.

Only the first visit to a fresh server comes here, and only at /decision: until st.navigation has run once, Streamlit
looks for addresses among the files of this folder and would call the page missing.
"""

import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).parent.parent / "app.py"))
