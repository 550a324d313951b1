"""Settings of the cell in which mail is taken apart: what one message may use, the children, passwords to try."""

# ruff: noqa: RUF009 (a setting is a dataclass field, made once)

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.config.setting import setting
from gateway.config.values import PATH, TEXT, choice, count, duration, listing, optional, size
from gateway.model.deadline import Limits as InspectionLimits

# What gateway.inspection.lockdown can put on a child; `sekisho doctor` says which of them hold here.
LAYERS = (
    "user-namespace", "network-namespace", "ipc-namespace", "pid-namespace", "empty-root", "user", "capabilities",
    "no-new-privs", "death-signal", "rlimits", "landlock", "seccomp",
)
LAYER_GROUPS = ("namespaces",)           # short names for several layers


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one message and one client may use. What stops an inspection is an incident, never a silent skip."""

    final_reply: float = setting(duration(5, 600), "90s",
        "From the client's final dot to our answer, all included; Postfix's smtpd_proxy_timeout is 100 s.")
    inspection: float = setting(duration(1, 600), "60s", "Wall clock of one inspection.")
    cpu: float = setting(duration(1, 600), "30s", "CPU time of one inspection: the message's own budget.")
    cpu_small: float = setting(duration(0.5, 600), "1500ms",
        "CPU time of a small message; its octets, files and pages add to it what honest mail of that size needs, up to `cpu`.")
    depth: int = setting(count(2, 100), 10, "Containers in containers; the message itself is 0.")
    artifacts: int = setting(count(10, 100000), 2000, "Parts, members, macros and objects of one message together.")
    parts: int = setting(count(10, 100000), 1000, "MIME parts of one message.")
    expanded: int = setting(size(1 << 20, 16 << 30), "512MiB", "Octets of all artifacts together, unpacked.")
    ratio: int = setting(count(10, 100000), 100,
        "Unpacked to packed octets, judged above `ratio_floor`; 20 at the most for more than 128 MiB.")
    ratio_floor: int = setting(size(1 << 10, 1 << 30), "8MiB", "Unpacked octets below which a high ratio is ordinary.")
    guessing: float = setting(duration(0.1, 60), "1500ms",
        "CPU for trying passwords, over all locked files of one message; estimated, so that every machine tries the same.")
    playing: float = setting(duration(0, 60), "1s",
        "CPU for playing the scripts of attached pages, over all pages of one message; 0s plays none, and pages are only read.")
    memory: int = setting(size(128 << 20, 64 << 30), "1GiB", "Memory of its own data, per inspection child.")
    header_bytes: int = setting(size(1 << 12, 1 << 26), "1MiB", "One header block.")
    text: int = setting(count(1 << 16, 1 << 30), 64 << 20,
        "Characters of extracted text that are searched for customer data.")
    recipients: int = setting(count(100, 50000), 3000,
        "Recipients of one transaction; more get 452 (RFC 5321 section 4.5.3.1.8 wants at least 100).")
    connections: int = setting(count(1, 100000), 4000,
        "SMTP connections at a time over all edge processes; more get 421.")
    connections_per_client: int = setting(count(1, 100000), 200,
        "SMTP connections at a time of one client address not in `trust`, in each of `processes`.")
    messages_per_minute: int = setting(count(1, 1000000), 1200,
        "Messages a minute of one client address not in `trust`, in each of `processes`.")
    idle: float = setting(duration(1, 3600), "5m",
        "Wait for the next SMTP command (RFC 5321 section 4.5.3.2.7 wants 5 minutes).")
    data: float = setting(duration(1, 86400), "1h", "From the DATA command to the final dot, all of it.")

    def for_inspection(self) -> InspectionLimits:
        return InspectionLimits(
            depth=self.depth, artifacts=self.artifacts, expanded=self.expanded, ratio=self.ratio,
            ratio_floor=self.ratio_floor, memory=self.memory, seconds=self.inspection, cpu_seconds=self.cpu,
            cpu_small=self.cpu_small,
            header_bytes=self.header_bytes, parts=self.parts, text=self.text, guess_seconds=self.guessing,
            play_seconds=self.playing,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """The cell in which mail is taken apart."""

    children: int = setting(count(0, 256), 0, "Children of the plain lane at a time; 0 is one per processor.")
    deep_children: int = setting(count(0, 256), 0,
        "Children of the deep lane (archives, documents) at a time; 0 is one per processor.")
    reuse: int = setting(count(1, 1000), 20,
        "Messages that one child of the plain lane sees before it is thrown away.")
    require: tuple[str, ...] = setting(listing(choice(*LAYER_GROUPS, *LAYERS)), [],
        "Layers of the lock-down without which we do not start.")
    passwords_file: Path | None = setting(optional(PATH), "",
        "Passwords to try on encrypted attachments, one a line, UTF-8.")
    local_signatures: tuple[Path, ...] = setting(listing(PATH), [],
        "Folders with signatures of your own, laid over the packaged ones.")
    local_words: tuple[Path, ...] = setting(listing(PATH), [],
        "Folders with words of your own: terms/*.toml, labels/*.toml, identifiers/*.toml, added to the packaged ones.")
    own_numbers: tuple[str, ...] = setting(listing(TEXT), [],
        "Accounts, cards and tax numbers of the organisation itself, in any writing: they are no customer's.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passwords:
    """Words for encrypted attachments that mail itself announces. The list of your own is `[inspection] passwords_file`."""

    remember: float = setting(duration(0, 31 * 86400), "7d",
        "How long words that mail announced as passwords are kept, sealed, for other mail between the same two; "
        "0s keeps none.")
    opened: str = setting(choice("release", "offer"), "release",
        "Held mail that a later password opened and that is clean: let it leave, or leave that to people.")
