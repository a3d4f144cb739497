"""A model on a server, spoken to over real HTTP; every fault is one that a real server has shown."""

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from pydantic import SecretStr

from core.errors import AccessDenied, DeadlineExceeded, GenerationError, NotFound, QueueFull, RequestError
from core.generation.contract import Limits
from core.generation.server import ServerModel
from core.generation.server_reply import Asking, pause
from core.governance.principals import persona
from core.recipes import BUILT_IN, from_json, varied
from core.servers import Served, served
from core.settings import Settings
from core.workbench import Workbench
from tests.generation.chat_server import (
    SECRET,
    ChatServer,
    broken,
    endless,
    part,
    refused,
    said,
    sent,
    serving,
    streamed,
    stuck,
    usage,
)

QUESTION = [("system", "Be brief."), ("user", "Count to three, please.")]


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    with serving() as made:
        yield made


@pytest.fixture
def model(chat: ChatServer) -> Iterator[ServerModel]:
    made = ServerModel("m", chat.url, SecretStr(SECRET), retries=2, pause=0.01)
    yield made
    made.close()


def test_an_answer_comes_piece_by_piece_with_the_servers_counts(chat: ChatServer, model: ServerModel) -> None:
    stream = model.stream(QUESTION, Limits(max_tokens=7))
    assert list(stream) == ["One", " two", " three."]
    assert (stream.tokens.prompt, stream.tokens.answer, stream.tokens.reused) == (20, 3, 5)
    assert stream.tokens.logprobs == (-0.25, -0.25, -0.25)
    assert stream.tokens.first_token_ms > 0
    assert not stream.tokens.estimated
    assert stream.ahead == 0
    assert chat.requests == [
        {
            "model": "m",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Count to three, please."},
            ],
            "stream": True,
            "temperature": 0,
            "logprobs": True,
            "top_logprobs": 1,
            "stream_options": {"include_usage": True},
            "max_tokens": 7,
        }
    ]
    assert chat.keys == [f"Bearer {SECRET}"]


def test_a_server_that_counts_nothing_is_estimated(chat: ChatServer, model: ServerModel) -> None:
    chat.queued = [streamed(part("Elephants "), part("never forget."), part(finish="stop"))]
    stream = model.stream(QUESTION)
    assert "".join(stream) == "Elephants never forget."
    assert (stream.tokens.prompt, stream.tokens.answer) == (4 + 9, 8)  # Elep hant s neve r forg et .
    assert stream.tokens.logprobs == ()
    assert stream.tokens.estimated
    assert model.count("Be brief.") == 4


def test_speed_is_told_from_the_first_token_on(chat: ChatServer, model: ServerModel) -> None:
    chat.queued = [said(*["a "] * 11, pause=0.01)]
    stream = model.stream(QUESTION)
    assert "".join(stream) == "a " * 11
    assert 0 < stream.tokens.per_second < 100  # ten tokens in at least ten hundredths of a second


def test_an_adapter_is_a_model_of_that_name(chat: ChatServer, model: ServerModel) -> None:
    assert "".join(model.stream(QUESTION, adapter="formal")) == "One two three."
    assert chat.requests[0]["model"] == "formal"
    chat.queued = [refused(404, "The model `odd` does not exist.")]
    with pytest.raises(NotFound, match=rf"^The server at {chat.url} knows no adapter 'odd'\.$"):
        list(model.stream(QUESTION, adapter="odd"))


def test_many_answers_at_once_do_not_mix(chat: ChatServer, model: ServerModel) -> None:
    def echo(handler, body) -> None:
        said(*(f"{body['messages'][0]['content']} " for _ in range(20)), pause=0.001)(handler, body)

    chat.queued = [echo] * 12
    answers: dict[int, str] = {}

    def ask(number: int) -> None:
        answers[number] = "".join(model.stream([("user", f"n{number}")]))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: f"n{number} " * 20 for number in range(12)}


# -- another try ------------------------------------------------------------------------------------------------------


def test_errors_before_the_first_word_are_tried_again(chat: ChatServer, model: ServerModel) -> None:
    chat.queued = [refused(500, "out of memory"), refused(429, Retry_After="0"), said("Yes.")]
    stream = model.stream(QUESTION)
    assert list(stream) == ["Yes."]
    assert len(chat.requests) == 3
    chat.queued = [broken(), said("Yes.")]
    assert list(model.stream(QUESTION)) == ["Yes."]


def test_tries_end(chat: ChatServer, model: ServerModel) -> None:
    chat.queued = [refused(503, "Loading model")] * 4
    with pytest.raises(GenerationError) as caught:
        list(model.stream(QUESTION))
    assert str(caught.value) == f"The server at {chat.url} answered with status 503 (Loading model)."
    assert len(chat.requests) == 3
    chat.queued = [refused(429, "rate limit")] * 3
    with pytest.raises(QueueFull, match=r"takes no more questions now; ask again in a moment\.$"):
        list(model.stream(QUESTION))


def test_a_wait_that_outlasts_the_deadline_is_not_begun(chat: ChatServer, model: ServerModel) -> None:
    chat.queued = [refused(429, Retry_After="50")]
    with pytest.raises(QueueFull):
        list(model.stream(QUESTION, Limits(seconds=20)))
    assert len(chat.requests) == 1


def test_nothing_is_asked_again_once_text_was_shown(chat: ChatServer, model: ServerModel) -> None:
    chat.queued = [broken("The first half")]
    seen = []
    with pytest.raises(GenerationError) as caught:
        for piece in model.stream(QUESTION):
            seen.append(piece)
    assert str(caught.value) == f"The server at {chat.url} broke off in the middle of its answer; ask again."
    assert seen == ["The first half"]
    assert len(chat.requests) == 1
    assert list(model.stream(QUESTION)) == ["One", " two", " three."]


def test_an_end_that_the_server_did_not_announce_is_a_break(chat: ChatServer, model: ServerModel) -> None:
    chat.queued = [streamed(part("The first half"))]
    with pytest.raises(GenerationError, match="broke off in the middle"):
        list(model.stream(QUESTION))


def test_pauses_grow_and_obey_the_server() -> None:
    assert all(0.75 * 0.5 * 2**n <= pause(n, 0.5, None) <= 0.5 * 2**n for n in range(4))
    assert pause(30, 0.5, None) <= 8
    assert pause(0, 0.5, "3") == 3
    assert pause(0, 0.5, "3600") <= 0.5  # an hour is not waited for
    assert pause(0, 0.5, "Wed, 21 Oct 2026 07:28:00 GMT") <= 0.5


@pytest.mark.parametrize("status", [400, 422])
def test_a_server_that_refuses_the_extras_is_asked_without_them(
    chat: ChatServer, model: ServerModel, status: int
) -> None:
    chat.queued = [refused(status, "extra fields not permitted"), said("Yes.", counts=False)]
    stream = model.stream(QUESTION)
    assert list(stream) == ["Yes."]
    assert stream.tokens.estimated
    assert list(model.stream(QUESTION)) == ["One", " two", " three."]
    assert ["logprobs" in r for r in chat.requests] == [True, False, False]  # it is remembered
    assert not any("stream_options" in r for r in chat.requests[1:])


def test_what_a_refusal_names_is_left_out_or_renamed() -> None:
    asking = Asking("m", (("user", "x"),), 9)
    first = asking.after("Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.")
    assert first is not None
    assert "max_tokens" not in first.fields()
    assert (first.fields()["max_completion_tokens"], first.fields()["temperature"]) == (9, 0)
    second = first.after("'temperature' does not support 0 with this model")
    assert second is not None
    assert "temperature" not in second.fields()
    assert "logprobs" in second.fields()
    third = second.after("bad request")
    assert third is not None
    assert set(third.fields()) == {"model", "messages", "stream", "max_completion_tokens"}
    assert third.after("bad request") is None


def test_a_refusal_of_the_question_itself_is_told(chat: ChatServer, model: ServerModel) -> None:
    told = "This model's maximum context length is 2048 tokens, your request has 3000"
    chat.queued = [refused(400, told)] * 2
    with pytest.raises(GenerationError) as caught:
        list(model.stream(QUESTION))
    assert str(caught.value) == f"The server at {chat.url} answered with status 400 ({told})."
    assert list(model.stream(QUESTION))
    assert chat.requests[-1]["logprobs"]  # that it failed without them too taught nothing
    chat.queued = [refused(400, told)]
    with pytest.raises(GenerationError, match="maximum context length"):
        list(model.stream(QUESTION))
    assert len(chat.requests) == 4


# -- the end ----------------------------------------------------------------------------------------------------------


def test_cancelling_ends_within_a_piece_and_hangs_up(chat: ChatServer, model: ServerModel) -> None:
    chat.queued = [endless()]
    stream = model.stream(QUESTION)
    seen = []
    for piece in stream:
        seen.append(piece)
        if len(seen) == 3:
            stream.cancel()
    assert seen == ["word0 ", "word1 ", "word2 "]
    assert chat.hung_up.wait(30)
    assert stream.tokens.answer >= 3
    assert list(stream) == []


@pytest.mark.parametrize("pieces", [(), ("A word",)], ids=["before the first word", "after it"])
def test_cancelling_does_not_wait_for_a_server_that_is_silent(
    chat: ChatServer, model: ServerModel, pieces: tuple[str, ...]
) -> None:
    chat.queued = [stuck(*pieces)]
    stream = model.stream(QUESTION)
    threading.Timer(0.3, stream.cancel).start()
    assert tuple(stream) == pieces
    assert chat.hung_up.wait(30)


def test_cancelling_in_a_pause_between_tries(chat: ChatServer) -> None:
    patient = ServerModel("m", chat.url, pause=60)
    chat.queued = [refused(500)]
    stream = patient.stream(QUESTION)
    threading.Timer(0.3, stream.cancel).start()
    assert list(stream) == []
    patient.close()


def test_a_stream_cancelled_at_once_is_empty(chat: ChatServer, model: ServerModel) -> None:
    for _ in range(30):
        stream = model.stream(QUESTION)
        stream.cancel()
        assert list(stream) == []
    assert list(model.stream(QUESTION)) == ["One", " two", " three."]


def test_a_reader_who_goes_away_hangs_up(chat: ChatServer, model: ServerModel) -> None:
    chat.queued = [endless()]
    reading = iter(model.stream(QUESTION))
    assert next(reading) == "word0 "
    reading.close()
    assert chat.hung_up.wait(30)


@pytest.mark.parametrize("act", [stuck(), endless(), stuck("A word")], ids=["silent", "endless", "stuck"])
def test_the_deadline_holds_for_the_whole_answer(chat: ChatServer, model: ServerModel, act) -> None:
    chat.queued = [act]
    with pytest.raises(DeadlineExceeded, match=r"did not finish its answer within 0\.4 seconds\.$"):
        list(model.stream(QUESTION, Limits(seconds=0.4)))
    assert chat.hung_up.wait(30)
    assert list(model.stream(QUESTION)) == ["One", " two", " three."]


def test_a_guard_sees_text_before_it_is_released_and_may_stop_it(chat: ChatServer, model: ServerModel) -> None:
    def by_words(text: str, ended: bool) -> tuple[str, str]:
        cut = len(text) if ended else text.rfind(" ") + 1
        return text[:cut].upper(), text[cut:]

    assert list(model.stream(QUESTION, hold=by_words)) == ["ONE ", "TWO ", "THREE."]

    def refuse(text: str, ended: bool) -> tuple[str, str]:
        raise RequestError("Not this.")

    chat.queued = [endless()]
    with pytest.raises(RequestError, match="Not this"):
        list(model.stream(QUESTION, hold=refuse))
    assert chat.hung_up.wait(30)


def test_a_closed_model_ends_what_it_writes_and_refuses(chat: ChatServer, model: ServerModel) -> None:
    others = set(threading.enumerate())
    chat.queued = [endless(), stuck()]
    writing = iter(model.stream(QUESTION))
    next(writing)  # so that the server has the first request before the second
    silent = model.stream(QUESTION)
    model.close()
    with pytest.raises(GenerationError, match=r"The connection to the server at .* was closed"):
        list(writing)
    with pytest.raises(GenerationError, match="was closed"):
        list(silent)
    with pytest.raises(GenerationError, match="was closed"):
        model.stream(QUESTION)
    model.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "server-model" and thread not in others]


def test_a_model_that_was_never_asked_closes() -> None:
    ServerModel("m", "http://127.0.0.1:9/v1").close()


# -- what is no answer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (sent(b"<html>hello</html>", "text/html"), "answered with something that is no chat completion"),
        (sent(b'{"choices": []}'), "answered with something that is no chat completion"),
        (streamed("{not json"), "answered with something that is no chat completion"),
        (streamed({"choices": [5]}), "answered with something that is no chat completion"),
        (streamed({"choices": [{"index": 0, "delta": {"content": 7}}]}), "no chat completion"),
        (streamed(part("A word"), "{not json"), "answered with something that is no chat completion"),
        (streamed([1, 2]), "no chat completion"),
        (streamed({"error": {"message": "the engine died"}}), r"failed \(the engine died\)"),
        (streamed(part("A word"), {"error": {"message": "the engine died"}}), r"failed \(the engine died\)"),
        (refused(401), "refused the key; set TOUCHSTONE_OPENAI_API_KEY"),
        (refused(403, "not allowed"), r"answered with status 403 \(not allowed\)"),
        (refused(404), "knows no model 'm', or the address lacks its /v1"),
    ],
)
def test_answers_that_are_none(chat: ChatServer, model: ServerModel, act, told: str) -> None:
    chat.queued = [act]
    with pytest.raises(GenerationError if "no model" not in told else NotFound, match=told) as caught:
        list(model.stream(QUESTION))
    assert str(caught.value).startswith(f"The server at {chat.url} ")
    assert len(chat.requests) == 1
    assert list(model.stream(QUESTION)) == ["One", " two", " three."]


def test_an_empty_answer_is_an_answer(chat: ChatServer, model: ServerModel) -> None:
    chat.queued = [streamed(part(finish="stop"), usage(20, 0))]
    stream = model.stream(QUESTION)
    assert list(stream) == []
    assert (stream.tokens.answer, stream.tokens.first_token_ms, stream.tokens.per_second) == (0, 0.0, 0.0)


def test_a_server_that_is_not_there() -> None:
    gone = ServerModel("m", "http://127.0.0.1:9/v1", retries=1, pause=0.01)
    with pytest.raises(GenerationError, match=r"^The server at http://127\.0\.0\.1:9/v1 cannot be reached\.$"):
        gone.warm()
    gone.close()


# -- the key ----------------------------------------------------------------------------------------------------------


def test_no_secret_in_errors_names_or_logs(
    chat: ChatServer, model: ServerModel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    chat.queued = [refused(500), refused(403, f"key {SECRET} is not allowed")]
    stream = model.stream(QUESTION)
    with pytest.raises(GenerationError) as caught:
        list(stream)
    told = f"{caught.value!r} {caught.value.__cause__!r} {model!r} {vars(model)!r} {stream!r} {caplog.text}"
    assert "status 403 (key … is not allowed)" in told
    assert SECRET not in told


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_and_carries_no_key(chat: ChatServer, model: ServerModel, status: int) -> None:
    with serving() as elsewhere:
        chat.queued = [refused(status, Location=f"{elsewhere.url}/chat/completions")]
        with pytest.raises(GenerationError, match=rf"points elsewhere \(status {status}\)"):
            list(model.stream(QUESTION))
        assert (elsewhere.requests, elsewhere.keys) == ([], [])


BAD = ["m@host/v1", "m@ftp://host", "@http://host/v1", "m@", "m@http://", "m@http://h:x/v1", "m@http://[::1/v1"]
SECRETS = [
    "m@http://me:pa55word@host/v1",
    "m@http://pa55word@host/v1",
    "m@http://host/v1?key=pa55word",
    "m@http://h/#pa55word",
]


@pytest.mark.parametrize("rest", [*BAD, *SECRETS])
def test_a_bad_address_is_refused_when_the_recipe_is_made(rest: str) -> None:
    with pytest.raises(RequestError) as caught:
        varied(BUILT_IN["default"], {"generation.model": f"openai:{rest}"})
    assert "pa55word" not in str(caught.value)
    assert ("TOUCHSTONE_OPENAI_API_KEY" in str(caught.value)) == (rest in SECRETS)


# -- listing ----------------------------------------------------------------------------------------------------------


def test_models_and_adapters_are_listed(chat: ChatServer) -> None:
    chat.listing = (
        200,
        {
            "object": "list",
            "data": [
                {"id": "big", "object": "model", "parent": None, "max_model_len": 8192},
                {"id": "formal", "object": "model", "parent": "big"},
                {"id": "small", "object": "model", "meta": {"n_ctx": 2048}},
            ],
        },
    )
    assert served(f"{chat.url}/", SecretStr(SECRET)) == (
        Served("big", "", 8192),
        Served("formal", "big"),
        Served("small", "", 2048),
    )
    assert chat.keys == [f"Bearer {SECRET}"]


@pytest.mark.parametrize(
    ("listing", "told"),
    [
        ((404, {"error": "x"}), "lists no models, or the address lacks its /v1"),
        ((401, {}), "refused the key"),
        ((500, {"error": {"message": "boom"}}), r"answered with status 500 \(boom\)"),
        ((307, {}), "points elsewhere"),
        ((200, b"<html>"), "answered with something that is no list of models"),
        ((200, {"data": None}), "no list of models"),
        ((200, {"data": [{"name": "m"}]}), "no list of models"),
        ((200, [1]), "no list of models"),
    ],
)
def test_a_listing_that_is_none(chat: ChatServer, listing: tuple[int, object], told: str) -> None:
    chat.listing = listing
    with pytest.raises(GenerationError, match=told):
        served(chat.url, None)


# -- as a part of the whole -------------------------------------------------------------------------------------------


def test_a_workspace_keeps_one_model_for_each_address_and_reads_the_key(
    bench: Workbench, chat: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"openai:m@{chat.url}"
    made = bench.model(name)
    assert bench.model(f"{name}/") is made
    assert bench.model(f"openai:n@{chat.url}") is not made
    monkeypatch.setenv("TOUCHSTONE_OPENAI_API_KEY", SECRET)
    with Workbench(Settings(workspace=bench.workspace.root.parent / "other"), "a test") as other:
        assert list(other.model(name).stream(QUESTION))
        assert other.served(chat.url, persona("engineer")) == (Served("m"),)
        with pytest.raises(AccessDenied):
            other.served(chat.url, persona("viewer"))
        assert SECRET not in f"{other.settings!r} {vars(other.model(name))!r}"
    assert chat.keys == [f"Bearer {SECRET}"] * 2
    with pytest.raises(GenerationError, match="was closed"):
        other.model(name).stream(QUESTION)


def test_a_recipe_that_names_a_server_is_stored_and_needs_no_other_index() -> None:
    recipe = varied(BUILT_IN["default"], {"generation.model": "openai:m@http://host:8000/v1"})
    assert from_json(json.loads(json.dumps(asdict(recipe)))) == recipe
    assert recipe.index_key == BUILT_IN["default"].index_key
