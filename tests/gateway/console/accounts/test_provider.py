"""Against a provider on loopback: only what it has signed, for us, for this browser, now."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from gateway.config import load
from gateway.config.console import Oidc
from gateway.console.accounts.person import Unreachable
from gateway.console.accounts.provider import Asked, Proof, Provider, Unproven
from tests.builders.custody import FakeClock
from tests.builders.provider import Stub

BACK = "https://guard.bank.example/login/provider/back"
ANNA = {"sub": "17", "preferred_username": "anna", "email": "Anna@bank.example", "email_verified": True, "groups": ["mail-analysts", "staff"]}


def settings_for(tmp_path: Path, issuer: str, **more: str) -> Oidc:
    secret = tmp_path / "secret"
    secret.write_text("secret\n")
    secret.chmod(0o600)
    lines = {"issuer": f'"{issuer}"', "client_id": '"console"', "client_secret_file": f'"{secret}"',
             "groups": '{ "mail-analysts" = "analyst", "Mail-Admins" = "admin" }'} | more
    file = tmp_path / "oidc.toml"
    file.write_text("[console.oidc]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items()))
    return load(file).oidc


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def stub(clock: FakeClock) -> Iterator[Stub]:
    made = Stub(lambda: clock.now().timestamp())
    made.claims = dict(ANNA)
    yield made
    made.close()


@pytest.fixture
def provider(stub: Stub, clock: FakeClock, tmp_path: Path) -> Provider:
    return Provider(settings_for(tmp_path, stub.issuer), clock)


def went(provider: Provider, stub: Stub, **person: object) -> Proof:
    address, asked = provider.ask(BACK, False)
    return provider.prove(BACK, asked, code_of(stub.login(address, **person)))


def code_of(back: str) -> str:
    return parse_qs(urlsplit(back).query)["code"][0]


def test_somebody_is_vouched_for(provider: Provider, stub: Stub) -> None:
    proof = went(provider, stub)
    assert proof.person.name == "anna" and proof.person.identity == f"oidc {stub.issuer} 17"
    assert proof.person.roles == ("analyst",) and proof.person.mailboxes == ("anna@bank.example",) and not proof.strong and proof.asked_at == 0.0
    went(provider, stub)
    assert stub.asked.count("/keys") == 1 and stub.asked.count("/.well-known/openid-configuration") == 1, "documents are kept"


def test_what_is_asked(provider: Provider) -> None:
    address, asked = provider.ask(BACK, True)
    said = dict(parse_qsl(urlsplit(address).query))
    assert said["redirect_uri"] == BACK and said["scope"] == "openid profile email" and said["client_id"] == "console"
    assert (said["state"], said["nonce"]) == (asked.state, asked.nonce) and len(asked.verifier) >= 43 and asked.verifier not in address
    assert said["prompt"] == "login" and said["max_age"] == "0"
    assert provider.ask(BACK, False)[1] != asked and "prompt" not in provider.ask(BACK, False)[0]


@pytest.mark.parametrize(("claims", "roles", "mailboxes"), [
    ({"email_verified": False}, ("analyst",), ()), ({"email_verified": "true"}, ("analyst",), ()), ({"groups": "Mail-Admins"}, ("admin",), None),
    ({"groups": []}, (), None), ({"groups": {"a": 1}}, (), None), ({"groups": [5, None, "mail-analysts"]}, ("analyst",), None), ({"email": 5}, ("analyst",), ())])
def test_what_is_said_of_a_person(provider: Provider, stub: Stub, claims: dict, roles: tuple, mailboxes: tuple | None) -> None:
    person = went(provider, stub, **claims).person
    assert person.roles == roles and person.mailboxes == (("anna@bank.example",) if mailboxes is None else mailboxes)


def test_several_addresses(stub: Stub, clock: FakeClock, tmp_path: Path) -> None:
    provider = Provider(settings_for(tmp_path, stub.issuer, mailbox_claims='["email", "aliases"]', name_claim='"upn"'), clock)
    person = went(provider, stub, upn="a.chen", aliases=["SMTP:a.chen@bank.example", 7]).person
    assert person.name == "a.chen" and person.mailboxes == ("anna@bank.example", "a.chen@bank.example")


@pytest.mark.parametrize(("amr", "strong"), [(["pwd", "otp"], True), (["mfa"], True), (["pwd"], False), ([], False), ([5], False)])
def test_more_than_a_password(provider: Provider, stub: Stub, amr: list, strong: bool) -> None:
    """RFC 8176."""
    assert went(provider, stub, amr=amr).strong is strong


def test_groups_of_the_user_info(provider: Provider, stub: Stub) -> None:
    del stub.claims["groups"]
    stub.userinfo = {"sub": "17", "groups": ["Mail-Admins"], "preferred_username": "root"}
    person = went(provider, stub).person
    assert person.roles == ("admin",) and person.name == "anna", "what is signed counts first"
    stub.userinfo = {"sub": "18", "groups": ["Mail-Admins"]}
    with pytest.raises(Unproven):
        went(provider, stub)


@pytest.mark.parametrize("change", [
    {"iss": "https://evil.example"}, {"aud": "another"}, {"aud": ["another", "third"]}, {"exp": 0}, {"nonce": "another"}, {"sub": ""}, {"sub": 17},
    {"azp": "another"}, {"aud": ["console", "another"]}, {"iat": "x"}, {"preferred_username": None}, {"preferred_username": ["anna"]}, {"amr": "mfa"},
    {"nonce": None}])
def test_a_token_that_is_not_for_us_now(provider: Provider, stub: Stub, change: dict) -> None:
    stub.bend = lambda claims: {k: v for k, v in (claims | change).items() if v is not None}
    with pytest.raises(Unproven):
        went(provider, stub)


def part(value: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unsigned(claims: dict) -> str:
    return f"{part({'alg': 'none'})}.{part(claims)}."


@pytest.mark.parametrize("sign", [
    unsigned, lambda c: jwt.encode({"alg": "RS256", "kid": "one"}, c, RSAKey.generate_key(2048)),
    lambda c: jwt.encode({"alg": "HS256"}, c, OctKey.import_key(b"secret" * 8)), lambda c: "", lambda c: "a.b.c", lambda c: "x" * 5000])
def test_a_token_that_the_provider_has_not_signed(provider: Provider, stub: Stub, sign: object) -> None:
    stub.sign = sign  # type: ignore[assignment]
    with pytest.raises(Unproven):
        went(provider, stub)


def test_the_public_key_as_a_shared_secret(provider: Provider, stub: Stub) -> None:
    """Confusion of algorithms: a token signed with HMAC under the provider's public key."""
    def sign(claims: dict) -> str:
        said = ".".join(part(x) for x in ({"alg": "HS256", "kid": "one"}, claims))
        code = hmac.digest(stub.key.as_pem(private=False), said.encode(), "sha256")
        return f"{said}.{base64.urlsafe_b64encode(code).decode().rstrip('=')}"

    stub.sign = sign
    with pytest.raises(Unproven):
        went(provider, stub)


def test_new_keys_are_fetched(provider: Provider, stub: Stub, clock: FakeClock) -> None:
    went(provider, stub)
    stub.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    assert went(provider, stub).person.name == "anna" and stub.asked.count("/keys") == 2
    clock.forward(minutes=11)
    went(provider, stub)
    assert stub.asked.count("/keys") == 3


def test_a_code_of_another_browser(provider: Provider, stub: Stub) -> None:
    address, asked = provider.ask(BACK, False)
    code = code_of(stub.login(address))
    with pytest.raises(Unproven):
        provider.prove(BACK, Asked(asked.state, asked.nonce, "x" * 48), code)
    with pytest.raises(Unproven):
        provider.prove(BACK, asked, "nonsense")


@pytest.mark.parametrize(("path", "answer"), [
    ("/.well-known/openid-configuration", (500, {})), ("/.well-known/openid-configuration", (200, b"<html>")),
    ("/.well-known/openid-configuration", (302, {})), ("/.well-known/openid-configuration", (200, [])),
    ("/.well-known/openid-configuration", (200, {"issuer": "https://evil.example"}))])
def test_a_provider_that_talks_nonsense(provider: Provider, stub: Stub, path: str, answer: tuple) -> None:
    stub.answers[path] = answer
    with pytest.raises(Unreachable):
        provider.ask(BACK, False)


@pytest.mark.parametrize(("path", "answer"), [("/keys", (200, {"keys": []})), ("/keys", (404, {})), ("/token", (200, b"<html>")), ("/keys", (200, {"keys": [5]}))])
def test_a_provider_that_breaks_on_the_way(provider: Provider, stub: Stub, path: str, answer: tuple) -> None:
    stub.answers[path] = answer
    with pytest.raises(Unreachable):
        went(provider, stub)


def test_no_address_without_encryption(provider: Provider, stub: Stub) -> None:
    document = stub.document("/.well-known/openid-configuration", None, b"")[1]  # type: ignore[arg-type]
    stub.answers["/.well-known/openid-configuration"] = (200, document | {"authorization_endpoint": "http://id.bank.example/authorize"})
    with pytest.raises(Unreachable):
        provider.ask(BACK, False)


def test_nobody_there(clock: FakeClock, tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        Provider(settings_for(tmp_path, "http://localhost:1"), clock).ask(BACK, False)
