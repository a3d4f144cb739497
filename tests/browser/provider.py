"""A provider of OpenID Connect on a free port of this machine, with invented people; it checks no password."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

CLIENT, SECRET = "touchstone", "a secret of the test"
PEOPLE: dict[str, dict[str, Any]] = {
    "ada": {"sub": "4711", "name": "Ada Byron", "groups": ["harbour-builders"]},
    "other-ada": {"sub": "4712", "name": "Ada Byron", "groups": ["harbour-readers"]},
    "stranger": {"sub": "4713", "name": "administrator", "groups": ["administrator", "administrators"]},
}


class Provider:
    """Keys, codes that wait to be exchanged, and where it listens."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.codes: dict[str, dict[str, Any]] = {}
        self.url = ""

    def token(self, claims: dict[str, Any]) -> str:
        """The claims as a JSON Web Token, signed by RS256."""
        parts = [_coded(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT", "kid": "1"}, claims)]
        signed = self.key.sign(".".join(parts).encode(), padding.PKCS1v15(), SHA256())
        return ".".join([*parts, _coded(signed)])

    def keys(self) -> dict[str, Any]:
        """The public key as a set of JSON Web Keys."""
        numbers = self.key.public_key().public_numbers()
        n, e = (_coded(value.to_bytes((value.bit_length() + 7) // 8)) for value in (numbers.n, numbers.e))
        return {"keys": [{"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "n": n, "e": e}]}

    def metadata(self) -> dict[str, Any]:
        """What the discovery document says."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        at = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(at.query).items()}
        if at.path == "/.well-known/openid-configuration":
            self._json(self.provider.metadata())
        elif at.path == "/keys":
            self._json(self.provider.keys())
        elif at.path == "/authorize" and "person" not in asked:
            links = (f'<p><a id="{name}" href="{escape(self.path)}&person={name}">{name}</a></p>' for name in PEOPLE)
            self._send(200, "".join(links).encode(), "text/html")
        elif at.path == "/authorize" and asked["client_id"] == CLIENT:
            code = secrets.token_urlsafe()
            self.provider.codes[code] = asked
            self.send_response(302)
            self.send_header(
                "Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            )
            self.end_headers()
        else:
            self._send(404, b"", "text/plain")

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        held = self.provider.codes.pop(form["code"][0], None)
        login = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if held is None or not self._proves(held, form) or self.headers["Authorization"] != f"Basic {login}":
            self._json({"error": "invalid_grant"}, 400)
            return
        now = int(time.time())
        claims = {"iss": self.provider.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": held.get("nonce", "")}
        token = self.provider.token({**claims, **PEOPLE[held["person"]]})
        self._json({"access_token": "none", "token_type": "Bearer", "expires_in": 300, "id_token": token})

    @staticmethod
    def _proves(held: dict[str, Any], form: dict[str, list[str]]) -> bool:
        """Whether who exchanges the code is who asked for it, where that one used a challenge."""
        challenge, verifier = held.get("code_challenge"), form.get("code_verifier", [""])[0]
        return challenge is None or challenge == _coded(hashlib.sha256(verifier.encode()).digest())

    def _json(self, content: object, status: int = 200) -> None:
        self._send(status, json.dumps(content).encode(), "application/json")

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider for the length of a block."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"provider": provider}))
    provider.url = f"http://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
