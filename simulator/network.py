"""The wire between an account and those who read it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How the account answers; latency is half on the way in and half on the way out, jitter on both."""

    rate: float = 5.0
    """Requests per second in any sliding window, over both API versions; 0 means without limit."""
    latency_ms: float = 0.0
    jitter_ms: float = 0.0
