"""Second factors of accounts: codes of an authenticator app (TOTP, RFC 6238), security keys and passkeys (WebAuthn level 2),
and recovery codes that count once.

The console asks, custody keeps and judges: a secret of an app is wrapped under the master key, of a security key only the
public half is kept, of recovery codes only digests. A code of an app counts once, a challenge is answered once, and a security
key whose counter goes backwards is a copy (WebAuthn, section 7.2, step 22). The cryptography is django-otp's and py_webauthn's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from django_otp.oath import TOTP

from gateway.model.custody import Actor
from quarantine.access import FORBIDDEN
from quarantine.custodian import Custodian, stamp
from quarantine.keys import KeyRing, wrapped_under
from quarantine.lifecycle import Refusal, Refused
from quarantine.models import Profile

APP, KEY, CODE = "app", "key", "code"
SECRET = 20                              # octets of an app's secret (RFC 4226, section 4, R6: 160 bits)
STEPS = 1                                # of 30 s, by which an app's clock may be off (RFC 6238, section 5.2)
CODES = 10
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
PATIENCE = timedelta(minutes=10)         # for an answer to an offer or a challenge
MOST_KEYS = 10
LONGEST_ANSWER = 16 << 10                # characters
LONGEST_NAME = 60

NO_ACCOUNT = Refusal("NO-ACCOUNT", "there is no such account, or it is disabled")
NOT_RIGHT = Refusal("FACTOR-WRONG", "the code or the answer of the security key is not right, or it is too late for it")
NO_FACTOR = Refusal("NO-FACTOR", "the account has no such second factor")
TOO_MANY = Refusal("FACTORS-FULL", f"an account has at most {MOST_KEYS} security keys")
NO_KIND = Refusal("BAD-REQUEST", "there is no second factor of this kind")
# What an answer that is none makes of itself, beside the library's own exception.
BROKEN = (ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class Site:
    """Where a security key is used: the host it is bound to and the origin that the browser tells it."""

    host: str
    origin: str


def held_by(profile: Profile) -> bool:
    """True where the account has a second factor."""
    return bool(profile.mfa.get(APP) or profile.mfa.get("keys"))


class Factors(Custodian):

    def profile(self, name: str) -> Profile:
        """Locked where a transaction is open on PostgreSQL; on SQLite they exclude one another."""
        profile = Profile.objects.select_for_update().select_related("user").filter(user__username=name).first()
        if profile is None:
            raise Refused(NO_ACCOUNT)
        return profile

    def _own_profile(self, actor: Actor) -> Profile:
        if actor.system:
            raise Refused(FORBIDDEN)     # the operating system's user has no account
        return self.profile(actor.name)

    def _save_factors(self, profile: Profile, **changes: Any) -> None:
        """Changed members of `mfa`; None takes one out."""
        profile.mfa = {k: v for k, v in (profile.mfa | changes).items() if v is not None}
        Profile.objects.filter(pk=profile.pk).update(mfa=profile.mfa)

    # one's own, at leisure

    def factors(self, actor: Actor) -> dict[str, Any]:
        """What the account has: when the app was added, the security keys, how many recovery codes are left."""
        with self.transaction():
            mfa = self._own_profile(actor).mfa
        return {"app": mfa.get(APP, {}).get("added", ""), "codes": len(mfa.get("codes", ())),
                "keys": [{name: key[name] for name in ("id", "name", "added", "used")} for key in mfa.get("keys", ())]}

    def factor_offer(self, actor: Actor, kind: str, site: Site | None) -> dict[str, Any]:
        """What a new factor needs to be set up: the secret for an app, or the options for the browser's security key."""
        with self.transaction():
            profile = self._own_profile(actor)
            if kind == APP:
                seed = secrets.token_bytes(32)
                wrapped = self.ring.wrap(seed, _context(profile))
                self._save_factors(profile, offer={"wrapped": base64.b64encode(wrapped).decode(), "at": stamp(self.now())})
                return {"secret": base64.b32encode(seed[:SECRET]).decode()}
            if kind != KEY or site is None:
                raise Refused(NO_KIND)
            if len(profile.mfa.get("keys", ())) >= MOST_KEYS:
                raise Refused(TOO_MANY)
            keys, structs = _webauthn(), _webauthn().helpers.structs
            options = keys.generate_registration_options(
                rp_id=site.host, rp_name="sekisho", user_name=actor.name, user_id=f"sekisho {profile.pk}".encode(),
                authenticator_selection=structs.AuthenticatorSelectionCriteria(
                    resident_key=structs.ResidentKeyRequirement.DISCOURAGED,
                    user_verification=structs.UserVerificationRequirement.PREFERRED),
                exclude_credentials=_descriptors(profile))
            self._ask_key(profile, options.challenge, "add")
            return {"options": keys.options_to_json(options)}

    def factor_add(self, actor: Actor, kind: str, answer: str, name: str, site: Site | None) -> list[str]:
        """Take a factor whose first answer is right; with the account's first one its recovery codes, told this once."""
        with self.transaction():
            profile = self._own_profile(actor)
            first = not held_by(profile)
            if kind == APP:
                self._add_app(profile, answer)
            elif kind == KEY and site is not None:
                self._add_key(profile, answer, name, site)
            else:
                raise Refused(NO_KIND)
            self.record(actor, "factor-add", "", kind=kind, name=_label(name) if kind == KEY else "")
            return self._new_codes(profile) if first else []

    def factor_remove(self, actor: Actor, which: str) -> None:
        """`app`, or the id of a security key. With the last one the recovery codes go too."""
        with self.transaction():
            profile = self._own_profile(actor)
            keys = [key for key in profile.mfa.get("keys", ()) if key["id"] != which]
            if which == APP and APP in profile.mfa:
                self._save_factors(profile, **{APP: None})
            elif len(keys) < len(profile.mfa.get("keys", ())):
                self._save_factors(profile, keys=keys)
            else:
                raise Refused(NO_FACTOR)
            if not held_by(profile):
                self._save_factors(profile, codes=None)
            self.record(actor, "factor-remove", "", kind=APP if which == APP else KEY)

    def factor_codes(self, actor: Actor) -> list[str]:
        """Fresh recovery codes; the earlier ones count no more."""
        with self.transaction():
            profile = self._own_profile(actor)
            if not held_by(profile):
                raise Refused(NO_FACTOR)
            self.record(actor, "factor-codes")
            return self._new_codes(profile)

    # at a log-in, or before a decision

    def factor_challenge(self, actor: Actor, site: Site | None) -> dict[str, Any]:
        """What the account can answer with, and the options for the browser where it has a security key for this site."""
        with self.transaction():
            profile = self._own_profile(actor)
            kinds = [APP] if APP in profile.mfa else []
            options = ""
            if site is not None and profile.mfa.get("keys"):
                kinds.append(KEY)
                made = _webauthn().generate_authentication_options(rp_id=site.host, allow_credentials=_descriptors(profile))
                self._ask_key(profile, made.challenge, "check")
                options = _webauthn().options_to_json(made)
            return {"kinds": kinds + ([CODE] if profile.mfa.get("codes") else []), "options": options}

    def factor_check(self, actor: Actor, kind: str, answer: str, site: Site | None, client: str = "") -> bool:
        """Whether this answer proves the account's second factor. A wrong one is recorded; a right one counts once."""
        with self.transaction():
            profile = self._own_profile(actor)
            if kind == APP:
                right = self._check_app(profile, answer)
            elif kind == KEY and site is not None:
                right = self._check_key(profile, answer, site)
            elif kind == CODE:
                right = self._check_code(actor, profile, answer)
            else:
                right = False
            if not right:
                self.record(actor, "factor-failed", "", kind=kind[:10], client=client[:64])
            return right

    # inside

    def _ask_key(self, profile: Profile, challenge: bytes, purpose: str) -> None:
        self._save_factors(profile, challenge={"value": _text(challenge), "for": purpose, "at": stamp(self.now())})

    def _key_asked(self, profile: Profile, purpose: str) -> bytes | None:
        """The challenge that waits for an answer; it waits no more."""
        waiting = profile.mfa.get("challenge")
        self._save_factors(profile, challenge=None)
        if not waiting or waiting["for"] != purpose or not self._in_time(waiting["at"]):
            return None
        return _octets(waiting["value"])

    def _in_time(self, at: str) -> bool:
        return timedelta() <= self.now() - datetime.fromisoformat(at) + timedelta(seconds=1) <= PATIENCE

    def _totp(self, profile: Profile, wrapped: str) -> TOTP:
        totp = TOTP(self.ring.unwrap(base64.b64decode(wrapped), _context(profile))[:SECRET])
        totp.time = self.now().timestamp()
        return totp

    def _add_app(self, profile: Profile, answer: str) -> None:
        offer = profile.mfa.get("offer")
        if not offer or not self._in_time(offer["at"]):
            raise Refused(NOT_RIGHT)
        totp, code = self._totp(profile, offer["wrapped"]), digits(answer)
        if code is None or not totp.verify(code, tolerance=STEPS):
            raise Refused(NOT_RIGHT)
        taken = {"wrapped": offer["wrapped"], "last": totp.t(), "added": stamp(self.now())}
        self._save_factors(profile, offer=None, **{APP: taken})

    def _check_app(self, profile: Profile, answer: str) -> bool:
        app, code = profile.mfa.get(APP), digits(answer)
        if app is None or code is None:
            return False
        totp = self._totp(profile, app["wrapped"])
        if not totp.verify(code, tolerance=STEPS, min_t=app["last"] + 1):
            return False
        self._save_factors(profile, **{APP: app | {"last": totp.t()}})
        return True

    def _add_key(self, profile: Profile, answer: str, name: str, site: Site) -> None:
        challenge, keys = self._key_asked(profile, "add"), profile.mfa.get("keys", [])
        if challenge is None or len(answer) > LONGEST_ANSWER:
            raise Refused(NOT_RIGHT)
        try:
            made = _webauthn().verify_registration_response(
                credential=json.loads(answer), expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin)
        except (*BROKEN, _webauthn().helpers.exceptions.WebAuthnException) as error:
            raise Refused(NOT_RIGHT) from error
        id = _text(made.credential_id)
        if len(keys) >= MOST_KEYS:
            raise Refused(TOO_MANY)
        if any(key["id"] == id for key in keys):
            raise Refused(NOT_RIGHT)
        self._save_factors(profile, keys=[*keys, {
            "id": id, "public": _text(made.credential_public_key), "count": made.sign_count, "name": _label(name),
            "added": stamp(self.now()), "used": ""}])

    def _check_key(self, profile: Profile, answer: str, site: Site) -> bool:
        challenge, keys = self._key_asked(profile, "check"), profile.mfa.get("keys", [])
        if challenge is None or len(answer) > LONGEST_ANSWER:
            return False
        try:
            credential = json.loads(answer)
            used = next(key for key in keys if key["id"] == credential["id"])
            proven = _webauthn().verify_authentication_response(
                credential=credential, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
                credential_public_key=_octets(used["public"]), credential_current_sign_count=used["count"])
        except (*BROKEN, StopIteration, _webauthn().helpers.exceptions.WebAuthnException):
            return False
        fresh = used | {"count": proven.new_sign_count, "used": stamp(self.now())}
        self._save_factors(profile, keys=[fresh if key is used else key for key in keys])
        return True

    def _new_codes(self, profile: Profile) -> list[str]:
        codes = ["-".join("".join(secrets.choice(CODE_LETTERS) for _ in range(4)) for _ in range(4)) for _ in range(CODES)]
        self._save_factors(profile, codes=[_digest(profile, code) for code in codes])
        return codes

    def _check_code(self, actor: Actor, profile: Profile, answer: str) -> bool:
        codes, given = profile.mfa.get("codes", []), _digest(profile, answer[:100])
        if given not in codes:
            return False
        self._save_factors(profile, codes=[code for code in codes if code != given])
        self.record(actor, "factor-code", "", left=len(codes) - 1)
        return True


def digits(answer: str) -> int | None:
    """Six digits, as people type them: 123 456 too."""
    text = "".join(answer[:20].split())
    return int(text) if len(text) == 6 and text.isascii() and text.isdigit() else None


def _digest(profile: Profile, code: str) -> str:
    """A code has 79 random bits: a digest of it cannot be searched for."""
    plain = "".join(c for c in code.lower() if c in CODE_LETTERS)
    return hashlib.sha256(f"{profile.pk} {plain}".encode()).hexdigest()


def _label(name: str) -> str:
    text = "".join(c for c in " ".join(name.split()) if c.isprintable())
    return text[:LONGEST_NAME]


def _context(profile: Profile) -> bytes:
    return f"totp {profile.pk}".encode()


def _descriptors(profile: Profile) -> list[Any]:
    return [_webauthn().helpers.structs.PublicKeyCredentialDescriptor(_octets(key["id"])) for key in profile.mfa.get("keys", ())]


def _webauthn() -> ModuleType:
    """The library, loaded by the first security key: a start of the keeper that meets none does without its 60 ms."""
    import webauthn

    return webauthn


def _text(octets: bytes) -> str:
    return str(_webauthn().helpers.bytes_to_base64url(octets))


def _octets(text: str) -> bytes:
    return bytes(_webauthn().base64url_to_bytes(text))


# rotation of the master key

def _wrapped(mfa: Mapping[str, Any]) -> dict[str, str]:
    return {name: mfa[name]["wrapped"] for name in (APP, "offer") if name in mfa}


def keys_in_use() -> frozenset[str]:
    """Ids of the master keys under which secrets of apps are wrapped."""
    profiles = Profile.objects.exclude(mfa={}).values_list("mfa", flat=True)
    return frozenset(wrapped_under(base64.b64decode(wrapped)) for mfa in profiles for wrapped in _wrapped(mfa).values())


def rewrap(ring: KeyRing, batch: int) -> int:
    """Wrap secrets of apps under the current master key; returns how many accounts that were."""
    count = 0
    for profile in Profile.objects.select_for_update().exclude(mfa={}).order_by("pk"):
        old = {name: base64.b64decode(w) for name, w in _wrapped(profile.mfa).items()}
        if count < batch and any(wrapped_under(wrapped) != ring.current.id for wrapped in old.values()):
            fresh = {name: base64.b64encode(ring.wrap(ring.unwrap(w, _context(profile)), _context(profile))).decode()
                     for name, w in old.items()}
            mfa = profile.mfa | {name: profile.mfa[name] | {"wrapped": fresh[name]} for name in fresh}
            count += Profile.objects.filter(pk=profile.pk).update(mfa=mfa)
    return count
