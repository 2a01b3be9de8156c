"""The command, from its first moment on: `sendtrail`, or `python -m sendtrail`."""

import os
import signal

INTERRUPTED = 130


def _end(_number: int, _frame: object) -> None:
    os._exit(INTERRUPTED)


def main() -> None:
    """Run the command; Ctrl-C ends it quietly while it is still being imported."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # not where somebody has it ignored
        signal.signal(signal.SIGINT, _end)
    from sendtrail.cli.app import main as run  # noqa: PLC0415  (not before the signal is taken care of)

    signal.signal(signal.SIGINT, before)
    run()


if __name__ == "__main__":
    main()
