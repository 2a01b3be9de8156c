"""What happened in a simulated world, in order: enough to tell two runs apart, and to tell the story of one."""

from hashlib import blake2b


class Trace:
    """A list of steps, and a hash of them."""

    def __init__(self, *, keeps_steps: bool = False) -> None:
        self.steps: list[tuple[float, str, str]] | None = [] if keeps_steps else None
        self.length = 0
        self._hash = blake2b(digest_size=8)

    @property
    def hash(self) -> str:
        """Return the hash of all steps so far."""
        return self._hash.hexdigest()

    def add(self, now: float, who: str, what: str) -> None:
        """Add a step."""
        self.length += 1
        self._hash.update(f"{now:.6f} {who} {what}\n".encode())
        if self.steps is not None:
            self.steps.append((now, who, what))
