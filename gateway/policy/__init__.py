"""Policy: from facts to decisions to actions. Pure."""

from gateway.policy.decide import decide
from gateway.policy.explain import PolicyExplain, explain, next_disposition, read_aloud
from gateway.policy.parse import check, doubts, load_policy, packaged, parse
from gateway.policy.replay import Replay, replay
from gateway.policy.rule import OUR_FAULT, UNMAPPED, Exemption, Policy, Rule
from gateway.policy.settle import kind_of, retry_key, settle
from gateway.policy.stored import restore

__all__ = [
    "OUR_FAULT", "UNMAPPED", "Exemption", "Policy", "PolicyExplain", "Replay", "Rule", "check", "decide", "doubts",
    "explain", "kind_of", "load_policy", "next_disposition", "packaged", "parse", "read_aloud", "replay", "restore", "retry_key",
    "settle",
]
