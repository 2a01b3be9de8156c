"""What a function answers when it cannot do what it was asked: the reason goes to the log, not to the caller."""

import logging

from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from sendtrail.errors import BadMessage, Retryable

logger = logging.getLogger(__name__)


def answer_error(error: Exception) -> ResponseReturnValue:
    """Return the answer to an error: 400 with the reason for a bad request, otherwise a bare status."""
    match error:
        case BadMessage():
            return {"error": str(error)}, 400
        case Retryable():
            logger.warning("to be tried again: %s", error)
            return "", 503
        case HTTPException():
            return "", error.code or 500
    logger.error("failed", exc_info=error)
    return "", 500
