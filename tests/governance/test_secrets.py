"""Canaries in the place of every secret: whatever fails, none is seen in what is printed, logged, raised, kept or exported."""

import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from core import alarms
from core.answering.ask import finish
from core.answering.report import Part
from core.embedding.encoder import Encoder
from core.embedding.server import ServerEmbedder
from core.errors import RequestError, TouchstoneError, WrongKey
from core.governance.principals import persona
from core.interop.script import llamaindex_script
from core.recipes import recipe, varied
from core.secrets import keep_from_logs, without_secrets
from core.servers import served
from core.settings import Settings
from core.workbench import Workbench
from tests.cli.running import run
from tests.conftest import NOTHING
from tests.generation.chat_server import refused, serving, stuck

ADMIN = persona("administrator")
CANARIES = {
    "openai_api_key": "sk-canary-openai-31415926535",
    "alarm_webhook": "http://127.0.0.1:9/hook/canary-webhook-27182818284",
    "qdrant_api_key": "canary-qdrant-16180339887",
    "otel_headers": "authorization=Bearer canary-otel-14142135623,x-key=canary-otel-second-57721",
    "audit_key": "canary-audit-key-17320508075",
    "encryption_key": "canary-encryption-key-22360679",
}
PIECES = tuple(
    "sk-canary-openai-31415926535 canary-webhook-27182818284 canary-qdrant-16180339887 canary-otel-14142135623 "
    "canary-otel-second-57721 canary-audit-key-17320508075 canary-encryption-key-22360679".split()
)


NO_ADDRESS = f"nothing://{PIECES[1]}"


def seen_in(text: str) -> list[str]:
    return [piece for piece in PIECES if piece in text]


@contextmanager
def echoing(status: int) -> Iterator[str]:
    """A server that answers every request with the headers and the path that it got, which is the worst it can do."""

    class Echo(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = f"{self.path} {dict(self.headers)}".encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[str], None]]:
    """Takes texts to look at; at the end no canary stands in them, in any log record, or in what was printed."""
    factory, collected = logging.getLogRecordFactory(), Collecting()
    caplog.set_level(logging.DEBUG)
    logging.getLogger().addHandler(collected)
    for name in ("httpx", "httpcore", "openai", "urllib3", "qdrant_client", "opentelemetry"):
        caplog.set_level(logging.DEBUG, logger=name)
    texts: list[str] = []
    yield texts.append
    out, err = capfd.readouterr()
    logging.getLogger().removeHandler(collected)
    logging.setLogRecordFactory(factory)
    for where, text in {"given": "\n".join(texts), "logged": "\n".join(collected.seen), "out": out, "err": err}.items():
        assert seen_in(text) == [], where


class Collecting(logging.Handler):
    """Keeps every record, as it is formatted and as it is."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(f"{self.format(record)} {record.msg} {record.args} {record.exc_info}")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    from core.storage import keys

    monkeypatch.setattr(keys, "COST", 1 << 10)
    return Settings(workspace=tmp_path / "w", **{name: SecretStr(value) for name, value in CANARIES.items()})


def failing(act: Callable[[], object], look: Callable[[str], None], kind: type[Exception] = TouchstoneError) -> None:
    """The act raises; its error and everything that it is chained to is looked at."""
    with pytest.raises(kind) as caught:
        act()
    error: BaseException | None = caught.value
    look("".join(traceback.format_exception(caught.value, chain=True)))
    while error is not None:
        look(f"{error!s} {error!r} {error.__dict__}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def test_settings_show_no_secret_and_know_all_of_them(settings: Settings, everything: Callable[[str], None]) -> None:
    for form in (repr(settings), str(settings), settings.model_dump_json(), repr(settings.model_dump())):
        everything(form)
    fields = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
    assert sorted(fields) == sorted(CANARIES)  # a secret that is added needs its canary here
    assert all(any(piece in secret for secret in settings.secrets) for piece in PIECES)


def test_servers_that_refuse_hang_or_are_away(settings: Settings, everything: Callable[[str], None]) -> None:
    keep_from_logs(settings.secrets)
    key = settings.openai_api_key
    with serving() as chat:
        chat.listing = (401, {"error": {"message": f"bad key {CANARIES['openai_api_key']}"}})
        failing(lambda: served(chat.url, key), everything)
        chat.listing = (500, {"error": {"message": f"broken by {CANARIES['openai_api_key']}"}})
        failing(lambda: served(chat.url, key), everything)
        chat.queued = [refused(400, f"no, {CANARIES['openai_api_key']}"), stuck()]
        for timeout in (5.0, 0.2):
            embedder = ServerEmbedder("m", chat.url, key, retries=0, timeout=timeout)
            failing(embedder.warm, everything)
            embedder._client.close()
        assert f"Bearer {CANARIES['openai_api_key']}" in chat.keys  # it was sent indeed
    failing(lambda: served("http://127.0.0.1:9/v1", key), everything)
    failing(lambda: served("http://user:pass@nowhere/v1", key), everything, RequestError)
    with echoing(401) as url:
        failing(lambda: served(f"{url}/v1", key), everything)
        everything(alarms.post(f"{url}/hook/canary-webhook-27182818284", {}))
    with echoing(500) as url:
        everything(alarms.post(f"{url}/hook/canary-webhook-27182818284", {}))
    everything(alarms.post(CANARIES["alarm_webhook"], {}))
    failing(lambda: alarms.check_address(NO_ADDRESS), everything, RequestError)


def test_a_workspace_with_every_secret_shows_none_in_what_it_keeps_and_exports(
    settings: Settings, minilm: Encoder, tmp_path: Path, everything: Callable[[str], None]
) -> None:
    from tests.test_ingestion import note

    with (
        echoing(401) as url,
        serving() as chat,
        Workbench(settings.model_copy(update={"otel_endpoint": f"{url}/v1/traces"}), "a test") as bench,
    ):
        bench._encoders["minilm"] = minilm
        bench.adapter_store._shipped = NOTHING
        job = bench.start_ingest([note(tmp_path, "price.txt", "The lamp costs 12 euros.")], ADMIN, "1 file")
        assert bench.jobs.wait(job) and job.state == "done"
        everything(f"{job!r}")
        answer = finish(bench.ask("What does the lamp cost?", recipe("extractive"), ADMIN))
        chat.queued = [refused(401, f"bad key {CANARIES['openai_api_key']}")]
        remote = varied(recipe("default"), {"generation.model": f"openai:m@{chat.url}"})
        failing(lambda: finish(bench.ask("What does the lamp cost?", remote, ADMIN)), everything)
        broken = bench.jobs.start("a job", "ada", lambda _: alarms.check_address(NO_ADDRESS))
        assert bench.jobs.wait(broken) and broken.state == "failed"
        everything(repr(broken))
        for text in (
            bench.inspector.export(answer.trace.id, ADMIN),
            bench.inspector.report("What does the lamp cost?", [Part("extractive", answer)], ADMIN),
            bench.audit.export(ADMIN, "jsonl"),
            bench.audit.export(ADMIN, "csv"),
            repr(bench.audit.search(ADMIN)),
            llamaindex_script("remote", remote),
            repr(vars(bench)),
        ):
            everything(text)
        assert bench.spans
        bench.spans.close()
        assert bench.spans.sent.failed > 0  # the collector was asked, and refused
    for wrong in ("a passphrase that is not it", "short"):
        changed = settings.model_copy(update={"encryption_key": SecretStr(wrong)})
        failing(lambda changed=changed: Workbench(changed), everything)  # type: ignore[misc]
    other = settings.model_copy(update={"audit_key": SecretStr("another canary-audit-key-17320508075")})
    with Workbench(other, "a test") as bench:
        failing(lambda: bench.audit.note(ADMIN, "asked"), everything)


@pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")
@pytest.mark.parametrize("status", [401, 500])
def test_a_vector_server_that_refuses_or_is_away(
    settings: Settings, everything: Callable[[str], None], status: int
) -> None:
    with echoing(status) as url:
        for address in (url, "http://127.0.0.1:9"):
            with Workbench(settings.model_copy(update={"qdrant_url": address, "qdrant_timeout": 1}), "a test") as bench:
                failing(lambda bench=bench: bench.index, everything)  # type: ignore[misc]


def test_log_records_of_any_library_lose_the_secret(caplog: pytest.LogCaptureFixture) -> None:
    factory = logging.getLogRecordFactory()
    try:
        keep_from_logs([PIECES[0], "", "12"])
        log = logging.getLogger("some.library")
        with caplog.at_level(logging.DEBUG):
            log.debug("GET http://host/%s %s", PIECES[0], 12)
            log.info("in a message %s", {"key": PIECES[0]})
            log.info("%d is no number", PIECES[0])
            try:
                raise ValueError(PIECES[0])
            except ValueError:
                log.exception("it broke")
            log.info("nothing to hide, 12 times")
        assert caplog.messages == [
            "GET http://host/… 12", "in a message {'key': '…'}", "A log message did not fit its values.", "it broke",
            "nothing to hide, 12 times",
        ]  # fmt: skip
        assert PIECES[0] not in caplog.text
        assert "ValueError: …" in caplog.text
        assert without_secrets(f"a {PIECES[0]} b") == "a … b"
    finally:
        logging.setLogRecordFactory(factory)


def test_commands_that_fail_print_no_secret(tmp_path: Path) -> None:
    environment = {f"TOUCHSTONE_{name.upper()}": value for name, value in CANARIES.items()}
    environment["TOUCHSTONE_WORKSPACE"] = str(tmp_path / "w")
    with echoing(401) as url:
        for command in (("models", "list", "--url", f"{url}/v1"), ("documents",)):
            done = run(*command, **environment, TOUCHSTONE_QDRANT_URL=url)
            assert seen_in(done.stdout + done.stderr) == []
    short = run("documents", **environment | {"TOUCHSTONE_ENCRYPTION_KEY": "canary-short"})
    assert (short.returncode, "canary-short" in short.stderr) == (2, False)
    assert WrongKey.exit_code == 2
