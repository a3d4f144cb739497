"""Touchstone's core: documents in, measured answers out. It knows nothing of Streamlit or of any page."""

__version__ = "0.1.0"
