"""Tables of a workspace and the engine that holds them; it does not know what the rows mean to the rest.

SQLite in WAL mode with `synchronous=FULL`: what a transaction acknowledged survives a power cut. `secure_delete`
overwrites deleted rows with zeros. With a key it is SQLCipher, the same SQLite with encrypted pages.
"""

from pathlib import Path

from sqlalchemy import (
    JSON,
    Column,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.schema import CreateColumn

DIRTY = -1
"""`indexed.chunks` while an index is being changed; `core.indexing.reconcile` indexes such a document again."""

metadata = MetaData()

documents = Table(
    "documents",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("layout", JSON, nullable=False),
    Column("valid_from", String),
    Column("valid_until", String),
    Column("size", Integer, nullable=False),
    Column("added_at", String, nullable=False),
    Column("added_by", String, nullable=False),
    Column("origin", String, nullable=False, server_default=""),
    Column("language", String),
    Index("documents_by_name", "name", "state"),
)

indexed = Table(
    "indexed",
    metadata,
    Column("index_key", String, primary_key=True),
    Column("document_id", String, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("chunks", Integer, nullable=False),
    Column("beyond", Integer, nullable=False, server_default="0"),
)

chunk_edits = Table(
    "chunk_edits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", String, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("index_key", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("targets", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("made_at", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("undone_at", String),
    Column("undone_by", String),
    Index("chunk_edits_by_document", "document_id", "index_key"),
)

traces = Table(
    "traces",
    metadata,
    Column("id", String, primary_key=True),
    Column("started_at", String, nullable=False),
    Column("principal", String, nullable=False),
    Column("recipe", String, nullable=False),
    Column("body", JSON, nullable=False),
    Column("zones", JSON),
    Column("labels", JSON(none_as_null=True)),
    Column("question", Text, nullable=False, server_default=""),
    Column("answer", Text, nullable=False, server_default=""),
    Column("origin", String, nullable=False, server_default=""),
    Column("route", String, nullable=False, server_default=""),
    Column("model", String, nullable=False, server_default=""),
    Column("adapter", String),
    Column("abstained", Integer, nullable=False, server_default="0"),
    Column("total_ms", Float, nullable=False, server_default="0"),
    Column("tokens", Integer, nullable=False, server_default="0"),
    Column("size", Integer, nullable=False, server_default="0"),
    Index("traces_by_time", "started_at", "size"),
)


embeddings = Table(
    "embeddings",
    metadata,
    Column("revision", String, primary_key=True),
    Column("text_hash", String, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    Column("used", Integer, nullable=False),
    Column("over", Integer),
    Index("embeddings_by_use", "used"),
)

trace_documents = Table(
    "trace_documents",
    metadata,
    Column("trace_id", String, ForeignKey("traces.id", ondelete="CASCADE"), primary_key=True),
    Column("document_id", String, primary_key=True, index=True),
)

recipes = Table(
    "recipes",
    metadata,
    Column("name", String, primary_key=True),
    Column("body", JSON, nullable=False),
    Column("saved_at", String, nullable=False),
    Column("saved_by", String, nullable=False),
    Column("note", String, nullable=False, server_default=""),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", String, primary_key=True),
    Column("erased_at", String, nullable=False),
    Column("body", JSON, nullable=False),
    Column("kind", String, nullable=False, server_default="document"),
    Column("mac", String, nullable=False, server_default=""),
)

barred_files = Table(
    "barred_files",
    metadata,
    Column("id", String, primary_key=True),
    Column("barred_at", String, nullable=False),
    Column("document_id", String, nullable=False),
    Column("receipt", String, nullable=False),
)

adapter_debts = Table(
    "adapter_debts",
    metadata,
    Column("adapter", String, primary_key=True),
    Column("receipt", String, primary_key=True),
    Column("at", String, nullable=False),
    Column("dataset", String, nullable=False),
    Column("rows", JSON, nullable=False),
    Column("documents", JSON, nullable=False),
)

question_sets = Table(
    "question_sets",
    metadata,
    Column("name", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("saved_at", String, nullable=False),
    Column("saved_by", String, nullable=False),
    Column("note", String, nullable=False, server_default=""),
    Column("role", String, nullable=False, server_default="test"),
)

datasets = Table(
    "datasets",
    metadata,
    Column("name", String, primary_key=True),
    Column("note", String, nullable=False),
    Column("made_at", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("frozen_at", String),
    Column("frozen_by", String),
    Column("frozen_hash", String),
    Column("uses", JSON, nullable=False),
    Column("lost", Integer, nullable=False),
)

dataset_rows = Table(
    "dataset_rows",
    metadata,
    Column("dataset", String, ForeignKey("datasets.name", ondelete="CASCADE"), primary_key=True),
    Column("id", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("body", JSON, nullable=False),
    Column("edited", Integer, nullable=False),
    Column("added_at", String, nullable=False),
    Column("added_by", String, nullable=False),
    Column("reviewed_at", String),
    Column("reviewed_by", String),
)

adapters = Table(
    "adapters",
    metadata,
    Column("name", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("manifest", JSON, nullable=False),
    Column("made_at", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("released_at", String, nullable=False, server_default=""),
    Column("released_by", String, nullable=False, server_default=""),
    Column("retired_at", String, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
)

trainings = Table(
    "trainings",
    metadata,
    Column("id", String, primary_key=True),
    Column("began_at", String, nullable=False),
    Column("state", String, nullable=False),
    Column("body", JSON, nullable=False),
    Column("curve", JSON, nullable=False),
)

proofs = Table(
    "proofs",
    metadata,
    Column("adapter", String, primary_key=True),
    Column("at", String, nullable=False),
    Column("by", String, nullable=False),
    Column("body", JSON, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", String, primary_key=True),
    Column("trace_id", String, nullable=False),
    Column("given_at", String, nullable=False),
    Column("given_by", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("documents", JSON, nullable=False),
    Column("body", JSON, nullable=False),
    Index("feedback_by_trace", "trace_id", "given_by", unique=True),
)

cuts = Table(
    "cuts",
    metadata,
    Column("id", String, primary_key=True),
    Column("chunking", JSON, nullable=False),
    Column("embedding", JSON, nullable=False),
    Column("revision", String, nullable=False),
)

retrieval_runs = Table(
    "retrieval_runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("began_at", String, nullable=False),
    Column("ended_at", String),
    Column("part_of", String, nullable=False, server_default="", index=True),
    Column("recipe", JSON, nullable=False),
    Column("body", JSON, nullable=False),
)

retrieval_results = Table(
    "retrieval_results",
    metadata,
    Column("run_id", String, ForeignKey("retrieval_runs.id", ondelete="CASCADE"), primary_key=True),
    Column("question_id", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("body", JSON, nullable=False),
)

question_proposals = Table(
    "question_proposals",
    metadata,
    Column("id", String, primary_key=True),
    Column("set_name", String, nullable=False, index=True),
    Column("state", String, nullable=False),
    Column("origin", String, nullable=False),
    Column("documents", JSON, nullable=False),
    Column("body", JSON, nullable=False),
    Column("made_at", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("reviewed_by", String, nullable=False, server_default=""),
)

trials = Table(
    "trials",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("began_at", String, nullable=False),
    Column("body", JSON, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    Column("id", String, primary_key=True),
    Column("document", String, nullable=False, index=True),
    Column("body", JSON, nullable=False),
    Column("saved_at", String, nullable=False),
    Column("saved_by", String, nullable=False),
)

fact_checks = Table(
    "fact_checks",
    metadata,
    Column("id", String, primary_key=True),
    Column("began_at", String, nullable=False),
    Column("ended_at", String, nullable=False),
    Column("by", String, nullable=False),
    Column("why", String, nullable=False),
    Column("told", String, nullable=False, server_default=""),
)

fact_verdicts = Table(
    "fact_verdicts",
    metadata,
    Column("check_id", String, ForeignKey("fact_checks.id", ondelete="CASCADE"), primary_key=True),
    Column("fact_id", String, ForeignKey("facts.id", ondelete="CASCADE"), primary_key=True),
    Column("answerer", String, primary_key=True),
    Column("body", JSON, nullable=False),
    Column("acknowledged_at", String, nullable=False, server_default=""),
    Column("acknowledged_by", String, nullable=False, server_default=""),
)

fact_schedule = Table(
    "fact_schedule",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("body", JSON, nullable=False),
)

workshops = Table(
    "workshops",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("made_at", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("closed_at", String, nullable=False, server_default=""),
    Column("closed_by", String, nullable=False, server_default=""),
)

workshop_votes = Table(
    "workshop_votes",
    metadata,
    Column("workshop_id", String, ForeignKey("workshops.id", ondelete="CASCADE"), primary_key=True),
    Column("voter", String, primary_key=True),
    Column("principal", String, nullable=False),
    Column("name", String, nullable=False),
    Column("lens", JSON, nullable=False),
    Column("voted_at", String, nullable=False),
)

workshop_snapshots = Table(
    "workshop_snapshots",
    metadata,
    Column("id", String, primary_key=True),
    Column("workshop_id", String, ForeignKey("workshops.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("made_at", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("note", String, nullable=False),
    Column("body", JSON, nullable=False),
)

policies = Table(
    "policies",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("body", Text, nullable=False),
    Column("applied_at", String, nullable=False),
    Column("applied_by", String, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    Column("document_id", String, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", String, primary_key=True),
    Column("found", JSON, nullable=False),
)

clearances = Table(
    "clearances",
    metadata,
    Column("document_id", String, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("cleared_at", String, nullable=False),
    Column("cleared_by", String, nullable=False),
    Column("reason", Text, nullable=False),
)

routers = Table(
    "routers",
    metadata,
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("mac", String, nullable=False),
    Column("saved_at", String, nullable=False),
    Column("saved_by", String, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("who", String, nullable=False),
    Column("act", String, nullable=False),
    Column("trace", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("mac", String, nullable=False),
)


def open_database(file: Path, key: bytes | None = None) -> Engine:
    """The engine of a workspace, its tables created where they are missing; with a key of 32 bytes it is encrypted."""
    engine = plain_engine(file) if key is None else encrypted_engine(file, key)

    @event.listens_for(engine, "connect")
    def _configure(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    metadata.create_all(engine)
    _add_columns(engine)
    return engine


def plain_engine(file: Path) -> Engine:
    """An engine over a database that is not encrypted; no table is made."""
    return create_engine(f"sqlite:///{file}", connect_args={"timeout": 30})


def encrypted_engine(file: Path, key: bytes) -> Engine:
    """An engine over a database that SQLCipher encrypts, page by page and its log too; no table is made.

    The key is no passphrase: SQLCipher stretches nothing.
    """
    from sqlcipher3 import dbapi2

    def connect() -> object:
        connection = dbapi2.connect(str(file), timeout=30, check_same_thread=False)
        connection.execute(f'PRAGMA key = "{pragma_key(key)}"')  # first of all, before a page is read
        return connection

    return create_engine(f"sqlite:///{file}", module=dbapi2, creator=connect)


def pragma_key(key: bytes) -> str:
    """A raw key as SQLCipher's statements take it, without the quotes around."""
    return f"x'{key.hex()}'"


def _add_columns(engine: Engine) -> None:
    """Give the tables of an older workspace the columns that came later; each has a default or may be null."""
    inspector = inspect(engine)
    for table in metadata.sorted_tables:
        held = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in held:
                clause = CreateColumn(column).compile(engine)
                with engine.begin() as connection:
                    connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {clause}"))
