"""The responses of a function to errors: the reason goes to the log, not to the caller."""

import logging

from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from sendtrail.errors import BadMessage, Retryable
from sendtrail.logs import about, configure_json

logger = logging.getLogger(__name__)


def answer_error(error: Exception) -> ResponseReturnValue:
    """Return the response to an error: 400 with the reason for a bad request, otherwise a status without a body."""
    if not logging.getLogger().hasHandlers():
        configure_json()  # a request that failed before any function was called
    with about(error):
        return _response(error)


def _response(error: Exception) -> ResponseReturnValue:
    match error:
        case BadMessage():
            logger.warning("refused: %s", error)
            return {"error": str(error)}, 400
        case Retryable():
            logger.warning("to be tried again: %s", error)
            return "", 503
        case HTTPException():  # of the framework: its text repeats the request, which may contain addresses
            logger.warning("refused with %s: %s", error.code, error.name)
            return "", error.code or 500
    logger.error("failed", exc_info=error)
    return "", 500
