"""The metadata of a workspace: SQLAlchemy tables over SQLite."""
