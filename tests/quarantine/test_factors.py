"""Second factors: set up, proven once, lost, forgotten; what replays, comes late or from elsewhere is refused."""

from __future__ import annotations

import base64
import json

import pytest
from django.test import override_settings
from django_otp.oath import TOTP

from gateway.model.custody import Actor, Role
from quarantine import factors, keys
from quarantine.factors import APP, CODE, KEY, Site, digits
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, Profile
from quarantine.service import QuarantineService
from tests.builders.authenticator import Authenticator
from tests.builders.custody import ADMIN, ROOT, FakeClock, House

SITE = Site("localhost", "http://localhost:8080")


@pytest.fixture
def anna(service: QuarantineService) -> Actor:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):     # no password is looked at here
        service.user_add(ROOT, "anna", ["analyst"], password="correct horse battery")
    return Actor("anna", frozenset({Role.ANALYST}))


def refused(call, *arguments, **more) -> str:
    with pytest.raises(Refused) as caught:
        call(*arguments, **more)
    return caught.value.code


def now_of(secret: str, clock: FakeClock, ahead: float = 0) -> str:
    totp = TOTP(base64.b32decode(secret))
    totp.time = clock.now().timestamp() + ahead
    return f"{totp.token():06}"


def with_app(service: QuarantineService, who: Actor, clock: FakeClock) -> tuple[str, list[str]]:
    secret = service.factor_offer(who, APP, None)["secret"]
    return secret, service.factor_add(who, APP, now_of(secret, clock), "", None)


def with_key(service: QuarantineService, who: Actor, key: Authenticator, name: str = "blue") -> list[str]:
    return service.factor_add(who, KEY, key.registers(service.factor_offer(who, KEY, SITE)["options"]), name, SITE)


def actions() -> list[str]:
    return list(AuditRecord.objects.filter(action__startswith="factor").order_by("id").values_list("action", flat=True))


# codes of an app

def test_an_app_is_set_up_with_its_first_code(service: QuarantineService, anna: Actor, clock: FakeClock) -> None:
    secret, codes = with_app(service, anna, clock)
    assert len(base64.b32decode(secret)) == 20 and len(set(codes)) == 10
    told = service.factors(anna)
    assert told == {"app": "2026-11-21T01:00:00+00:00", "codes": 10, "keys": []}
    assert service.user_list(ADMIN)[0]["mfa"] is True and actions() == ["factor-add"]
    stored = json.dumps(Profile.objects.get().mfa)
    assert secret not in stored and not any(code in stored for code in codes)


def test_a_code_counts_once(service: QuarantineService, anna: Actor, clock: FakeClock) -> None:
    """RFC 6238, section 5.2: also the one that set the app up, also an older one that was not used."""
    secret, _ = with_app(service, anna, clock)
    assert not service.factor_check(anna, APP, now_of(secret, clock), None)
    clock.forward(seconds=60)
    code = now_of(secret, clock)
    assert service.factor_check(anna, APP, f" {code[:3]} {code[3:]} ", None)
    assert not service.factor_check(anna, APP, code, None)
    assert not service.factor_check(anna, APP, now_of(secret, clock, -30), None)
    assert service.factor_check(anna, APP, now_of(secret, clock, 30), None), "the app's clock may be ahead"
    assert actions().count("factor-failed") == 3


@pytest.mark.parametrize("ahead", [-90, -60, 60, 90])
def test_a_clock_that_is_too_far_off(service: QuarantineService, anna: Actor, clock: FakeClock, ahead: float) -> None:
    secret, _ = with_app(service, anna, clock)
    clock.forward(minutes=10)
    assert not service.factor_check(anna, APP, now_of(secret, clock, ahead), None)


@pytest.mark.parametrize("answer", ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345", "0" * 5000])
def test_what_is_no_code(service: QuarantineService, anna: Actor, clock: FakeClock, answer: str) -> None:
    with_app(service, anna, clock)
    assert digits(answer) is None and not service.factor_check(anna, APP, answer, None)


def test_a_wrong_first_code_sets_nothing_up(service: QuarantineService, anna: Actor, clock: FakeClock) -> None:
    assert refused(service.factor_add, anna, APP, "123456", "", None) == "FACTOR-WRONG"
    secret = service.factor_offer(anna, APP, None)["secret"]
    other = service.factor_offer(anna, APP, None)["secret"]
    assert refused(service.factor_add, anna, APP, now_of(secret, clock), "", None) == "FACTOR-WRONG"
    clock.forward(minutes=11)
    assert refused(service.factor_add, anna, APP, now_of(other, clock), "", None) == "FACTOR-WRONG", "the offer is over"
    assert not service.user_list(ADMIN)[0]["mfa"] and service.factor_challenge(anna, None) == {"kinds": [], "options": ""}


# security keys

def test_a_security_key(service: QuarantineService, anna: Actor, clock: FakeClock) -> None:
    key = Authenticator()
    assert len(with_key(service, anna, key, " blue\n\u202ekey ")) == 10
    one, = service.factors(anna)["keys"]
    assert one["name"] == "blue key" and one["used"] == ""
    challenge = service.factor_challenge(anna, SITE)
    assert challenge["kinds"] == [KEY, CODE] and json.loads(challenge["options"])["allowCredentials"][0]["id"] == one["id"]
    answer = key.signs(challenge["options"])
    assert service.factor_check(anna, KEY, answer, SITE)
    assert not service.factor_check(anna, KEY, answer, SITE), "a challenge is answered once"
    assert service.factors(anna)["keys"][0]["used"] == "2026-11-21T01:00:00+00:00"


@pytest.mark.parametrize(("make", "changes"), [
    ({"origin": "http://localhost.evil.example"}, {}), ({"host": "evil.example"}, {}),
    ({}, {"challenge": "AAAA"}), ({}, {"type": "webauthn.create"}), ({}, {"origin": "https://localhost:8080"})])
def test_an_answer_from_elsewhere(service: QuarantineService, anna: Actor, make: dict, changes: dict) -> None:
    key = Authenticator()
    with_key(service, anna, key)
    for name, value in make.items():
        setattr(key, name, value)
    assert not service.factor_check(anna, KEY, key.signs(service.factor_challenge(anna, SITE)["options"], **changes), SITE)


def test_another_key_a_copy_and_a_late_answer(service: QuarantineService, anna: Actor, clock: FakeClock) -> None:
    key = Authenticator(count=5)
    with_key(service, anna, key)
    options = service.factor_challenge(anna, SITE)["options"]
    assert not service.factor_check(anna, KEY, Authenticator(id=key.id).signs(options), SITE), "another private key"
    assert not service.factor_check(anna, KEY, Authenticator().signs(service.factor_challenge(anna, SITE)["options"]), SITE)
    assert service.factor_check(anna, KEY, key.signs(service.factor_challenge(anna, SITE)["options"]), SITE)
    key.count = 3
    assert not service.factor_check(anna, KEY, key.signs(service.factor_challenge(anna, SITE)["options"]), SITE), "a copy counts behind"
    key.count = 9
    answer = key.signs(service.factor_challenge(anna, SITE)["options"])
    clock.forward(minutes=11)
    assert not service.factor_check(anna, KEY, answer, SITE)
    assert not service.factor_check(anna, KEY, key.signs(service.factor_offer(anna, KEY, SITE)["options"]), SITE), "asked for something else"


@pytest.mark.parametrize("answer", [
    "", "{}", "[]", "null", "5", "x", '{"id": 5}', '{"id": "x", "rawId": "x", "response": {}}', "{" * 20000, '{"id": {"a": []}}'])
def test_what_is_no_answer(service: QuarantineService, anna: Actor, answer: str) -> None:
    with_key(service, anna, Authenticator())
    service.factor_challenge(anna, SITE)
    assert not service.factor_check(anna, KEY, answer, SITE)
    service.factor_offer(anna, KEY, SITE)
    assert refused(service.factor_add, anna, KEY, answer, "", SITE) == "FACTOR-WRONG"


def test_damaged_answers_are_only_wrong(service: QuarantineService, anna: Actor) -> None:
    """Every member of a right answer, cut and exchanged: never an error of ours."""
    key = Authenticator()
    with_key(service, anna, key)
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        for damage in ("", "AA", "!!", 5, None, {}, "A" * 3000):
            answer = json.loads(key.signs(service.factor_challenge(anna, SITE)["options"]))
            answer["response"][part] = damage
            assert not service.factor_check(anna, KEY, json.dumps(answer), SITE), (part, damage)
    for part in ("clientDataJSON", "attestationObject"):
        for damage in ("", "AA", "!!", 5, None, {}, "oWNmbXRkbm9uZQ", "gA", "A" * 3000):
            answer = json.loads(Authenticator().registers(service.factor_offer(anna, KEY, SITE)["options"]))
            answer["response"][part] = damage
            assert refused(service.factor_add, anna, KEY, json.dumps(answer), "", SITE) == "FACTOR-WRONG", (part, damage)


def test_the_same_key_twice_and_too_many(service: QuarantineService, anna: Actor) -> None:
    key = Authenticator()
    with_key(service, anna, key)
    answer = key.registers(service.factor_offer(anna, KEY, SITE)["options"])
    assert refused(service.factor_add, anna, KEY, answer, "", SITE) == "FACTOR-WRONG"
    for _ in range(9):
        assert with_key(service, anna, Authenticator()) == []
    assert refused(service.factor_offer, anna, KEY, SITE) == "FACTORS-FULL"


def test_without_a_site_there_are_no_keys(service: QuarantineService, anna: Actor) -> None:
    with_key(service, anna, Authenticator())
    assert service.factor_challenge(anna, None) == {"kinds": [CODE], "options": ""}
    assert refused(service.factor_offer, anna, KEY, None) == "BAD-REQUEST"
    assert refused(service.factor_offer, anna, "sms", SITE) == "BAD-REQUEST"
    assert not service.factor_check(anna, KEY, "{}", None) and not service.factor_check(anna, "sms", "1", SITE)


# recovery codes and lost factors

def test_a_recovery_code_counts_once(service: QuarantineService, anna: Actor, clock: FakeClock) -> None:
    _, codes = with_app(service, anna, clock)
    assert service.factor_check(anna, CODE, f" {codes[3].upper().replace('-', ' ')} ", None)
    assert not service.factor_check(anna, CODE, codes[3], None) and not service.factor_check(anna, CODE, "", None)
    assert service.factors(anna)["codes"] == 9 and "factor-code" in actions()
    fresh = service.factor_codes(anna)
    assert not service.factor_check(anna, CODE, codes[4], None) and service.factor_check(anna, CODE, fresh[4], None)


def test_a_code_of_another_account(service: QuarantineService, anna: Actor, clock: FakeClock) -> None:
    _, codes = with_app(service, anna, clock)
    service.user_add(ROOT, "ben", ["analyst"])
    ben = Actor("ben", frozenset({Role.ANALYST}))
    assert not service.factor_check(ben, CODE, codes[0], None)
    assert refused(service.factor_codes, ben) == "NO-FACTOR"


def test_with_the_last_factor_the_codes_go(service: QuarantineService, anna: Actor, clock: FakeClock) -> None:
    _, codes = with_app(service, anna, clock)
    key = Authenticator()
    assert with_key(service, anna, key) == [], "codes come with the first factor only"
    service.factor_remove(anna, APP)
    assert service.factors(anna)["codes"] == 10
    assert refused(service.factor_remove, anna, APP) == "NO-FACTOR" == refused(service.factor_remove, anna, "nothing")
    service.factor_remove(anna, service.factors(anna)["keys"][0]["id"])
    assert service.factors(anna) == {"app": "", "codes": 0, "keys": []}
    assert not service.factor_check(anna, CODE, codes[0], None)


def test_an_administrator_forgets_them(service: QuarantineService, anna: Actor, clock: FakeClock) -> None:
    secret, codes = with_app(service, anna, clock)
    service.user_reset_mfa(ADMIN, "anna")
    clock.forward(minutes=1)
    assert not service.factor_check(anna, APP, now_of(secret, clock), None) and not service.factor_check(anna, CODE, codes[0], None)
    assert AuditRecord.objects.filter(action="user-reset-mfa", actor="admin").count() == 1


def test_the_systems_user_has_none(service: QuarantineService) -> None:
    assert refused(service.factors, ROOT) == "FORBIDDEN"
    assert refused(service.factors, Actor("nobody", frozenset())) == "NO-ACCOUNT"


# the master key

def test_a_rotation_takes_them_along(house: House, anna: Actor) -> None:
    service, clock = house.service, house.clock
    secret, _ = with_app(service, anna, clock)
    service.factor_offer(anna, APP, None)
    old = service.ring.current.id
    assert old in service.keys_in_use()
    service.replace_ring(keys.add_key(house.key_file, clock.now()))
    assert service.rewrap() == 1 and service.rewrap() == 0
    assert factors.keys_in_use() == {service.ring.current.id}
    clock.forward(minutes=1)
    assert service.factor_check(anna, APP, now_of(secret, clock), None)
