"""Secrets are made here from a seed, so that no file of the project holds what looks like one."""

import base64
import random
import string
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.guardrails.secrets import entropy, secrets

WORD, HEX, UPPER = string.ascii_letters + string.digits, "0123456789abcdef", string.ascii_uppercase + "234567"


def draw(signs: str, count: int, seed: int) -> str:
    return "".join(random.Random(seed).choices(signs, k=count))


def jwt(seed: int) -> str:
    part = [
        base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        for text in ('{"alg":"HS256","typ":"JWT"}', f'{{"sub":"{seed}"}}')
    ]
    return f"{part[0]}.{part[1]}.{draw(WORD, 43, seed)}"


def block(seed: int, what: str = "RSA PRIVATE KEY") -> str:
    return f"-----BEGIN {what}-----\n{draw(WORD, 64, seed)}\n{draw(WORD, 40, seed)}\n-----END {what}-----"


ISSUED: list[tuple[str, Callable[[int], str]]] = [
    ("AWS key", lambda n: "AKIA" + draw(UPPER, 16, n)),
    ("Google key", lambda n: "AIza" + draw(WORD, 35, n)),
    ("GitHub token", lambda n: "ghp_" + draw(WORD, 36, n)),
    ("GitHub token", lambda n: f"github_pat_{draw(WORD, 22, n)}_{draw(WORD, 59, n)}"),
    ("GitLab token", lambda n: "glpat-" + draw(WORD, 20, n)),
    ("Slack token", lambda n: f"xoxb-{draw('123456789', 12, n)}-{draw('123456789', 12, n)}-{draw(WORD, 24, n)}"),
    ("Slack webhook", lambda n: f"https://hooks.slack.com/services/T{draw(UPPER, 8, n)}/B{draw(UPPER, 8, n)}/{draw(WORD, 24, n)}"),
    ("Stripe key", lambda n: "sk_live_" + draw(WORD, 24, n)),
    ("OpenAI key", lambda n: "sk-" + draw(WORD, 48, n)),
    ("OpenAI key", lambda n: "sk-proj-" + draw(WORD + "_-", 100, n).strip("-_") + "A1"),
    ("Anthropic key", lambda n: "sk-ant-api03-" + draw(WORD, 90, n)),
    ("Hugging Face token", lambda n: "hf_" + draw(string.ascii_letters, 34, n)),
    ("package index token", lambda n: "pypi-AgE" + draw(WORD, 100, n)),
    ("package index token", lambda n: "npm_" + draw(WORD, 36, n)),
    ("SendGrid key", lambda n: f"SG.{draw(WORD, 22, n)}.{draw(WORD, 43, n)}"),
    ("Twilio key", lambda n: "SK" + draw(HEX, 32, n)),
    ("Shopify token", lambda n: "shpat_" + draw(HEX, 32, n)),
    ("Telegram token", lambda n: f"{draw('123456789', 9, n)}:AA{draw(WORD, 33, n)}"),
    ("Vault token", lambda n: "hvs." + draw(WORD, 90, n)),
    ("JWT", jwt),
    ("private key", block),
    ("private key", lambda n: block(n, "OPENSSH PRIVATE KEY")),
    ("private key", lambda n: block(n, "PGP PRIVATE KEY BLOCK")),
]  # fmt: skip


def told(text: str) -> list[tuple[str, str]]:
    return [(each.kind, text[each.start : each.end]) for each in secrets(text)]


@pytest.mark.parametrize("place", ["{}", "key: {}", 'KEY="{}",', "Use `{}` for it.", "see ({})\nnext", "a,{},b"])
@pytest.mark.parametrize(("kind", "made"), ISSUED, ids=[f"{number}-{kind}" for number, (kind, _) in enumerate(ISSUED)])
def test_what_an_issuer_marks_is_found_in_any_place(kind: str, made: Callable[[int], str], place: str) -> None:
    for seed in range(5):
        secret = made(seed)
        assert told(place.format(secret)) == [(kind, secret)]


@pytest.mark.parametrize(
    ("text", "kind", "secret"),
    [
        ("postgresql://app:s3cr3t-Pw@db.quill.example:5432/main", "password", "s3cr3t-Pw"),
        ("redis://:hunter2hunter@10.0.0.4/0", "password", "hunter2hunter"),
        ("DB_PASSWORD=Winter2031!", "password", "Winter2031!"),
        ('password: "correct horse battery"', "password", "correct horse battery"),
        ("passwd = 'kettle'", "password", "kettle"),
        ("The Wi-Fi password is Fettle-77.", "password", "Fettle-77"),
        ("Das Passwort lautet: Mahlwerk_9", "password", "Mahlwerk_9"),
        ('{"db": {"pwd":"q8#Lm"}}', "password", "q8#Lm"),
    ],
)
def test_passwords_are_found_without_the_words_around_them(text: str, kind: str, secret: str) -> None:
    assert told(text) == [(kind, secret)]


@pytest.mark.parametrize(
    "name",
    [
        "api_key",
        "SECRET_KEY",
        "access-token",
        "client_secret",
        "auth token",
        "AWS_SECRET_ACCESS_KEY",
        "x.session_token",
    ],
)
@pytest.mark.parametrize("sign", ["=", ": ", " = '", '": "', " := "])
def test_random_text_that_is_assigned_to_such_a_name_is_found(name: str, sign: str) -> None:
    for seed in range(4):
        value = draw(WORD + "+/", 40, seed)
        assert told(f"{name}{sign}{value}\n") == [("assigned key", value)]


@pytest.mark.parametrize(
    "text",
    [
        "with the key {id} and the secret {secret}.",
        "{id}:{secret}",
        "Access key {id} | {secret} | eu-west-1",
        "The secret is {secret}",
        "Secret access key\n{secret}",
        "credentials ({secret})",
    ],
)
def test_the_secret_half_of_an_aws_key_is_found_by_what_stands_before_it(text: str) -> None:
    for seed in range(20):
        secret = draw(WORD + "+/", 40, seed)
        if secret.count("/") < 5:
            filled = text.format(id=ISSUED[0][1](seed), secret=secret)
            assert secret in {value for _, value in told(filled)}, filled


def test_the_textbook_pair_of_aws_is_covered_whole() -> None:
    name, value = "AKIAIOSFODNN7" + "EXAMPLE", "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"
    assert told(f"Log in with the key {name} and the secret {value}.") == [("AWS key", name), ("AWS secret key", value)]


def test_a_header_of_authorization_is_found() -> None:
    value = base64.b64encode(b"ada:winter-2031").decode()
    assert told(f"Authorization: Basic {value}") == [("authorization", value)]


LOOK_ALIKES = [
    "id 3f2b8c1e-9a4d-4e7f-8b6a-1c2d3e4f5a6b, token: 3f2b8c1e-9a4d-4e7f-8b6a-1c2d3e4f5a6b",
    f"commit {draw(HEX, 40, 1)} and sha256:{draw(HEX, 64, 2)}",
    f'<img src="data:image/png;base64,{draw(WORD + "+/", 400, 3)}">',
    "sentence-transformers/all-MiniLM-L6-v2, gpt-4o-2031-08-06, claude-sonnet-9-20310514, sk-learn, sk-SK",
    "password: ********, password=<your password>, PASSWORD=${DB_PASSWORD}, password: {{ vault }}, pwd = os.environ['PWD']",
    "The password is changed every ninety days. Your password must be long; a password is required.",
    "Password: at least 12 signs. Passwords are never written down, passphrase: words",
    "token = tokenizer.encode(text, add_special_tokens=False)",
    "secret_key = settings.secret_key; api_key=YOUR_API_KEY_GOES_HERE; api_key: your-api-key-here-1234567",
    "https://quill.example:8080/a@b and ssh://git@quill.example/x.git",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
    "AKIA is the prefix; ghp_ and xoxb- are prefixes; eyJ begins a token; SK1234",
    "The key: the_quick_brown_fox_jumps_over, token: next_token_prediction_loss",
    "primary key = customer_number_2031, access key: /usr/local/share/keys/public/ring.gpg",
    f"The build {draw(WORD + '+/', 40, 5)} has no such word before it, and is an id.",
    f"secret: commit {draw(HEX, 40, 1)}, secret path /usr/Local/share/keys/Public/ring/Number9x, "
    "the secret AReallyLongNameOfAClassInTheProgramme2031 is none",
    "hf_hub_download(repo_id=name), npm_config_registry, hvs.example, glpat-example",
]  # fmt: skip


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_what_only_looks_like_a_secret_is_left_alone(text: str) -> None:
    assert told(text) == []


@given(st.lists(st.sampled_from(["password=", "ab1!", ISSUED[0][1](1), "://u:pw99@h", "token: ", draw(WORD, 30, 9), "-----BEGIN PRIVATE KEY-----", "\n", " "]), max_size=25))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_findings_lie_in_the_text_in_order_and_apart(parts: list[str]) -> None:
    text = "".join(parts)
    found = secrets(text)
    assert all(0 <= each.start < each.end <= len(text) and each.detector == "secret" for each in found)
    assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False))


@given(st.text(st.characters(codec="utf-8"), max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_can_be_looked_at(text: str) -> None:
    assert all(text[each.start : each.end] for each in secrets(text))


def test_a_long_text_without_spaces_takes_no_time() -> None:
    assert secrets("password" + "a" * 200_000 + "-" * 1000 + "x=" * 5000) == ()


def test_entropy_is_in_bits_a_sign() -> None:
    assert entropy("aaaa") == 0
    assert entropy("abab") == 1
    assert entropy("0123456789abcdef") == 4
