import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.embedding.language import language_of

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wie viele Urlaubstage habe ich?", "de"),
        ("How many days of leave do I have?", "en"),
        ("¿Cuántos días de vacaciones tengo?", "es"),
        ("Combien de jours de congé ai-je ?", "fr"),
        ("我有多少天假期？", "zh"),
        ("كم يوم إجازة لدي؟", "ar"),
        ("Сколько у меня дней отпуска?", "ru"),
        ("休暇は何日ありますか？", "ja"),
        ("Hvor mange feriedager har jeg rett til i året?", "no"),
    ],
)
def test_short_questions(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text", ["", "  \n", "42", "WREN-C2", "12.5 / 14.8 = ?", "ok", "https://a.b/c", "?!", "🙂🙂🙂"]
)
def test_nothing_is_said_of_what_is_too_short_or_no_language(text: str) -> None:
    assert language_of(text) is None


def test_the_sample_companys_questions() -> None:
    rows = [json.loads(line) for line in (ROOT / "sample_docs" / "questions.jsonl").read_text("utf-8").splitlines()]
    wrong = [r["question"] for r in rows if language_of(r["question"]) not in (r["language"], None)]
    unsure = [r for r in rows if language_of(r["question"]) is None]
    assert wrong == []
    assert len(unsure) <= len(rows) * 0.06


@pytest.mark.parametrize(
    ("name", "language"),
    [("leave-policy.md", "en"), ("garantiebedingungen.md", "de"), ("politica-proveedores.md", "es")],
)
def test_whole_documents(name: str, language: str) -> None:
    assert language_of((ROOT / "sample_docs" / "content" / name).read_text("utf-8")) == language


def test_a_lone_surrogate_and_a_long_text_do_no_harm() -> None:
    assert language_of("Wie viele Urlaubstage \ud800 habe ich?") == "de"
    assert language_of("The scale may be returned within thirty days. " * 100_000) == "en"


def test_the_library_is_loaded_only_when_asked() -> None:
    code = "import sys, core.embedding.language; print('py3langid' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"
