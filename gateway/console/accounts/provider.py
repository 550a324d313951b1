"""One OpenID Connect provider: code flow (OpenID Connect Core 1.0, section 3.1) with state, nonce and PKCE (RFC 7636).

Authlib and joserfc speak the protocol. Only addresses of the configured provider's own discovery document are asked, none is
followed elsewhere, and an unsigned or symmetrically signed ID token is never taken.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from gateway.config.console import Oidc
from gateway.console.accounts.person import OIDC, Person, Unreachable, mailboxes_of, roles_of
from gateway.model.deadline import Clock

KEPT = 600.0                             # seconds that discovery document and keys are kept
LEEWAY = 60                              # seconds that clocks may differ
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
SEVERAL = frozenset({"mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "pop"})     # of RFC 8176: more than a password
MISSING = 'log-in by a provider needs the extra "oidc": pip install "sekisho[oidc]"'


class Unproven(Exception):
    """The provider's answer does not prove who this is."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody whom the provider vouches for."""

    person: Person
    strong: bool                         # it asked for more than a password
    asked_at: float                      # seconds since 1970 at which it asked; 0.0 where it does not say


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser brings back with the provider's answer: kept in a signed cookie of ours until then."""

    state: str
    nonce: str
    verifier: str


class Provider:
    """For the life of the process; its documents are fetched when they are first needed. Raises Unreachable, Unproven."""

    def __init__(self, settings: Oidc, clock: Clock) -> None:
        self.settings, self.clock = settings, clock
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def ask(self, back: str, again: bool) -> tuple[str, Asked]:
        """Where to send the browser. `again`: the provider shall ask who this is, whatever it remembers."""
        asked = Asked(*(secrets.token_urlsafe(36) for _ in range(3)))
        more = {"prompt": "login", "max_age": "0"} if again else {}
        address, _ = self._client(back).create_authorization_url(
            self._endpoint("authorization_endpoint"), state=asked.state, nonce=asked.nonce, code_verifier=asked.verifier, **more)
        return address, asked

    def prove(self, back: str, asked: Asked, code: str) -> Proof:
        """Who this is, by the code that the browser brought."""
        with self._client(back) as client:
            token = self._token(client, asked, code)
            claims = dict(self._claims(str(token.get("id_token") or ""), asked))
            if self.settings.groups_claim not in claims and "userinfo_endpoint" in self._document():
                bearer = {"Authorization": f"Bearer {token.get('access_token')}"}
                more = self._get(client, self._endpoint("userinfo_endpoint"), bearer)
                if more.get("sub") != claims["sub"]:
                    raise Unproven("the user info is of another person")
                claims = more | claims
        return self._proof(claims)

    def _proof(self, claims: Mapping[str, Any]) -> Proof:
        given = self.settings
        name, groups = claims.get(given.name_claim), claims.get(given.groups_claim, [])
        if not isinstance(name, str) or not name:
            raise Unproven(f"there is no claim {given.name_claim}")
        groups = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
        found = [value for claim in given.mailbox_claims if claim != "email" or claims.get("email_verified") is True
                 for value in (claims.get(claim) if isinstance(claims.get(claim), list) else [claims.get(claim)])]
        roles = roles_of((group for group in groups if isinstance(group, str)), given.groups)
        mailboxes = mailboxes_of(value for value in found if isinstance(value, str))
        person = Person(name, f"{OIDC}{given.issuer} {claims['sub']}", roles, mailboxes)
        methods, at = claims.get("amr"), claims.get("auth_time")
        return Proof(person, bool(isinstance(methods, list) and SEVERAL.intersection(m for m in methods if isinstance(m, str))),
                     float(at) if isinstance(at, int | float) and not isinstance(at, bool) else 0.0)

    # inside

    def _client(self, back: str) -> Any:
        try:
            from authlib.integrations.requests_client import OAuth2Session
        except ImportError as error:
            raise Unreachable(MISSING) from error
        given = self.settings
        file = given.client_secret_file
        secret = file.read_text(encoding="utf-8").strip() if file is not None else None
        method = "client_secret_basic" if secret else "none"
        return OAuth2Session(given.client_id, secret, scope=" ".join(given.scopes), redirect_uri=back, code_challenge_method="S256",
                             token_endpoint_auth_method=method)

    def _token(self, client: Any, asked: Asked, code: str) -> dict[str, Any]:
        import requests
        from authlib.common.errors import AuthlibBaseError

        try:
            return dict(client.fetch_token(self._endpoint("token_endpoint"), grant_type="authorization_code", code=code,
                                           code_verifier=asked.verifier, timeout=self.settings.timeout, allow_redirects=False))
        except AuthlibBaseError as error:
            raise Unproven(f"the provider refuses the code: {error.error}") from error
        except (requests.RequestException, ValueError) as error:
            raise Unreachable(f"token: {type(error).__name__}") from error

    def _claims(self, token: str, asked: Asked) -> Mapping[str, Any]:
        from authlib.common.errors import AuthlibBaseError
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError

        given, last = self.settings, ""
        for fresh in (False, True):              # a key that is not known may be a new one
            try:
                decoded = jwt.decode(token, self._keys(fresh), algorithms=list(SIGNATURES))
                claims = CodeIDToken(decoded.claims, decoded.header, {"iss": {"values": [given.issuer, f"{given.issuer}/"]},
                                                                      "aud": {"values": [given.client_id]}},
                                     {"nonce": asked.nonce, "client_id": given.client_id})
                claims.validate(int(self.clock.now().timestamp()), LEEWAY)
                if not isinstance(claims.get("sub"), str) or not claims["sub"]:
                    raise Unproven("the ID token has no subject")
                return dict(claims)
            except (JoseError, AuthlibBaseError, ValueError, KeyError, TypeError) as error:
                last = type(error).__name__
        raise Unproven(f"the ID token is not right: {last}")

    def _keys(self, fresh: bool) -> Any:
        from joserfc.jwk import KeySet

        found = self._fetched("keys", self._endpoint("jwks_uri"), fresh)
        usable = [key for key in found.get("keys", []) if isinstance(key, dict) and key.get("kty") != "oct"
                  and key.get("use", "sig") == "sig"]
        if not usable:
            raise Unreachable("the provider has no keys")
        return KeySet.import_key_set({"keys": usable})

    def _document(self) -> dict[str, Any]:
        issuer = self.settings.issuer
        found = self._fetched("document", f"{issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != issuer:
            raise Unreachable("the discovery document is another issuer's")
        return found

    def _endpoint(self, name: str) -> str:
        address = str(self._document().get(name, ""))
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")):
            raise Unreachable(f"{name} is no secure address")
        return address

    def _fetched(self, name: str, address: str, fresh: bool = False) -> dict[str, Any]:
        with self._lock:
            at, found = self._kept.get(name, (0.0, {}))
            if found and not fresh and self.clock.monotonic() - at < KEPT:
                return found
        with self._client("") as client:
            found = self._get(client, address, {})
        with self._lock:
            self._kept[name] = (self.clock.monotonic(), found)
        return found

    def _get(self, client: Any, address: str, headers: dict[str, str]) -> dict[str, Any]:
        import requests

        try:
            answer = client.get(address, headers=headers, timeout=self.settings.timeout, allow_redirects=False, withhold_token=True)
            found = answer.json() if answer.status_code == 200 else None
        except (requests.RequestException, ValueError) as error:
            raise Unreachable(f"{urlsplit(address).hostname}: {type(error).__name__}") from error
        if not isinstance(found, dict):
            raise Unreachable(f"{urlsplit(address).hostname}: status {answer.status_code}")
        return found
