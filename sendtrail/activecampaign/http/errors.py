"""What happens on a bad response: tables from its status, an exception or its body to the error that is raised.

Whatever reads an answer raises BadAnswer with a problem from these tables. The client, which knows what was asked for,
of whom and with which key, makes it an error with `error_of`; nothing else decides whether a request is made again.
"""

import errno
import ssl
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException

from requests import exceptions
from urllib3 import exceptions as urllib3_exceptions

from sendtrail.activecampaign.http.account_words import Mask
from sendtrail.activecampaign.http.retries import RetryableFailure
from sendtrail.errors import KeyRefused, NotFound, PermissionRefused, Rejected, SendtrailError, Unavailable, Unreadable

WHERE_TO_LOOK = "in ActiveCampaign under Settings > Developer"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One way in which an answer can be bad: a sentence with {words}, {host} and {action}, and the error it becomes.

    `may_pass` says that the request is made again before the error is raised; `pause_s` how long to wait where the
    account does not say.
    """

    sentence: str
    error: type[SendtrailError] = Unavailable
    may_pass: bool = True
    uses_up_an_attempt: bool = True
    pause_s: float = 0.0


# A valid key is refused now and then, so it is tried again.
KEY_REFUSED = Problem(
    error=KeyRefused,
    sentence=f"the account does not accept the API key ({{words}}); compare it with the one {WHERE_TO_LOOK}",
)
# The same, of one action while others work.
NOT_PERMITTED = Problem(
    error=PermissionRefused,
    sentence="the API user has no permission for {action} ({words}); "
    "give it to the user's group in ActiveCampaign under Settings > Users and groups",
)
# The same, of one of many that are asked for by id: whoever asks does without it, and asks again another day.
NOT_SHOWN = Problem(error=Rejected, sentence="the account does not show it to the API user ({words})", may_pass=False)
# Waited for as long as the account asks, however often; it counts its limit by the second.
THROTTLED = Problem(
    sentence="the account goes on refusing requests as too many ({words}); "
    "lower requests per second, or look at what else uses this account's API",
    uses_up_an_attempt=False,
    pause_s=1.0,
)
IN_TROUBLE = Problem(
    sentence="the account is in trouble ({words}); it is asked again later, and status.activecampaign.com says more"
)
# No redirect is followed: the key would travel along.
REDIRECTED = Problem(
    error=Rejected,
    sentence=f"the API URL leads somewhere else ({{words}}); use the one {WHERE_TO_LOOK}",
    may_pass=False,
)
REFUSED = Problem(error=Rejected, sentence="the account refuses the request ({words})", may_pass=False)
REFUSED_SILENTLY = Problem(
    error=Rejected,
    sentence=f"the account refuses the request ({{words}}); is the API URL the one {WHERE_TO_LOOK}?",
    may_pass=False,
)
NOT_FOUND = Problem(error=NotFound, sentence=REFUSED.sentence, may_pass=False)
NOT_FOUND_SILENTLY = Problem(error=NotFound, sentence=REFUSED_SILENTLY.sentence, may_pass=False)
SILENT: Mapping[Problem, Problem] = {REFUSED: REFUSED_SILENTLY, NOT_FOUND: NOT_FOUND_SILENTLY}

BY_STATUS: Mapping[int, Problem] = {
    401: KEY_REFUSED,
    403: KEY_REFUSED,
    404: NOT_FOUND,
    408: IN_TROUBLE,
    425: IN_TROUBLE,
    429: THROTTLED,
}
BY_STATUS_CLASS: Mapping[int, Problem] = {2: IN_TROUBLE, 3: REDIRECTED, 4: REFUSED, 5: IN_TROUBLE}

NOT_TRUSTED = Problem(
    error=Rejected,
    sentence="no secure connection to {host} ({words}); "
    "check the API URL, this machine's clock, and whatever inspects TLS on the way",
    may_pass=False,
)
NOT_SENT = Problem(error=Rejected, sentence="the request cannot be sent ({words}); check the API URL", may_pass=False)
NO_PROXY = Problem(sentence="the proxy between here and {host} does not let the request through; check the network")
NOT_REACHED = Problem(sentence="{host} cannot be reached; check the API URL and the network")
NOT_REACHED_OR_BROKEN_OFF = Problem(
    sentence="{host} cannot be reached, or breaks off; check the API URL and the network"
)
TOO_SLOW = Problem(sentence="{host} takes too long to answer; it is asked again later")
BROKEN_OFF = Problem(sentence="{host} broke off in the middle of its answer; it is asked again later")
UNKNOWN_ENCODING = Problem(sentence="{host} sent an answer that cannot be decompressed; it is asked again later")
NOT_UNDERSTOOD = Problem(sentence="{host} sent an answer that cannot be understood ({words}); it is asked again later")
NO_ROOM = Problem(sentence="this machine has no room left to receive the answer; free some space for temporary files")

# The first that fits: whatever goes wrong between sending a request and having read its answer is one of these. Where
# it is none, the code is wrong, and says so.
BY_EXCEPTION: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Problem], ...] = (
    (exceptions.ProxyError, NO_PROXY),
    (exceptions.ConnectTimeout, NOT_REACHED),
    ((exceptions.ReadTimeout, urllib3_exceptions.TimeoutError, TimeoutError), TOO_SLOW),
    (exceptions.ConnectionError, NOT_REACHED_OR_BROKEN_OFF),
    (exceptions.InvalidHeader, NOT_UNDERSTOOD),  # of the answer: those of the request are checked
    (exceptions.RequestException, NOT_SENT),
    ((urllib3_exceptions.HTTPError, HTTPException, OSError, EOFError), BROKEN_OFF),
    (zlib.error, UNKNOWN_ENCODING),
    ((ValueError, ArithmeticError, RecursionError), NOT_UNDERSTOOD),
)
READING_FAILED = tuple(kind for kinds, _ in BY_EXCEPTION for kind in (kinds if isinstance(kinds, tuple) else (kinds,)))

# What a body may be instead of an answer.
EMPTY = Problem(sentence="the answer is empty; it is asked for again later")
NOT_JSON = Problem(sentence="the answer is cut off or not JSON; it is asked for again later")
NO_OBJECT = Problem(sentence="the answer is no JSON object; it is asked for again later")
PLAIN_TEXT = Problem(sentence="the answer is no JSON but the words: {words}")
ERROR_IN_BODY = Problem(error=Rejected, sentence="the account refuses the request ({words})")
TOO_LARGE = Problem(error=Unreadable, sentence="the answer is larger than {words}, so it is not read", may_pass=False)
NO_RESULT_CODE = Problem(error=Unreadable, sentence="the answer has no result_code ({words})")
NO_ROWS = Problem(error=Unreadable, sentence="the account says that something is returned, and returns nothing")
ROWS_AND_REFUSAL = Problem(error=Unreadable, sentence="the account returns rows and says that it does not ({words})")
REPORT_REFUSED = Problem(error=Rejected, sentence="the account refuses the report ({words})")
NO_CONTACT = Problem(
    error=Unreadable, sentence="the answer has no contact of the id that was asked for", may_pass=False
)
NO_LIST = Problem(error=Unreadable, sentence="the answer has no list of {words}")
FALSE_END = Problem(sentence="an empty page, and there are {words}; it is asked for again later")


class BadAnswer(Exception):
    """An answer that cannot be used; `words` may be the account's own, which nobody may see before they are masked."""

    def __init__(self, problem: Problem, *, words: str = "", pause_s: float | None = None) -> None:
        super().__init__()
        self.problem = problem
        self.words = words
        self.pause_s = problem.pause_s if pause_s is None else pause_s


def of_status(status: int, *, message: str, pause_s: float | None) -> BadAnswer:
    """Return what an HTTP status means; `message` is what the account says about it."""
    problem = BY_STATUS.get(status) or BY_STATUS_CLASS.get(status // 100, REFUSED)
    if not message:
        problem = SILENT.get(problem, problem)
    return BadAnswer(problem, words=f"HTTP {status}" + (f": {message}" if message else ""), pause_s=pause_s)


def of_exception(error: Exception) -> BadAnswer:
    """Return what one of `READING_FAILED` means."""
    if isinstance(error, exceptions.SSLError) and not _broke_off(error):
        return BadAnswer(NOT_TRUSTED, words=_tls_reason(error))
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return BadAnswer(NO_ROOM)
    problem = next(problem for kinds, problem in BY_EXCEPTION if isinstance(error, kinds))
    return BadAnswer(problem, words=type(error).__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What an error says about the request: what was asked for, by which action, of which host, with whose key."""

    subject: str
    action: str
    host: str
    key_from: str = ""


def error_of(bad: BadAnswer, request: Request, *, mask: Mask) -> Exception:
    """Return the error to raise: a RetryableFailure where another attempt may help."""
    problem, words = bad.problem, mask(bad.words) or "without a word"
    sentence = problem.sentence.format(host=request.host, action=request.action, words=words)
    if problem is KEY_REFUSED and request.key_from:
        sentence = f"{sentence}; the one in use is that of {request.key_from}"
    # A permission is missing for all campaigns alike: it is reported once, not once per campaign.
    error = problem.error(sentence if problem is NOT_PERMITTED else f"{request.subject}: {sentence}")
    if not problem.may_pass:
        return error
    return RetryableFailure(error, pause_s=bad.pause_s, uses_up_an_attempt=problem.uses_up_an_attempt)


def _broke_off(error: Exception) -> bool:
    """Tell a connection that ended without notice, which passes, from one that cannot be trusted."""
    return any(isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError) for cause in _causes(error))


def _tls_reason(error: Exception) -> str:
    reasons = (cause.reason for cause in _causes(error) if isinstance(cause, ssl.SSLError))
    return next((str(reason).replace("_", " ").lower() for reason in reasons if reason), "TLS")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
