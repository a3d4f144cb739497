"""What is written does not depend on drafting: greedily token by token, by chance in distribution."""

import itertools
import math
import random
from collections import Counter
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RequestError
from core.generation.decoding import PIECE, Decoding, Tally, pieces, read_prompt
from core.generation.hosted import HostedNetwork
from core.generation.llama import Llama
from core.generation.lookup import Lookup
from core.generation.sampling import GREEDY, Chooser, Sampling, probabilities
from core.models.cache import model_folder
from core.settings import Settings

SAMPLES = Path(__file__).parent.parent.parent / "sample_docs" / "content"


def write(network, prompt: list[int], most: int, speculate: bool, sampling: Sampling = GREEDY) -> tuple[list, Tally]:
    with torch.inference_mode():
        memory = network.memory(len(prompt) + most)
        logits = read_prompt(network, memory, prompt, pieces(prompt, frozenset()))
        decoding = Decoding(network, memory, Chooser(sampling), speculate=speculate)
        return list(decoding.run(prompt, logits, most)), decoding.tally


def repetitive(rng: random.Random, length: int) -> list[int]:
    """A prompt in which much was said before, so that drafts are made, right ones and wrong ones."""
    phrases = [[rng.randrange(49_152) for _ in range(rng.randrange(3, 9))] for _ in range(4)]
    return list(itertools.chain.from_iterable(rng.choice(phrases) for _ in range(length)))


@pytest.mark.parametrize("kind", ["llama", "llama in 32 bits", "qwen2"])
def test_greedy_tokens_are_those_of_plain_decoding_on_200_prompts(kind: str, tiny: Path, other: Path) -> None:
    network = {
        "llama": lambda: Llama(tiny),
        "llama in 32 bits": lambda: Llama(tiny, torch.float32),
        "qwen2": lambda: HostedNetwork(other, torch.float32),
    }[kind]()
    rng, drafted, right = random.Random(5), 0, 0
    for _ in range(200):
        prompt = repetitive(rng, rng.randrange(4, 24))
        plain, _ = write(network, prompt, 24, speculate=False)
        fast, tally = write(network, prompt, 24, speculate=True)
        assert [t.id for t in fast] == [t.id for t in plain]
        drafted, right = drafted + tally.drafted, right + tally.right
    assert drafted > right > 100  # both kinds were seen


@pytest.mark.slow
@pytest.mark.weights
def test_greedy_tokens_are_those_of_plain_decoding_with_the_real_model() -> None:
    """Two hundred prompts over the sample papers, with the weights that answer."""
    from core.embedding.tokens import TokenCounter

    folder = model_folder(Settings().models, "smollm2")
    network, tokenizer = Llama(folder), TokenCounter(folder / "tokenizer.json").tokenizer
    texts = [path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.md"))]
    rng, right = random.Random(7), 0
    for i in range(200):
        text = texts[i % len(texts)]
        start = rng.randrange(max(1, len(text) - 600))
        prompt = tokenizer.encode(f"{text[start : start + 600]}\n\nQuote two sentences of this:").ids
        with torch.inference_mode():
            memory = network.memory(len(prompt) + 24)
            logits = network.read(prompt, memory)
            loops = [Decoding(network, memory, Chooser(), speculate=speculate) for speculate in (False, True)]
            plain = list(loops[0].run(prompt, logits, 24))
            memory.length = len(prompt)
            fast = list(loops[1].run(prompt, logits, 24))
        assert [t.id for t in fast] == [t.id for t in plain], i
        assert [t.logprob for t in fast] == pytest.approx([t.logprob for t in plain], abs=max(network.tie, 1e-6))
        right += loops[1].tally.right
    assert right > 500


class Wobbly:
    """A network whose passes over several tokens differ from those over one by as much as it says."""

    vocabulary, positions, longest_step, reusable, tie = 8, 1000, 16, True, 0.2

    def __init__(self) -> None:
        self.rng = random.Random(1)

    def memory(self, size: int):
        memory = type("Held", (), {})()
        memory.size, memory.length = size, 0
        return memory

    def logits(self, position: int, token: int) -> torch.Tensor:
        return torch.randn(8, generator=torch.Generator().manual_seed(position % 7 * 8 + token)) * 0.3

    def read(self, ids, memory, adapter=None):
        memory.length += len(ids)
        return self.logits(memory.length - 1, ids[-1])

    def step(self, ids, memory, adapter=None):
        rows = torch.stack([self.logits(memory.length + i, token) for i, token in enumerate(ids)])
        memory.length += len(ids)
        return rows if len(ids) == 1 else rows + (torch.rand(rows.shape) - 0.5) * 0.09


def test_near_ties_are_decided_as_plain_decoding_decides_them() -> None:
    torch.manual_seed(0)
    network, ties = Wobbly(), 0
    for first in range(8):
        for second in range(8):
            prompt = [first, second, 1, first, second]
            plain, _ = write(network, prompt, 40, speculate=False)
            fast, tally = write(network, prompt, 40, speculate=True)
            assert [t.id for t in fast] == [t.id for t in plain]
            ties += tally.ties
    assert ties > 50


def exact(network, prompt: list[int], length: int, sampling: Sampling) -> dict[tuple[int, ...], float]:
    """Probability of every continuation, by the model's distribution after each of its beginnings."""
    found = {(): 1.0}
    for _ in range(length):
        longer = {}
        for said, chance in found.items():
            with torch.inference_mode():
                memory = network.memory(64)
                row = network.read([*prompt, *said], memory)
            for token, p in enumerate(probabilities(row, sampling).tolist()):
                if p:
                    longer[(*said, token)] = chance * p
        found = longer
    return found


@pytest.mark.parametrize(
    "sampling", [Sampling(1.0), Sampling(0.6), Sampling(1.3, top_k=3), Sampling(2.5, top_p=0.9)], ids=str
)
@pytest.mark.parametrize("speculate", [True, False])
def test_sampling_is_exact_in_distribution(tmp_path: Path, sampling: Sampling, speculate: bool) -> None:
    """A vocabulary of five, three tokens: 125 continuations, held against their exact probabilities by chi squared."""
    network = Llama(_small(tmp_path), torch.float32)
    prompt, times = [0, 3, 3, 0, 0, 3, 1, 0, 3, 3, 3], 3000
    wanted = exact(network, prompt, 3, sampling)
    assert math.isclose(sum(wanted.values()), 1.0, abs_tol=1e-6)
    chooser, counts, right = (
        Chooser(Sampling(sampling.temperature, sampling.top_p, sampling.top_k, seed=11)),
        Counter(),
        0,
    )
    with torch.inference_mode():
        memory = network.memory(64)
        logits = network.read(prompt, memory)
        for _ in range(times):
            memory.length = len(prompt)
            decoding = Decoding(network, memory, chooser, speculate=speculate)
            counts[tuple(t.id for t in decoding.run(prompt, logits, 3))] += 1
            right += decoding.tally.right
    assert set(counts) <= set(wanted)
    assert (right > 100) == speculate
    frequent = [said for said, p in wanted.items() if p * times >= 5]
    rest = 1 - sum(wanted[said] for said in frequent)
    statistic = sum((counts[said] - wanted[said] * times) ** 2 / (wanted[said] * times) for said in frequent)
    if rest * times >= 5:
        seen = times - sum(counts[said] for said in frequent)
        statistic += (seen - rest * times) ** 2 / (rest * times)
    freedom = len(frequent) - (0 if rest * times >= 5 else 1)
    # Wilson and Hilferty's bound of chi squared: exceeded once in 100,000 (4.26 standard deviations).
    assert statistic < freedom * (1 - 2 / (9 * freedom) + 4.26 * math.sqrt(2 / (9 * freedom))) ** 3


def _small(folder: Path) -> Path:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(2)
    config = LlamaConfig(
        vocab_size=5, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=64, initializer_range=0.5, bos_token_id=0, eos_token_id=0, pad_token_id=0,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def test_equal_seeds_write_equally_drafted_or_not(tiny: Path) -> None:
    network, prompt = Llama(tiny), repetitive(random.Random(9), 12)
    sampling = Sampling(0.8, seed=4)
    plain, _ = write(network, prompt, 30, False, sampling)
    fast, _ = write(network, prompt, 30, True, sampling)
    again, _ = write(network, prompt, 30, True, Sampling(0.8, seed=5))
    assert [t.id for t in fast] == [t.id for t in plain] != [t.id for t in again]


def test_log_probabilities_are_the_models_own(tiny: Path) -> None:
    network, prompt = Llama(tiny), repetitive(random.Random(1), 9)
    for sampling in (Sampling(), Sampling(0.5, top_k=4, seed=1)):
        tokens, _ = write(network, prompt, 12, True, sampling)
        said = [t.id for t in tokens]
        with torch.inference_mode():
            memory = network.memory(len(prompt) + 12)
            rows = [network.read(prompt, memory), *(network.step([t], memory)[0] for t in said[:-1])]
        wanted = [float(row.log_softmax(0)[token]) for row, token in zip(rows, said, strict=True)]
        assert [t.logprob for t in tokens] == pytest.approx(wanted, abs=1e-5)
        assert max(t.logprob for t in tokens) <= 0


@pytest.mark.parametrize("most", [1, 2, 5])
def test_no_more_is_written_than_asked_for(tiny: Path, most: int) -> None:
    tokens, _ = write(Llama(tiny), [5, 6, 7] * 9, most, True)
    assert len(tokens) == most


@settings(deadline=None)
@given(st.lists(st.integers(0, 4), min_size=0, max_size=60), st.integers(0, 20), st.integers(1, 15))
def test_a_draft_continues_an_earlier_place(ids: list[int], most: int, longest: int) -> None:
    lookup = Lookup(ids, longest)
    for _ in range(4):
        lookup.learn(1, 1)
    draft = lookup.draft(most)
    assert len(draft) <= min(most, longest)
    if draft:
        text = "".join(map(str, ids))
        assert text[-2:] + "".join(map(str, draft)) in text


def test_the_longest_agreement_is_drafted_from() -> None:
    lookup = Lookup([1, 2, 3, 9, 9, 7, 2, 3, 8, 8, 1, 2, 3], longest=15)
    assert lookup.draft(2) == [9, 9]  # 1 2 3 agrees in three tokens, the later 2 3 in two


def test_drafts_grow_when_right_and_shrink_when_wrong() -> None:
    lookup = Lookup([1, 2, *range(10, 40), 1, 2], longest=15)
    sizes = []
    for right in (3, 7, 15, 15, 4, 3):
        sizes.append(len(lookup.draft(100)))
        lookup.learn(sizes[-1], right)
    assert sizes == [3, 7, 15, 15, 15, 3]


@given(st.lists(st.sampled_from([0, 1, 2, 99]), max_size=1500), st.lists(st.sampled_from([0, 99]), max_size=700))
def test_pieces_depend_on_what_is_before_them(ids: list[int], more: list[int]) -> None:
    ends = frozenset([99])
    marks = pieces([*ids, 1], ends)
    assert marks[-1] == len(ids) + 1
    assert marks == sorted(set(marks))
    assert all(b - a <= PIECE for a, b in itertools.pairwise([0, *marks]))
    longer = pieces([*ids, 1, *more], ends)
    assert longer[: len(marks) - 1] == marks[:-1]


def test_contradictory_sampling_is_refused() -> None:
    for wrong in ({"temperature": -1.0}, {"top_p": 0.0}, {"top_k": -1}):
        with pytest.raises(RequestError):
            Sampling(**wrong)


@settings(deadline=None)
@given(st.lists(st.floats(-9, 9), min_size=1, max_size=30), st.floats(0.1, 3), st.floats(0.05, 1), st.integers(0, 9))
def test_cuts_keep_the_most_likely_in_proportion(logits: list[float], heat: float, top_p: float, top_k: int) -> None:
    row = torch.tensor(logits)
    whole, cut = probabilities(row, Sampling(heat)), probabilities(row, Sampling(heat, top_p, top_k))
    assert math.isclose(float(cut.sum()), 1.0, abs_tol=1e-9)
    kept = cut > 0
    assert whole[kept].max() == whole.max()  # of those that are equally likely, one
    assert not top_k or int(kept.sum()) <= top_k
    ratio = cut[kept] / whole[kept]
    torch.testing.assert_close(ratio, ratio[:1].expand_as(ratio))
    if kept.any() and not kept.all():
        assert whole[~kept].max() <= whole[kept].min()


def test_a_prompt_without_rest_cannot_be_read(tiny: Path) -> None:
    network = Llama(tiny)
    memory = network.memory(10)
    with torch.inference_mode():
        network.read([1, 2, 3], memory)
        with pytest.raises(ValueError, match="nothing is left"):
            read_prompt(network, memory, [1, 2, 3], [3])
