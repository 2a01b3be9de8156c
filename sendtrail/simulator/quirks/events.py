"""The kinds of event that reports are about."""

from typing import Literal

EventType = Literal["open", "click", "bounce", "unsubscribe", "forward"]
EVENT_TYPES: tuple[EventType, ...] = ("open", "click", "bounce", "unsubscribe", "forward")
ACTIONS: dict[EventType, str] = {
    "open": "campaign_report_open_list",
    "click": "campaign_report_link_list",
    "bounce": "campaign_report_bounce_list",
    "unsubscribe": "campaign_report_unsubscription_list",
    "forward": "campaign_report_forward_list",
}
"""The v1 action that reports each."""
