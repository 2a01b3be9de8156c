"""What came of reading subject lines, as a run's summary holds it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectLines:
    """How many campaigns' subject lines a run read, with how many requests, and how many are unknown.

    `problem` is why they are, if it is not that later runs read them.
    """

    read: int = 0
    unknown: int = 0
    requests: int = 0
    problem: str = ""


NO_SUBJECT_LINES = SubjectLines()
