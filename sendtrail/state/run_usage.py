"""What the work of a run took so far, as it is counted in the status of its account."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True, slots=True)
class RunUsage:
    """Answers of the account, those of them with 429, and requests that were tried again; rows; bytes billed."""

    requests: int = 0
    throttled_requests: int = 0
    retries: int = 0
    activities_read: int = 0
    activities_new: int = 0
    unreadable_rows: int = 0
    bytes_billed: int = 0

    def plus(self, other: "RunUsage") -> "RunUsage":
        """Return the sums of both."""
        return RunUsage(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)})


NO_USAGE = RunUsage()
