import json
import os
import zipfile
from pathlib import Path

import pytest

from core.workbench import Workbench
from tests.cli.running import run, spawn
from tests.conftest import SAMPLE_FILES


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    done = run("ingest", SAMPLE_FILES / "returns-policy.pdf", "--zone", "public", "--workspace", folder, "--json")
    assert done.returncode == 0, done.stderr
    return folder


def test_documents_as_json(workspace: Path) -> None:
    done = run("documents", "--workspace", workspace, "--json")
    rows = json.loads(done.stdout)["documents"]
    assert [(r["name"], r["zone"], r["version"], r["state"]) for r in rows] == [
        ("returns-policy.pdf", "public", 1, "ready")
    ]
    assert set(rows[0]) == {"id", "name", "zone", "labels", "version", "chunks", "state"}


def test_search_as_json(workspace: Path) -> None:
    done = spawn("search", "send back unused", "--workspace", workspace, "--json", "-k", 3)
    result = json.loads(done.stdout)
    assert set(result) == {"hits", "timings_ms"}
    assert len(result["hits"]) == 3
    assert {"rank", "document", "page", "start", "end", "text", "scores"} <= set(result["hits"][0])


def test_ask_as_json_and_as_batch(workspace: Path, tmp_path: Path) -> None:
    batch = tmp_path / "q.jsonl"
    rows = [{"id": 1, "question": "How long may I return unused articles?"}, {"id": "b", "question": " "}]
    batch.write_text("\n".join(json.dumps(row) for row in [*rows, {"id": 3, "question": "hi", "as": "viewer"}]))
    one = spawn("ask", rows[0]["question"], "--recipe", "extractive", "--workspace", workspace, "--json")
    answer = json.loads(one.stdout)
    assert "45 days" in answer["answer"]
    assert {
        "answer",
        "abstained",
        "route",
        "adapter",
        "citations",
        "timings_ms",
        "tokens",
        "trace_id",
        "recipe",
    } <= set(answer)
    assert {"source", "document", "page", "start", "end", "quote"} <= set(answer["citations"][0])
    many = run("ask", "--batch", batch, "--recipe", "extractive", "--workspace", workspace)
    lines = [json.loads(line) for line in many.stdout.splitlines()]
    assert [line["id"] for line in lines] == [1, "b", 3]
    assert lines[0]["answer"] == answer["answer"]
    assert lines[1]["error"]["message"] == "The question is empty."
    assert lines[2]["route"] == "small talk"


def test_a_batch_survives_what_editors_and_people_do_to_it(workspace: Path, tmp_path: Path) -> None:
    batch = tmp_path / "q.jsonl"
    lines = [
        json.dumps({"id": 1, "question": "How long?\u2028And at what cost?"}, ensure_ascii=False),
        "{broken",
        '{"id": 3, "question": "half \\ud800 of it"}',
        '{"id": 4, "question": "hi", "as": "nobody"}',
        '{"question": "no id"}',
        '{"id": 6, "question": "hi"}',
    ]
    batch.write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    done = run("ask", "--batch", batch, "--recipe", "extractive", "--workspace", workspace)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    rows = [json.loads(line) for line in done.stdout.split("\n") if line]
    assert [row["id"] for row in rows] == [1, None, 3, 4, None, 6]
    assert ["error" in row for row in rows] == [False, True, True, True, True, False]
    assert [row["line"] for row in rows if row["id"] is None] == [2, 5]


def test_a_contradiction_is_refused(workspace: Path) -> None:
    done = run("documents", "set", "returns-policy.pdf", "--label", "a", "--no-labels", "--workspace", workspace)
    assert (done.returncode, "contradict" in done.stderr) == (2, True)


def test_chunk_prints_offsets_and_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "note.md"
    file.write_text("# Title\n\nOne sentence. Another sentence.\n")
    done = run("chunk", file, "--size", 16, "--json", TOUCHSTONE_WORKSPACE=str(tmp_path / "untouched"))
    chunks = json.loads(done.stdout)
    assert set(chunks[0]) == {"start", "end", "text", "tokens", "pages"}
    assert not (tmp_path / "untouched").exists()


def test_a_workspace_in_use_is_exit_3_and_harms_nothing(bench: Workbench) -> None:
    done = spawn("documents", "--workspace", bench.workspace.root, "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"]["type"] == "WorkspaceInUse"
    assert done.stderr.startswith(f"touchstone: The workspace {bench.workspace.root} is in use by a test (process ")
    assert done.stderr.count("\n") == 1


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bad")
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "program.pdf").write_bytes(b"MZ" + bytes(200))
    (folder / "folder").mkdir()
    truncated = (SAMPLE_FILES / "leave-policy.docx").read_bytes()
    (folder / "truncated.docx").write_bytes(truncated[: len(truncated) // 2])
    with (folder / "huge.txt").open("wb") as huge:
        for _ in range(300):
            huge.write(b"word " * 209_716)
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(folder / "locked.pdf"), encrypt=StandardEncryption("secret"))
    canvas.drawString(72, 700, "hidden")
    canvas.save()
    with zipfile.ZipFile(folder / "plain.docx", "w") as archive:
        archive.writestr("readme.txt", "no document")
    return {path.stem: path for path in folder.iterdir()} | {"missing": folder / "missing.pdf"}


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("empty", "empty"),
        ("program", "program"),
        ("folder", "no files"),
        ("truncated", "damaged"),
        ("huge", "MB"),
        ("locked", "password"),
        ("plain", "zip"),
        ("missing", "no file"),
    ],
)
def test_bad_input_is_one_sentence_exit_2_and_nothing_stored(
    bad: dict[str, Path], tmp_path: Path, name: str, word: str
) -> None:
    done = run("ingest", bad[name], "--workspace", tmp_path / "w")
    assert done.returncode == 2
    assert done.stderr.startswith("touchstone: ")
    assert done.stderr.count("\n") == 1
    assert word in done.stderr
    listed = json.loads(run("documents", "--workspace", tmp_path / "w", "--json").stdout)
    assert listed == {"documents": []}


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "x", "--recipe", "nope"),
        ("search", "x", "--as", "nobody"),
        ("search", "x", "-k", "0"),
        ("search",),
        ("ask", "x", "--route", "sideways"),
        ("ask", "x", "--adapter", "ghost"),
        ("ask", "--batch", "/nowhere.jsonl"),
        ("chunk", "/nowhere.txt"),
        ("models", "pull", "gpt-9"),
        ("ingest", "README.md", "--zone", "secret"),
        ("ask", "--batch", os.devnull),
    ],
)
def test_wrong_requests_are_exit_2_without_a_traceback(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*arguments, TOUCHSTONE_WORKSPACE=str(tmp_path))
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("touchstone: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [("search", "x", "-k", "abc"), ("search", "x", "--nope"), ("nothing",), ("search", "x", "-k", "0")]
)
def test_wrong_arguments_are_told_as_json_too(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = spawn(*arguments, "--json", TOUCHSTONE_WORKSPACE=str(tmp_path))
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["type"] == "RequestError"
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_batch_without_a_question_is_wrong(tmp_path: Path) -> None:
    batch = tmp_path / "q.jsonl"
    batch.write_text('{"id": 1}\nnot json\n')
    done = run("search", "--batch", batch, TOUCHSTONE_WORKSPACE=str(tmp_path))
    assert done.returncode == 2
    assert [json.loads(line)["error"]["type"] for line in done.stdout.splitlines()] == ["RequestError"] * 2
    assert "No line of" in done.stderr


def test_an_empty_workspace_says_so_and_one_is_no_plural(tmp_path: Path) -> None:
    done = run("documents", "--workspace", tmp_path / "empty")
    assert (done.returncode, done.stdout) == (0, "There is no document that you may see yet; `ingest` brings some.\n")
    (tmp_path / "questions.txt").write_bytes(b"\xff\xfe\x9a")
    done = run("ask", "--batch", tmp_path / "questions.txt", "--workspace", tmp_path / "empty")
    assert done.returncode == 2 and "is no text in UTF-8." in done.stderr
    done = run("guardrails", "apply", tmp_path / "missing.json", "--workspace", tmp_path / "empty")
    assert done.returncode == 2 and "missing.json' cannot be read: No such file or directory." in done.stderr
    assert not [raw for raw in ("Errno", "codec") if raw in done.stderr]
