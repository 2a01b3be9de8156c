"""Looks at each claim of work: what an operator has taken back is begun by nobody, however late its message comes."""

from datetime import datetime

from sendtrail.domain.wants import is_withdrawn
from sendtrail.ports import Document, Transaction
from sendtrail.state.documents import wants_path

BEGIN, END = "sync_state/email_activities_", "/campaigns/"


class WithdrawalWatch:
    """Notes claims of work that nobody wants any more, as `violations`."""

    def __init__(self) -> None:
        self.violations: list[str] = []

    def wrote(self, path: str, *, before: Document | None, after: Document, transaction: Transaction) -> None:
        """Look at a document that a process stores, in the transaction in which it does."""
        if not path.startswith(BEGIN) or END not in path or _holder(after) in (None, _holder(before)):
            return
        wants = transaction.get(wants_path(path.removeprefix(BEGIN).partition(END)[0])) or {}
        if is_withdrawn(_moment(after.get("wanted_at")), withdrawn_at=_moment(wants.get("withdrawn_at"))):
            self.violations.append(f"{_holder(after)} began {path}, which was taken back")


def _holder(document: Document | None) -> str | None:
    return ((document or {}).get("lease") or {}).get("token")


def _moment(value: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
