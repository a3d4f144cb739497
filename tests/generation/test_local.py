import threading
from pathlib import Path

import pytest

from core.errors import DeadlineExceeded, GenerationError, OutOfMemory, QueueFull, RequestError
from core.generation.engine import Engine
from core.generation.local import Limits, LocalModel
from core.generation.room import free_bytes

QUESTION = [("user", "Name three colours.")]


@pytest.fixture
def model(tiny: Path):
    made = LocalModel(tiny, waiting=2)
    yield made
    made.close()


def test_greedy_answers_repeat_and_are_counted(model: LocalModel) -> None:
    first, second = model.stream(QUESTION, Limits(max_tokens=12)), model.stream(QUESTION, Limits(max_tokens=12))
    texts = ["".join(first), "".join(second)]
    assert texts[0] == texts[1] != ""
    assert first.tokens.answer == 12
    assert first.tokens.prompt == second.tokens.prompt > 10
    assert first.tokens.first_token_ms > 0


def test_two_threads_each_get_their_own_answer(model: LocalModel) -> None:
    alone = {q: "".join(model.stream([("user", q)], Limits(max_tokens=10))) for q in ("One?", "Another thing?")}
    together: dict[str, str] = {}

    def ask(q: str) -> None:
        together[q] = "".join(model.stream([("user", q)], Limits(max_tokens=10)))

    threads = [threading.Thread(target=ask, args=(q,)) for q in alone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_cancel_ends_the_stream_early(model: LocalModel) -> None:
    stream = model.stream(QUESTION, Limits(max_tokens=2000))
    pieces = iter(stream)
    next(pieces)
    stream.cancel()
    list(pieces)
    assert stream.tokens.answer < 2000


def test_a_full_queue_refuses_and_the_place_is_known(model: LocalModel) -> None:
    running = model.stream(QUESTION, Limits(max_tokens=3000))
    pieces = iter(running)
    next(pieces)
    waiting = [model.stream(QUESTION, Limits(max_tokens=1)) for _ in range(2)]
    assert [stream.ahead for stream in waiting] == [1, 2]
    with pytest.raises(QueueFull, match="2 questions wait"):
        model.stream(QUESTION)
    running.cancel()
    assert all(stream.tokens is not None and list(stream) is not None for stream in waiting)


def test_a_deadline_reaches_only_its_request(model: LocalModel) -> None:
    with pytest.raises(DeadlineExceeded):
        list(model.stream(QUESTION, Limits(max_tokens=3000, seconds=0.05)))
    assert list(model.stream(QUESTION, Limits(max_tokens=2)))


def test_an_exception_reaches_only_its_request(model: LocalModel) -> None:
    with pytest.raises(GenerationError):
        list(model.stream([("no such role", None)]))  # type: ignore[list-item]
    assert list(model.stream(QUESTION, Limits(max_tokens=2)))


def test_a_closed_model_refuses(tiny: Path) -> None:
    model = LocalModel(tiny)
    model.close()
    with pytest.raises(GenerationError, match="closed"):
        model.stream(QUESTION)


def test_every_answer_tells_its_speed_and_log_probabilities(model: LocalModel) -> None:
    stream = model.stream(QUESTION, Limits(max_tokens=9))
    "".join(stream)
    assert len(stream.tokens.logprobs) == stream.tokens.answer == 9
    assert all(value <= 0 for value in stream.tokens.logprobs)
    assert stream.tokens.per_second > 0
    assert 0 <= stream.tokens.waited_ms <= stream.tokens.first_token_ms


def test_drafting_changes_nothing_of_an_answer(model: LocalModel) -> None:
    question = [("user", "Say it again: one two three four five. One two three four five.")]
    plain = "".join(model.stream(question, Limits(max_tokens=60), speculate=False))
    fast = model.stream(question, Limits(max_tokens=60))
    assert "".join(fast) == plain
    assert fast.tokens.guessed > 0


def test_a_guard_sees_text_before_it_is_released(model: LocalModel) -> None:
    whole = "".join(model.stream(QUESTION, Limits(max_tokens=20)))
    seen: list[tuple[str, bool]] = []

    def by_tens(text: str, ended: bool) -> tuple[str, str]:
        seen.append((text, ended))
        cut = len(text) if ended else len(text) // 10 * 10
        return text[:cut], text[cut:]

    pieces = list(model.stream(QUESTION, Limits(max_tokens=20), hold=by_tens))
    assert "".join(pieces) == whole
    assert all(len(piece) % 10 == 0 for piece in pieces[:-1])
    assert [ended for _, ended in seen].index(True) == len(seen) - 1

    assert list(model.stream(QUESTION, Limits(max_tokens=20), hold=lambda text, _: ("", text))) == []
    upper = "".join(model.stream(QUESTION, Limits(max_tokens=20), hold=lambda text, _: (text.upper(), "")))
    assert upper == whole.upper()


def test_a_guard_that_raises_stops_the_answer_and_nothing_else(model: LocalModel) -> None:
    class Leak(Exception):
        pass

    def refuse(text: str, ended: bool) -> tuple[str, str]:
        raise Leak

    stream = model.stream(QUESTION, Limits(max_tokens=3000), hold=refuse)
    with pytest.raises(Leak):
        list(stream)
    after = model.stream(QUESTION, Limits(max_tokens=2))
    assert list(after)
    assert after.tokens.answer == 2


def test_a_reader_who_goes_away_stops_the_writing(model: LocalModel) -> None:
    stream = model.stream(QUESTION, Limits(max_tokens=3000))
    reading = iter(stream)
    next(reading)
    reading.close()
    after = model.stream(QUESTION, Limits(max_tokens=1))
    assert list(after)


def test_stopping_a_long_prompt_does_not_wait_for_its_reading(tiny: Path) -> None:
    """The prompt has several pieces; the request is cancelled in the first, and the others are never read."""
    stopped: list[int] = []

    class Watching(Engine):
        def __init__(self, folder: Path, threads: int) -> None:
            super().__init__(folder, threads)
            network, stream = self._network, self

            class Counted:
                def __getattr__(self, name: str):
                    return getattr(network, name)

                def read(self, ids, memory, adapter=None):
                    stopped.append(len(ids))
                    streams[0].cancel()
                    return network.read(ids, memory, adapter)

            stream._network = Counted()

    model = LocalModel(tiny, prepare=Watching)
    streams = [model.stream([("user", "word " * 2500)], Limits(max_tokens=5))]
    assert list(streams[0]) == []
    assert stopped == [512]
    assert streams[0].tokens.prompt > 2500
    model.close()


def test_too_little_memory_is_a_sentence_and_the_model_goes_on(tiny: Path) -> None:
    left = [1 << 40]
    model = LocalModel(tiny, prepare=lambda folder, threads: Engine(folder, threads, free=lambda: left[0]))
    assert list(model.stream(QUESTION, Limits(max_tokens=2)))
    left[0] = 1 << 20
    with pytest.raises(OutOfMemory, match="1 MB of free memory"):
        list(model.stream(QUESTION, Limits(max_tokens=2)))
    left[0] = 1 << 40
    assert list(model.stream(QUESTION, Limits(max_tokens=2)))
    model.close()


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory")],
    ids=["python", "torch"],
)
def test_an_allocation_that_fails_is_a_sentence_and_what_was_kept_is_given_up(tiny: Path, error: Exception) -> None:
    engines: list[Engine] = []

    class Failing(Engine):
        fail = False

        def __init__(self, folder: Path, threads: int) -> None:
            super().__init__(folder, threads)
            engines.append(self)

        def _write(self, *args):
            if self.fail:
                raise error
            return super()._write(*args)

    model = LocalModel(tiny, prepare=Failing)
    assert list(model.stream(QUESTION, Limits(max_tokens=2)))
    assert len(engines[0]._prefixes) == 1
    engines[0].fail = True
    with pytest.raises(OutOfMemory, match="too little free memory"):
        list(model.stream(QUESTION))
    assert len(engines[0]._prefixes) == 0
    engines[0].fail = False
    assert list(model.stream(QUESTION, Limits(max_tokens=2)))
    model.close()


def test_a_prompt_beyond_the_models_length_is_refused_in_a_sentence(model: LocalModel) -> None:
    with pytest.raises(RequestError, match="was made for 4096"):
        list(model.stream([("user", "word " * 5000)]))
    assert list(model.stream(QUESTION, Limits(max_tokens=2)))


def test_an_answer_ends_where_the_model_ends(model: LocalModel) -> None:
    nearly = model.stream([("user", "word " * 4040)], Limits(max_tokens=500))
    list(nearly)
    assert nearly.tokens.answer == 4096 - nearly.tokens.prompt > 0


def test_memory_left_is_read_and_bounded_by_the_container(tmp_path: Path) -> None:
    machine = tmp_path / "meminfo"
    machine.write_text("MemTotal: 9 kB\nMemAvailable:    2048 kB\n")
    assert free_bytes(machine, tmp_path) == 2 << 20
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("400\n")
    assert free_bytes(machine, tmp_path) == 600
    (tmp_path / "memory.max").write_text("max\n")
    assert free_bytes(machine, tmp_path) == 2 << 20
    assert free_bytes(tmp_path / "none", tmp_path) is None
    assert (free_bytes() or 1) > 0


def test_who_stops_waiting_leaves_the_line_at_once(model: LocalModel) -> None:
    running = model.stream(QUESTION, Limits(max_tokens=3000))
    pieces = iter(running)  # held, for who drops it stops the answer
    next(pieces)
    first, second = (model.stream(QUESTION, Limits(max_tokens=1)) for _ in range(2))
    first.cancel()
    assert list(first) == []  # without waiting for the one in hand
    assert second.ahead == 1
    late = model.stream(QUESTION, Limits(max_tokens=1, seconds=0.1))
    with pytest.raises(DeadlineExceeded, match="Other questions kept the model busy"):
        list(late)
    assert running.tokens.answer == 0  # still being written
    running.cancel()
    assert list(second)
