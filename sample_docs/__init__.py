"""The papers of an invented company, the script that makes them, and questions about them."""
