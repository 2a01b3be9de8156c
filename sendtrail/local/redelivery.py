"""When a message that could not be handled is delivered again."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Redelivery:
    """At most `max_attempts` deliveries, the second one `first_delay_s` after the first, then ever further apart."""

    max_attempts: int = 6
    first_delay_s: float = 2.0
    max_delay_s: float = 60.0


def delay_s(policy: Redelivery, *, attempts: int, chance: float) -> float | None:
    """Return the wait after `attempts` failed deliveries, None when there is to be no other.

    It doubles with every attempt; `chance` (0 to 1) takes away up to half of it, so that messages which failed together
    do not come back together.
    """
    if attempts >= policy.max_attempts:
        return None
    longest = min(policy.max_delay_s, policy.first_delay_s * 2.0 ** (attempts - 1))
    return longest * (1 - chance / 2)
