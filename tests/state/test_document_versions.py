"""Documents of other versions: unknown fields are ignored, later fields may be missing, and what is broken is named."""

from dataclasses import fields
from typing import Any

import pytest

from sendtrail.errors import BadDocument
from sendtrail.state.documents import from_document, to_document
from sendtrail.state.stored_wants import WantsDocument, Withdrawal
from tests.state.stored_examples import EXAMPLE_OF, FIRST_FIELDS
from tests.state.stored_kinds import stored_kinds

EVERY_KIND = pytest.mark.parametrize("value", EXAMPLE_OF.values(), ids=list(EXAMPLE_OF))


def with_news(document: Any) -> Any:
    """Return a document as a later version writes it: with another field."""
    return {**document, "added_later": {"of": "whatever kind"}}


def test_every_kind_that_is_read_is_held_to_this() -> None:
    """Whoever stores another document adds an example of it and what its first version has."""
    names = {kind.__name__ for kind in stored_kinds()}

    assert set(EXAMPLE_OF) == names
    assert set(FIRST_FIELDS) == names


@EVERY_KIND
def test_fields_of_a_later_version_are_ignored(value: Any) -> None:
    """During a roll-out the three functions read one another's documents."""
    document = to_document(value)

    assert from_document(type(value), with_news(document)) == from_document(type(value), document)


@EVERY_KIND
def test_fields_that_came_later_may_be_missing(value: Any) -> None:
    """A document that the first version wrote is read."""
    first = {name: each for name, each in to_document(value).items() if name in FIRST_FIELDS[type(value).__name__]}

    assert from_document(type(value), first) is not None


@EVERY_KIND
def test_an_earlier_version_finds_its_fields(value: Any) -> None:
    """A field that is renamed is written by its old name for as long as any version reads that."""
    assert FIRST_FIELDS[type(value).__name__] <= to_document(value).keys()


@EVERY_KIND
def test_what_is_written_is_read(value: Any) -> None:
    """Each field, by the name that it was written by."""
    document = to_document(value)

    assert to_document(from_document(type(value), document)) == document


@pytest.mark.parametrize(
    ("kind", "field"),
    [("Checkpoint", "lease"), ("Run", "summaries"), ("CampaignProgress", "units"), ("CampaignProgress", "position")],
)
def test_fields_of_a_later_version_within_a_document_are_ignored(kind: str, field: str) -> None:
    """A lease, a summary, a report that is read: documents within documents."""
    value = EXAMPLE_OF[kind]
    document = to_document(value)
    inner = document[field]
    if field == "units":
        newer: Any = [with_news(each) for each in inner]
    elif field == "summaries":
        newer = {name: with_news(each) for name, each in inner.items()}
    else:
        newer = with_news(inner)

    assert from_document(type(value), {**document, field: newer}) == from_document(type(value), document)


def test_a_withdrawal_is_read_from_the_document_of_wants() -> None:
    """A delivery reads one field of it, by the name that the dispatcher writes."""
    assert {each.name for each in fields(Withdrawal)} <= {each.name for each in fields(WantsDocument)}


@EVERY_KIND
def test_what_cannot_be_read_is_named(value: Any) -> None:
    """The kind of document and the field, in one sentence."""
    document = dict.fromkeys(to_document(value), object())

    with pytest.raises(BadDocument, match=type(value).__name__):
        from_document(type(value), document)
