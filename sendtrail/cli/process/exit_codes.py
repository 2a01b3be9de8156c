"""The exit codes of the commands: README lists them for users."""

from collections.abc import Iterable

DONE = 0
# Something that was asked for is missing, and is named.
MISSING = 1
# An option, a setting or a file is wrong.
USAGE = 2
# Somebody else has what is needed, and will be done with it, or the account is paused: EX_TEMPFAIL of sysexits.h.
BUSY = 75
# Ctrl-C or SIGTERM: 128 + SIGINT, as shells have it.
INTERRUPTED = 130
# Nobody reads what is printed any more, and there was nothing else to do: 128 + SIGPIPE, as shells have it.
UNREAD = 141

# What is said of several accounts: the first that one of them ended with.
WORST_FIRST = (INTERRUPTED, USAGE, MISSING, BUSY, DONE)


def worst(codes: Iterable[int]) -> int:
    """Return the exit code of several runs: 0 only where each ended with 0."""
    return min(codes, key=WORST_FIRST.index, default=DONE)
