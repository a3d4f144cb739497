"""`python -m core index …`: what the vector store holds, and moving it between this machine and a server.

It opens indexes by what they record of themselves, so it needs no model.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from core.cli.output import JsonOption, WorkspaceOption, note, show, workbench
from core.errors import NotFound, RequestError

if TYPE_CHECKING:
    from core.index.contract import VectorIndex
    from core.index.server import ServerIndex
    from core.workbench import Workbench

index = typer.Typer(no_args_is_help=True, help="The vector store: list, optimise, move, snapshot, restore.")
Store = TypeVar("Store", bound="VectorIndex")
KeyArgument = Annotated[str | None, typer.Argument(help="Key of an index; all without one.")]


@index.command("list")
def index_list(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show each index: what filled it, its chunks, the share in the search graph, its bytes."""
    with workbench(workspace) as bench, _opened(bench.store()) as store:
        rows = []
        for key in store.keys():  # noqa: SIM118 - a method, not a dict
            health = store.health(key)
            share = health.indexed / health.chunks if health.chunks else 0.0
            rows.append({**asdict(store.spec(key)), **asdict(health), "indexed_share": round(share, 3)})
    show(
        {"indexes": rows},
        as_json,
        lambda: (
            [
                f"{r['key']}  {r['model']}, {r['distance']}, quantization {r['quantization']}: "
                f"{r['chunks']} chunks, {r['indexed_share']:.0%} in the graph, {r['bytes'] / 1e6:.0f} MB"
                for r in rows
            ]
            or ["There is no index yet."]
        ),
    )


@index.command("optimise")
def index_optimise(key: KeyArgument = None, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Build the search graph; takes minutes on a large index."""
    with workbench(workspace) as bench, _opened(bench.store()) as store:
        done = []
        for each in _chosen(store, key):
            note(f"Optimising {each} …")
            store.optimise(each)
            done.append({"key": each, **asdict(store.health(each))})
    show(
        {"indexes": done}, as_json, lambda: [f"{d['key']}  {d['indexed']} of {d['chunks']} in the graph" for d in done]
    )


@index.command("move")
def index_move(
    to: Annotated[str, typer.Option("--to", help="URL of a Qdrant server, or 'edge' for this workspace's folder.")],
    key_env: Annotated[
        str, typer.Option("--key-env", help="Environment variable that holds the target's API key.")
    ] = "TOUCHSTONE_QDRANT_API_KEY",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy all indexes to another store and verify the copy; what is here stays as it is."""
    from core.index.moving import copy_indexes

    with workbench(workspace) as bench:
        if to.rstrip("/") == (bench.settings.qdrant_url.rstrip("/") or "edge"):
            raise RequestError("The indexes are there already.")
        target = bench.edge_store() if to == "edge" else bench.server_store(_checked(to), os.environ.get(key_env, ""))
        try:
            with _opened(bench.store()) as source:
                moved = copy_indexes(source, target, lambda key, n, all_: note(f"{key}: {n} of {all_} chunks"))
        finally:
            target.close()
    setting = "Unset TOUCHSTONE_QDRANT_URL" if to == "edge" else f"Set TOUCHSTONE_QDRANT_URL={_checked(to)}"
    show(
        {"moved": [asdict(each) for each in moved]},
        as_json,
        lambda: [
            *(f"{m.key}  {sum(m.chunks.values())} chunks, {m.searches} searches compared" for m in moved),
            f"{setting} to use the copy; what was copied from is still there.",
        ],
    )


@index.command("snapshot")
def index_snapshot(key: KeyArgument = None, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Make snapshots on the server that holds the indexes."""
    with workbench(workspace) as bench, _opened(_server(bench)) as store:
        made = {each: store.snapshot(each) for each in _chosen(store, key)}
    show({"snapshots": made}, as_json, lambda: [f"{each}  {name}" for each, names in made.items() for name in names])


@index.command("restore")
def index_restore(
    key: Annotated[str, typer.Argument(help="Key of an index.")],
    names: Annotated[list[str], typer.Argument(help="Snapshots as `index snapshot` printed them.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring an index back to snapshots on its server."""
    with workbench(workspace) as bench, _opened(_server(bench)) as store:
        store.restore(_chosen(store, key)[0], names)
    show({"restored": names}, as_json, lambda: [f"restored  {name}" for name in names])


@contextmanager
def _opened(store: Store) -> Iterator[Store]:
    """The store with every index that it holds opened; closed in the end."""
    try:
        for key in store.keys():  # noqa: SIM118
            store.open(store.spec(key))
        yield store
    finally:
        store.close()


def _chosen(store: "VectorIndex", key: str | None) -> tuple[str, ...]:
    keys = store.keys()
    if key is not None and key not in keys:
        raise NotFound(f"There is no index '{key}'; there are {', '.join(keys) or 'none'}.")
    return (key,) if key else keys


def _server(bench: "Workbench") -> "ServerIndex":
    if not bench.settings.qdrant_url:
        raise RequestError(
            "Snapshots are made by a server, and these indexes lie in the workspace: copy its folder instead."
        )
    return bench.server_store(bench.settings.qdrant_url, bench.settings.qdrant_api_key.get_secret_value())


def _checked(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise RequestError(f"'{url}' is no address of a server; it begins with http:// or https://, or is 'edge'.")
    return url
