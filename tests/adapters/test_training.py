"""Training: it learns, the same each time, goes on where it stopped, and scores packs as it scores rows alone."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from core.adapters.examples import Example, Pack
from core.adapters.hyper import Curve, Hyper
from core.adapters.training import Data, Trainer, _laid_out
from core.errors import RequestError, TrainingDiverged, WeightsError
from core.generation.lora import read_lora

HYPER = Hyper(rank=8, alpha=16, rate=2e-2, epochs=12, batch=4, looks=4, seed=5)


def trained(tiny: Path, learned: tuple[Example, ...], folder: Path, **changes: object) -> tuple[Trainer, Curve]:
    trainer = Trainer(tiny, Data(learned, learned[:3]), replace(HYPER, **changes))
    return trainer, trainer.run(folder)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "adapter_model.safetensors")


def test_it_learns_what_it_is_shown(tiny: Path, learned: tuple[Example, ...], tmp_path: Path) -> None:
    trainer = Trainer(tiny, Data(learned, learned[:3]), HYPER)
    before = trainer.loss(learned)
    seen: list[Curve] = []
    curve = trainer.run(tmp_path, seen.append)
    assert trainer.loss(learned) < before - 2.5  # 3 nats are all that 32 dimensions can say among 49,152 tokens
    assert [point.step for point in curve.points if point.held_out is not None] == [6, 12, 18, 24]
    assert curve.steps == 24  # two packs of three rows fill a batch of four
    assert seen[-1] == curve
    assert curve.points[-1].tokens == 12 * 4 * (60 + 3 * 4)
    rates = [point.rate for point in curve.points]
    assert max(rates) <= HYPER.rate
    assert rates[-1] == pytest.approx(HYPER.rate / 10)


def test_the_same_seed_gives_the_same_weights_and_another_others(
    tiny: Path, learned: tuple[Example, ...], tmp_path: Path
) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        trained(tiny, learned, tmp_path / f"{name} way", epochs=2, seed=seed)[0].save(tmp_path / name)
    first, second, third = (weights(tmp_path / name) for name in "abc")
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert any(not torch.equal(first[key], third[key]) for key in first)


def test_what_is_saved_is_read_by_the_engine_and_holds_no_pickle(
    tiny: Path, learned: tuple[Example, ...], tmp_path: Path
) -> None:
    trained(tiny, learned, tmp_path / "way", epochs=1, targets=("q_proj", "v_proj"))[0].save(tmp_path / "adapter")
    assert set(read_lora(tmp_path / "adapter")) == {
        f"model.layers.{layer}.self_attn.{target}" for layer in (0, 1) for target in ("q_proj", "v_proj")
    }
    assert {path.suffix for path in (tmp_path / "adapter").iterdir()} <= {".safetensors", ".json", ".md"}


def test_a_stopped_training_goes_on_to_the_same_weights(
    tiny: Path, learned: tuple[Example, ...], tmp_path: Path
) -> None:
    whole, _ = trained(tiny, learned, tmp_path / "whole", epochs=4)
    whole.save(tmp_path / "a")
    stopped = Trainer(tiny, Data(learned, learned[:3]), replace(HYPER, epochs=4))
    steps = iter(range(100))
    curve = stopped.run(tmp_path / "way", cancelled=lambda: next(steps) == 4)
    assert [p.step for p in curve.points if p.held_out is not None] == [2, 4]
    again = Trainer(tiny, Data(learned, learned[:3]), replace(HYPER, epochs=4))
    rest = again.run(tmp_path / "way")
    again.save(tmp_path / "b")
    assert [p.step for p in rest.points if p.held_out is not None] == [2, 4, 6, 8]
    first, second = weights(tmp_path / "a"), weights(tmp_path / "b")
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_a_checkpoint_that_cannot_be_read_is_one_sentence(
    tiny: Path, learned: tuple[Example, ...], tmp_path: Path
) -> None:
    trainer = Trainer(tiny, Data(learned), replace(HYPER, epochs=2))
    trainer.run(tmp_path, cancelled=lambda: True)
    (tmp_path / "checkpoint" / "state.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(WeightsError, match=r"The checkpoint in .* cannot be read"):
        Trainer(tiny, Data(learned), replace(HYPER, epochs=2)).run(tmp_path)


def test_a_ruined_training_says_so(tiny: Path, learned: tuple[Example, ...], tmp_path: Path) -> None:
    trainer = Trainer(tiny, Data(learned), HYPER)
    with torch.no_grad():
        next(iter(trainer._weights.values())).fill_(float("nan"))
    with pytest.raises(TrainingDiverged, match=r"no number any longer at a rate of 0.02; try a tenth"):
        trainer.run(tmp_path)


def test_it_ends_early_when_nothing_gets_better(tiny: Path, learned: tuple[Example, ...], tmp_path: Path) -> None:
    other = tuple(replace(example, answer=(31, 31)) for example in learned)
    trainer = Trainer(tiny, Data(learned, other), replace(HYPER, patience=1, looks=8))
    curve = trainer.run(tmp_path)
    assert curve.points[-1].step < curve.steps


def test_a_pack_scores_as_its_rows_do_alone(tiny: Path, learned: tuple[Example, ...]) -> None:
    trainer = Trainer(tiny, Data(learned), HYPER)
    trainer._model.float().eval()
    together = Pack(learned[0].prompt[:60], learned[:3])
    with torch.inference_mode():
        alone = sum(float(trainer._summed(Pack((), (example,)))) for example in learned[:3])
        assert float(trainer._summed(together)) == pytest.approx(alone, rel=2e-4)


def test_only_answers_are_asked_for(learned: tuple[Example, ...]) -> None:
    ids, positions, mask, asked, wanted = _laid_out(Pack(learned[0].prompt[:60], learned[:2]))
    assert len(ids) == 60 + 2 * 4
    assert positions[60:] == [60, 61, 62, 63, 60, 61, 62, 63]
    assert asked == [61, 62, 65, 66]
    assert wanted == [*learned[0].answer, *learned[1].answer]
    assert mask is not None
    assert mask[0, 0, 64].nonzero().flatten().tolist() == [*range(60), 64]


def test_too_little_and_out_of_range_are_refused(tiny: Path, learned: tuple[Example, ...]) -> None:
    with pytest.raises(RequestError, match="at least two rows; there is one"):
        Trainer(tiny, Data(learned[:1]), HYPER)
    with pytest.raises(RequestError, match="rank is 0"):
        Hyper(rank=0)
    with pytest.raises(RequestError, match="rate is 0"):
        Hyper(rate=0)
    with pytest.raises(RequestError, match="targets must be some of"):
        Hyper(targets=("lm_head",))


def test_points_are_plain_values(tiny: Path, learned: tuple[Example, ...], tmp_path: Path) -> None:
    trainer = Trainer(tiny, Data(learned), replace(HYPER, epochs=1))
    trainer.run(tmp_path, cancelled=lambda: True)
    state = json.loads((tmp_path / "checkpoint" / "state.json").read_text())
    assert state["step"] == 1
