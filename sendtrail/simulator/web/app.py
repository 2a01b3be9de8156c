"""The whole app: the API behind its gate, and the simulator's own paths beside it."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sendtrail.simulator.account import Account
from sendtrail.simulator.web import control
from sendtrail.simulator.web.api_gate import OWN_PATHS, Gate
from sendtrail.simulator.web.envelopes import answer
from sendtrail.simulator.web.v1 import report_pages
from sendtrail.simulator.web.v3 import v3_lists


def build_app(account: Account) -> ASGIApp:
    """Return the ASGI app that serves an account."""
    complaints = {404: _no_such_path, 405: _no_such_path, 400: _not_understood}
    app = Starlette(routes=_api() + _own(), exception_handlers=complaints)
    app.state.account = account
    return Gate(app, account)


def _api() -> list[Route]:
    return [
        Route("/admin/api.php", report_pages.report, methods=["GET"]),
        Route("/api/3/", v3_lists.root, methods=["GET"]),
        Route("/api/3/users/me", v3_lists.me, methods=["GET"]),
        Route("/api/3/campaigns", v3_lists.campaigns, methods=["GET"]),
        Route("/api/3/campaigns/{id:int}", v3_lists.campaign, methods=["GET"]),
        Route("/api/3/campaigns/{id:int}/campaignMessages", v3_lists.campaign_messages, methods=["GET"]),
        Route("/api/3/messages", v3_lists.messages, methods=["GET"]),
        Route("/api/3/contacts", v3_lists.contacts, methods=["GET"]),
        Route("/api/3/contacts/{id:int}", v3_lists.contact, methods=["GET"]),
        Route("/api/3/tags", v3_lists.tags, methods=["GET"]),
        Route("/api/3/lists", v3_lists.lists, methods=["GET"]),
    ]


def _own() -> list[Route]:
    read = {
        "stats": control.stats,
        "requests": control.requests,
        "truth": control.truth,
        "history": control.history,
        "unreadable": control.unreadable,
        "pages": control.pages,
        "contacts": control.contacts,
        "campaigns": control.campaigns,
    }
    move = {
        "pass_day": control.pass_day,
        "pass_told_day": control.pass_told_day,
        "pass_quiet_day": control.pass_quiet_day,
        "pass_quiet_hours": control.pass_quiet_hours,
        "delete_contact": control.delete_contact,
        "settle": control.settle,
        "failures": control.inject,
    }
    return [
        *(Route(f"{OWN_PATHS}/{name}", answerer, methods=["GET"]) for name, answerer in read.items()),
        *(Route(f"{OWN_PATHS}/{name}", answerer, methods=["POST"]) for name, answerer in move.items()),
        Route(f"{OWN_PATHS}/failures", control.heal, methods=["DELETE"]),
        Route(f"{OWN_PATHS}/requests", control.forget, methods=["DELETE"]),
    ]


async def _no_such_path(request: Request, _: Exception) -> Response:
    return answer({"errors": [{"title": "No such path", "detail": request.url.path, "code": "not_found"}]}, 404)


async def _not_understood(_: Request, error: Exception) -> Response:
    return answer({"message": error.detail if isinstance(error, HTTPException) else ""}, 400)
