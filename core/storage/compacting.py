"""Leaves nothing in a database's files of what was deleted from it; it does not know what that was."""

from sqlalchemy import Engine


def flush(engine: Engine) -> None:
    """Carry the log of the database into it, and leave the log empty."""
    _run(engine, "PRAGMA wal_checkpoint(TRUNCATE)")


def compact(engine: Engine) -> None:
    """Write the database anew and empty its log, so that neither keeps what was deleted."""
    _run(engine, "PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")


def _run(engine: Engine, *statements: str) -> None:
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
    finally:
        raw.close()
