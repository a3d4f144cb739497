"""Probabilities: packed as alone, with the adapter and without, and finite when the adapter is ruined."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from core.adapters import scoring
from core.adapters.scoring import WORST, Scorer, perplexity
from tests.generation.conftest import save_lora

ASK = [("user", "Which of them?")]


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_lora(tmp_path_factory.mktemp("lora") / "strong", strength=4.0)


@pytest.fixture(scope="module")
def scorer(tiny: Path, adapter: Path) -> Scorer:
    held = Scorer(tiny, adapter)
    held._model.float()
    return held


def test_together_scores_as_alone(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [(ASK, ("the first", "another", "a third and longer one")), ([("user", "Another?")], ("yes", "no"))]
    together = scorer.options(asked, True)
    monkeypatch.setattr(scoring, "_TOGETHER", 1)
    for ours, theirs in zip(together, scorer.options(asked, True), strict=True):
        assert ours == pytest.approx(theirs, abs=1e-3)


def test_it_is_what_the_model_says(scorer: Scorer) -> None:
    ids = scorer._tokenizer("Plain text is read.", add_special_tokens=False)["input_ids"]
    whole = torch.tensor([[scorer._tokenizer.eos_token_id, *ids]])
    with torch.inference_mode(), scorer._model.disable_adapter():
        logs = scorer._model(input_ids=whole).logits[0, :-1].float().log_softmax(-1)
    expected = float(logs[range(len(ids)), ids].sum())
    ((total, count),) = scorer.texts(["Plain text is read."], False)
    assert count == len(ids)
    assert total == pytest.approx(expected, abs=1e-2)


def test_an_adapter_changes_it_and_is_taken_off_again(scorer: Scorer, tiny: Path) -> None:
    without = scorer.answers(ASK, ["this one"], False)
    assert scorer.answers(ASK, ["this one"], True) != without
    bare = Scorer(tiny)
    bare._model.float()
    assert bare.answers(ASK, ["this one"], False) == pytest.approx(without, abs=1e-3)


def test_a_ruined_adapter_counts_as_the_least_there_is(tiny: Path, adapter: Path, tmp_path: Path) -> None:
    ruined = save_lora(tmp_path / "ruined")
    weights = load_file(ruined / "adapter_model.safetensors")
    save_file(
        {name: torch.full_like(w, float("nan")) for name, w in weights.items()}, ruined / "adapter_model.safetensors"
    )
    scorer = Scorer(tiny, ruined)
    assert set(scorer.options([(ASK, ("one", "two"))], True)[0]) == {-WORST}
    assert perplexity(scorer.texts(["Plain text."], True)) == pytest.approx(2.718281828**30, rel=1e-6)
    assert perplexity(scorer.texts(["Plain text."], False)) < 1e8
    assert scorer.goes_on(ASK, "The", 4, True) == ""


def test_perplexity_is_that_of_a_mean_token() -> None:
    assert perplexity([(-2.0, 1), (-4.0, 2)]) == pytest.approx(2.718281828**2)
