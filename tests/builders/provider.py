"""An OpenID Connect provider on loopback: what a browser would do there is done by `login`, and its answers can be bent."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey


@cache
def first_key() -> RSAKey:
    """One for all tests: making it takes a third of a second."""
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


class Stub:
    """`claims` are what it says of its person; `bend` may change the token before it is signed, `answers` whole documents."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now, self.claims = now, dict[str, Any]()
        self.key = first_key()
        self.codes: dict[str, dict[str, str]] = {}
        self.bend: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
        self.sign: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)
        self.answers: dict[str, tuple[int, Any]] = {}
        self.userinfo: dict[str, Any] = {}
        self.asked: list[str] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stub.answer(self, b"")

            def do_POST(self) -> None:
                stub.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://localhost:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def login(self, address: str, **person: Any) -> str:
        """What the person's browser brings back: path and query."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256" and address.startswith(f"{self.issuer}/authorize?")
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked | {"person": json.dumps(self.claims | person)}
        return f"{urlsplit(asked['redirect_uri']).path}?{urlencode({'code': code, 'state': asked['state']})}"

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        path = urlsplit(handler.path).path
        self.asked.append(path)
        status, found = self.answers.get(path) or self.document(path, handler, body)
        data = found if isinstance(found, bytes) else json.dumps(found).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def document(self, path: str, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any]:
        if path == "/.well-known/openid-configuration":
            return 200, {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", "jwks_uri": f"{self.issuer}/keys",
                         "token_endpoint": f"{self.issuer}/token", "userinfo_endpoint": f"{self.issuer}/me"}
        if path == "/keys":
            return 200, KeySet([self.key]).as_dict(private=False)
        if path == "/me":
            return 200, self.userinfo
        return self.token({name: values[0] for name, values in parse_qs(body.decode()).items()}, handler)

    def token(self, given: dict[str, str], handler: BaseHTTPRequestHandler) -> tuple[int, Any]:
        asked = self.codes.pop(given.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        basic = base64.b64encode(b"console:secret").decode()
        if asked is None or asked["code_challenge"] != challenge or handler.headers.get("Authorization") != f"Basic {basic}":
            return 400, {"error": "invalid_grant"}
        now = int(self.now())
        claims = {"iss": self.issuer, "aud": "console", "exp": now + 300, "iat": now, "nonce": asked["nonce"], **json.loads(asked["person"])}
        return 200, {"access_token": "t", "token_type": "Bearer", "id_token": self.sign(self.bend(claims))}
