"""What the times of opens and clicks mean in an account, as a sentence."""

from collections.abc import Sequence

from sendtrail.report.figures import Times

FIRST, LAST, UNKNOWN = "first", "last", "unknown"
MEANINGS = {FIRST: "first", LAST: "last", UNKNOWN: "first or last"}


def says_what_is_known(times: Sequence[Times]) -> bool:
    """Return whether it is known of every event type which event its time belongs to."""
    return all(each.meaning != UNKNOWN for each in times)


def times_sentence(times: Sequence[Times]) -> str:
    """Return what the times of each event type mean."""
    parts = [
        f"the time of {_article(each)} {each.event_type} is that of the contact's {MEANINGS[each.meaning]} one"
        f"{'' if each.meaning != UNKNOWN else ' (which is not known yet)'}"
        for each in times
    ]
    sentence = " and ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}: ActiveCampaign keeps one time and a count."


def _article(each: Times) -> str:
    return "an" if each.event_type == "open" else "a"
