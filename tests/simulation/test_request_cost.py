"""How many requests a run may make, by the pages that hold something new."""

from sendtrail.simulation.request_cost import most_requests
from sendtrail.simulator import TruthPages
from sendtrail.simulator.quirks import EventType


def pages(event_type: EventType, *, new: int, message_id: str = "") -> TruthPages:
    """Return those of a report of campaign 7."""
    return TruthPages(
        campaign_id=7, message_id=message_id, event_type=event_type, pages=9, rows=180, new_pages=new, new_rows=new
    )


def test_a_run_without_news_may_list_the_campaigns() -> None:
    """And nothing else."""
    assert most_requests([pages("open", new=0), pages("click", new=0)], moved=()) == 1


def test_pages_with_news_may_be_read_and_those_of_the_overlap() -> None:
    """A report whose counter stands still is not read. There is no fourth of a request."""
    assert most_requests([pages("open", new=2), pages("bounce", new=0)], moved={(7, "open")}) == 4 + 2


def test_a_counter_is_that_of_all_messages_of_a_campaign() -> None:
    """Which have to be asked for: a page of each is read, and the list of messages."""
    lists = [pages("click", new=1, message_id="71"), pages("click", new=0, message_id="72")]

    assert most_requests(lists, moved={(7, "click")}) == 5


def test_a_report_whose_counter_moved_is_read_although_nothing_in_it_is_new() -> None:
    """Its row came and went again: somebody left, and subscribed once more."""
    assert most_requests([pages("unsubscribe", new=0), pages("bounce", new=0)], moved={(7, "unsubscribe")}) == 3
