"""Adapters whose training saw what was forgotten since, and what trains them anew; it retires none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, insert, select

from core.storage.database import adapter_debts as table


@dataclass(frozen=True, slots=True)
class Debt:
    """What one adapter learned and should not know any longer."""

    adapter: str
    dataset: str
    """Empty where it is not known or not here."""
    rows: int
    """Rows of its dataset that are gone."""
    documents: int
    """Documents that it learned from and that were redacted or erased."""
    at: str
    receipt: str

    @property
    def command(self) -> str:
        """What trains it anew from what is left; empty where its dataset is not known."""
        return retraining(self.adapter, self.dataset)


def retraining(adapter: str, dataset: str) -> str:
    """The command that trains an adapter in the place of another; empty without a dataset."""
    name = f'"{dataset}"' if " " in dataset else dataset
    return f"python -m core adapters train {adapter}-anew --dataset {name}" if dataset else ""


def untrainable(adapter: str, shipped: bool) -> str:
    """That an adapter cannot be trained anew, why, and what to do instead, as one sentence."""
    why = "ships with Touchstone" if shipped else "was made elsewhere"
    return (
        f"The adapter {adapter} {why} and cannot be trained anew here: once retired it answers nobody in this "
        "workspace; train one of your own from a dataset in its place."
    )


def note_debt(
    engine: Engine, adapter: str, receipt: str, dataset: str, rows: Sequence[str], documents: Sequence[str]
) -> None:
    """Keep that an adapter learned these rows and documents, for one receipt."""
    mine = (table.c.adapter == adapter) & (table.c.receipt == receipt)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    lost = {"rows": list(rows), "documents": list(documents)}
    with engine.begin() as connection:
        connection.execute(delete(table).where(mine))
        connection.execute(insert(table).values(adapter=adapter, receipt=receipt, at=now, dataset=dataset, **lost))


def debts(engine: Engine) -> list[Debt]:
    """All of them, newest first."""
    with engine.connect() as connection:
        rows = connection.execute(select(table).order_by(table.c.at.desc(), table.c.adapter)).all()
    return [Debt(r.adapter, r.dataset, len(r.rows), len(r.documents), r.at, r.receipt) for r in rows]
