"""The contacts of an account, with the real client."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.v3.contacts import contact
from sendtrail.domain.campaign_report import UnreadableRow
from sendtrail.domain.contact import Contact, ListMembership
from sendtrail.errors import Unavailable, Unreadable
from tests.activecampaign.conftest import Connect, Serve
from tests.activecampaign.scripted_account import CountingBudget, Received, Reply, Script, a_connection, as_json
from tests.fakes import FakeClock

JULY = datetime(2025, 7, 4, 14, tzinfo=UTC)
TAGS = [{"id": "1", "tag": "customer"}, {"id": 2, "tag": "vip"}]
LISTS = [{"id": "1", "name": "News"}, {"id": "2", "name": "Offers"}]


class Book:
    """Answers like an account with some contacts; `side` is what is side-loaded."""

    def __init__(self, *contacts: Mapping[str, Any], **side: list[dict[str, Any]]) -> None:
        self.contacts, self.side = contacts, side
        self.tags = TAGS
        self.page_size = 2

    def __call__(self, received: Received) -> Reply:
        """Answer with a page of contacts, or with all tags or lists."""
        match received.target.partition("?")[0]:
            case "/api/3/contacts":
                return self.page(int(received.params["id_greater"]))
            case "/api/3/tags":
                return as_json({"tags": self.tags, "meta": {"total": str(len(self.tags))}})
            case _:
                return as_json({"lists": LISTS, "meta": {"total": len(LISTS)}})

    def page(self, after: int) -> Reply:
        """Return the contacts above an id."""
        found = [one for one in self.contacts if int(one["id"]) > after]
        return as_json({"contacts": found[: self.page_size], **self.side, "meta": {"total": str(len(found))}})


def read(connect: Connect, serve: Serve, answer: Callable[[Received], Reply], *, after: int = 0) -> list[Contact]:
    """Return all contacts of an account above an id."""
    return [one for page in connect(serve(answer).url).contacts(after) for one in page.contacts]


def test_contacts_come_page_by_page_to_an_empty_page(serve: Serve, connect: Connect) -> None:
    """Each page says from where to go on."""
    account = serve(Book({"id": "9"}, {"id": "10"}, {"id": "200"}))

    pages = list(connect(account.url).contacts(0))

    assert [page.last_id for page in pages] == [10, 200]
    assert [received.params["id_greater"] for received in account.received] == ["0", "10", "200", "199"]


def test_an_empty_page_is_the_end_only_when_it_comes_twice(serve: Serve, connect: Connect) -> None:
    """An account that stumbles once would otherwise lose everybody after it."""
    book = Book({"id": "9"}, {"id": "10"}, {"id": "200"})
    stumbles = [True]

    def answer(received: Received) -> Reply:
        if received.params.get("id_greater") == "10" and stumbles:
            stumbles.clear()
            return as_json({"contacts": [], "meta": {"total": "0"}})
        return book(received)

    found = read(connect, serve, answer)

    assert [one.contact_id for one in found] == [9, 10, 200]


@pytest.mark.parametrize("says_total", [True, False])
def test_an_account_that_takes_the_last_contact_along_comes_to_its_end(
    serve: Serve, connect: Connect, says_total: bool
) -> None:
    """Where "greater" means "or equal", a page that holds only the contact before it is the end."""
    book = Book({"id": "9"}, {"id": "10"}, {"id": "200"})

    def answer(received: Received) -> Reply:
        if "id_greater" not in received.params:
            return book(received)
        found = [one for one in book.contacts if int(one["id"]) >= int(received.params["id_greater"])]
        meta = {"meta": {"total": str(len(found))}} if says_total else {}
        return as_json({"contacts": found[: book.page_size], **meta})

    found = read(connect, serve, answer)

    assert [one.contact_id for one in found] == [9, 10, 200]


def false_end(book: Book, *, at: str, total: object, latest: Sequence[int] = ()) -> Callable[[Received], Reply]:
    """Answer without contacts above an id, for ever; `latest` are the greatest ids that the account shows."""

    def answer(received: Received) -> Reply:
        if received.params.get("orders[id]") == "DESC":
            return as_json({"contacts": [{"id": str(one)} for one in latest], "meta": {"total": "3"}})
        if received.params.get("id_greater") == at:
            return as_json({"contacts": [], "meta": {"total": total}})
        return book(received)

    return answer


@pytest.mark.parametrize("latest", [(), (200, 10), (9, 10)], ids=["none", "another", "in the wrong order"])
@pytest.mark.parametrize("total", ["1", 3])
def test_an_empty_page_against_a_total_is_no_end(
    serve: Serve, connect: Connect, total: object, latest: tuple[int, ...]
) -> None:
    """Taken for the end, it would mark everybody after it as vanished."""
    book = Book({"id": "9"}, {"id": "10"}, {"id": "200"})

    with pytest.raises(Unavailable, match="contacts after 10: an empty page, and there are"):
        read(connect, serve, false_end(book, at="10", total=total, latest=latest))


@pytest.mark.parametrize("latest", [(10, 9), (9, 10)], ids=["as asked", "in the wrong order"])
def test_a_total_that_is_always_too_high_blocks_no_contacts(
    serve: Serve, connect: Connect, latest: tuple[int, ...]
) -> None:
    """The list ends by its ids, whichever way it is asked for; an account may ignore the order."""
    book = Book({"id": "9"}, {"id": "10"})

    found = read(connect, serve, false_end(book, at="10", total="3", latest=latest))

    assert [one.contact_id for one in found] == [9, 10]


def test_a_contact_that_comes_twice_on_a_page_is_one(serve: Serve, connect: Connect) -> None:
    """As it does where lists are joined; it is no sign that the order is ignored."""
    book = Book({"id": "9"}, {"id": "9", "email": "a@example.com"}, {"id": "10"})
    book.page_size = 3

    assert [(one.contact_id, one.email) for one in read(connect, serve, book)] == [(9, "a@example.com"), (10, "")]


def test_side_loads_may_be_objects_with_numbers_for_keys(serve: Serve, connect: Connect) -> None:
    """Taken for nothing, they would take every tag from its contact."""
    book = Book({"id": "9"})
    book.side = {"contactTags": {"0": {"contact": "9", "tag": "1"}, "4": {"contact": " 9", "tag": "2"}}}  # type: ignore[dict-item]

    assert [one.tags for one in read(connect, serve, book)] == [("customer", "vip")]


def test_a_total_of_all_contacts_does_not_hold_up_the_end(serve: Serve, connect: Connect) -> None:
    """Where nobody has a greater id, the total counts all contacts and not those that are left."""
    book = Book({"id": "9"}, {"id": "10"}, {"id": "200"})

    found = read(connect, serve, false_end(book, at="200", total="3", latest=(200, 10)))

    assert [one.contact_id for one in found] == [9, 10, 200]


@pytest.mark.parametrize("total", [None, "0"])
def test_without_totals_to_rely_on_an_empty_page_is_asked_for_three_times(
    serve: Serve, connect: Connect, total: object
) -> None:
    """Nothing but empty pages speaks for the end."""
    account = serve(lambda _: as_json({"contacts": [], "meta": {"total": total}}))

    assert list(connect(account.url).contacts(0)) == []
    assert len(account.received) == 3


@pytest.mark.parametrize("total", [None, "0"])
@pytest.mark.parametrize(("shown", "read_before"), [(0, []), (1, [10, 200])])
def test_a_list_that_does_not_show_its_last_contact_any_more_is_contradicted(
    serve: Serve, connect: Connect, total: object, shown: int, read_before: list[int]
) -> None:
    """An account that lists nobody from now on is not one whose later contacts were deleted."""
    book = Book({"id": "9"}, {"id": "10"}, {"id": "200"})

    def answer(received: Received) -> Reply:
        if len(account.received) > shown:
            return as_json({"contacts": [], "meta": {"total": total}})
        return book(received)

    account = serve(answer)
    pages = list(connect(account.url).contacts(9))

    assert [one.contact_id for page in pages for one in page.contacts] == read_before
    assert (pages[-1].last_id, pages[-1].is_contradicted) == ([9, *read_before][-1], True)


def test_what_lies_beyond_an_end_that_was_believed_too_early_is_read(serve: Serve, connect: Connect) -> None:
    """The proof of an end is a page as others are."""
    book = Book({"id": "9"}, {"id": "10"}, {"id": "200"}, {"id": "201"})
    stumbles = [True, True]

    def answer(received: Received) -> Reply:
        if received.params.get("id_greater") == "10" and stumbles:
            stumbles.pop()
            return as_json({"contacts": []})
        return book(received)

    pages = list(connect(serve(answer).url).contacts(0))

    assert [one.contact_id for page in pages for one in page.contacts] == [9, 10, 200, 201]
    assert not any(page.is_contradicted for page in pages)


def test_a_contact_without_an_id_costs_itself_and_is_reported(
    serve: Serve, budget: CountingBudget, clock: FakeClock
) -> None:
    """The page is read all the same."""
    script = Script(*[as_json({"contacts": [{"id": "8"}, {"email": "a@b.c"}]}), as_json({"contacts": []})])
    left_out: list[UnreadableRow] = []
    account = Account(a_connection(serve(script).url), budget=budget, clock=clock, on_unreadable=left_out.append)

    page, _end = account.contacts(7)

    assert [one.contact_id for one in page.contacts] == [8]
    assert [(row.report, row.page, row.raw) for row in left_out] == [("contacts", 1, '{"email": "a@b.c"}')]


def test_contacts_are_asked_for_by_ascending_id_with_tags_and_lists(serve: Serve, connect: Connect) -> None:
    """Keyset paging is documented for this list alone."""
    account = serve(Book())

    list(connect(account.url).contacts(5))

    assert account.received[0].params == {
        "orders[id]": "ASC",
        "id_greater": "5",
        "limit": "100",
        "include": "contactTags,contactLists",
    }


def test_a_row_becomes_a_contact(serve: Serve, connect: Connect) -> None:
    """With the names of its tags and lists, each once and in order."""
    book = Book(
        {
            "id": "9",
            "email": "ann@example.com",
            "firstName": "Ann",
            "lastName": None,
            "phone": 4930123,
            "cdate": "2025-01-01T00:00:00-06:00",
            "created_utc_timestamp": "2025-07-04 14:00:00",
            "udate": "2025-07-04T09:00:00-05:00",
            "updated_utc_timestamp": "0000-00-00 00:00:00",
            "deleted": "0",
            "deleted_at": None,
        },
        contactTags=[{"contact": "9", "tag": "2"}, {"contact": 9, "tag": 1}, {"contact": "9", "tag": "2"}],
        contactLists=[
            {"contact": "9", "list": "2", "status": "1"},
            {"contact": "9", "list": 1, "status": 2},
            {"contact": "8", "list": "1", "status": "1"},
        ],
    )

    (found,) = read(connect, serve, book)

    assert found == Contact(
        contact_id=9,
        email="ann@example.com",
        first_name="Ann",
        last_name="",
        phone="4930123",
        created_at=JULY,
        updated_at=JULY,
        deleted_at=None,
        tags=("customer", "vip"),
        lists=(ListMembership(list_name="News", status=2), ListMembership(list_name="Offers", status=1)),
    )


@pytest.mark.parametrize(
    ("value", "found"), [("1", True), (1, True), (True, True), ("0", False), (None, None), ("", None), ("yes", None)]
)
def test_whether_apple_opens_the_mail_is_told(serve: Serve, connect: Connect, value: object, found: object) -> None:
    """Unknown where the account does not say, or not readably."""
    (ann,) = read(connect, serve, Book({"id": "9", "mpp_tracking": value}))

    assert ann.mpp_tracking is found


DELETED: dict[str, tuple[dict[str, Any], datetime | None]] = {
    "a date": ({"deleted_at": "2025-07-04T09:00:00-05:00"}, JULY),
    "flag and date": ({"deleted": "1", "deleted_at": "2025-07-04 09:00:00"}, JULY),
    "flag alone": ({"deleted": 1, "udate": "2025-07-04T09:00:00-05:00"}, JULY),
    "a date that outlived the deletion": ({"deleted": "0", "deleted_at": "2025-07-04T09:00:00-05:00"}, None),
    "neither": ({"deleted": "", "deleted_at": "0000-00-00"}, None),
}


@pytest.mark.parametrize("name", DELETED)
def test_a_deleted_contact_says_when(serve: Serve, connect: Connect, name: str) -> None:
    """The flag decides, where there is one."""
    fields, deleted_at = DELETED[name]

    (found,) = read(connect, serve, Book({"id": "9", **fields}))

    assert found.deleted_at == deleted_at


def test_a_contact_may_be_almost_empty(serve: Serve, connect: Connect) -> None:
    """Contacts without an address are contacts."""
    (found,) = read(connect, serve, Book({"id": 9, "email": ""}))

    assert (found.email, found.tags, found.lists, found.created_at) == ("", (), (), None)


def test_names_are_loaded_when_first_needed_and_once(serve: Serve, connect: Connect) -> None:
    """Contacts without tags and lists cost no request for names."""
    tags = [{"contact": "9", "tag": "1"}, {"contact": "10", "tag": "2"}]
    account = serve(Book({"id": "9"}, {"id": "10"}, {"id": "11"}, contactTags=tags))

    list(connect(account.url).contacts(0))

    paths = [received.target.partition("?")[0] for received in account.received]
    assert paths.count("/api/3/tags") == 1
    assert paths.count("/api/3/lists") == 0


def test_a_name_that_is_new_is_loaded(serve: Serve, connect: Connect) -> None:
    """A tag made during the pass is looked up once more."""
    book = Book(
        {"id": "9"},
        {"id": "10"},
        {"id": "11"},
        contactTags=[{"contact": "9", "tag": "1"}, {"contact": "11", "tag": "3"}],
    )
    pages = connect(serve(book).url).contacts(0)

    next(pages)
    book.tags = [*TAGS, {"id": "3", "tag": "new"}]

    assert next(pages).contacts[0].tags == ("new",)


def test_an_id_that_stays_unknown_is_its_own_name(serve: Serve, connect: Connect) -> None:
    """And is not asked for again and again."""
    tags = [{"contact": str(number), "tag": "77"} for number in range(9, 15)]
    account = serve(Book(*({"id": str(number)} for number in range(9, 15)), contactTags=tags))

    pages = list(connect(account.url).contacts(0))

    assert {one.tags for page in pages for one in page.contacts} == {("77",)}
    assert sum("/api/3/tags" in received.target for received in account.received) == 2


WITHOUT_ORDER = {
    "not above the id asked for": [{"id": "5"}],
    "descending": [{"id": "12"}, {"id": "11"}],
    "by their letters": [{"id": "10"}, {"id": "9"}],
    "without an id": [{"id": ""}],
}


@pytest.mark.parametrize("name", WITHOUT_ORDER)
def test_an_account_that_ignores_what_was_asked_is_found_out(serve: Serve, connect: Connect, name: str) -> None:
    """Filters that the account does not know are silently ignored: the rows are checked."""
    with pytest.raises(Unreadable, match=r"contacts after 7: no contact|contacts: the account ignores id_greater"):
        read(connect, serve, lambda _: as_json({"contacts": WITHOUT_ORDER[name]}), after=7)


class Shuffled:
    """Shows its contacts by place: in an order of its own, or in another one in each pass over them."""

    def __init__(self, *, total: object, is_steady: bool) -> None:
        self.total, self.is_steady = total, is_steady
        self.ids = [5, 3, 9, 1, 7]
        self.passes = 0

    def __call__(self, received: Received) -> Reply:
        """Return a page of two."""
        place = int(received.params.get("offset", 0))
        self.passes += place == 0
        turn = 0 if self.is_steady else place // 2 * self.passes % len(self.ids)
        ids = self.ids[turn:] + self.ids[:turn]
        found = [{"id": str(number)} for number in ids[place : place + 2]]
        return as_json({"contacts": found, "meta": {"total": self.total}})


@pytest.mark.parametrize(("total", "is_steady"), [(5, True), (None, True), (5, False)])
def test_contacts_in_no_order_are_read_until_all_were_seen(
    serve: Serve, connect: Connect, *, total: object, is_steady: bool
) -> None:
    """Each once, and none of them is where to go on from."""
    account = serve(Shuffled(total=total, is_steady=is_steady))

    pages = list(connect(account.url).contacts(0))

    assert sorted(one.contact_id for page in pages for one in page.contacts) == [1, 3, 5, 7, 9]
    assert {page.last_id for page in pages} == {0}


@pytest.mark.parametrize("total", [None, 0])
def test_contacts_in_no_order_whom_nobody_is_shown_by_place_are_contradicted(
    serve: Serve, connect: Connect, total: object
) -> None:
    """The page that was out of order had somebody: a total of none is no proof that all were seen."""

    def answer(received: Received) -> Reply:
        is_by_place = "offset" in received.params
        return as_json({"contacts": [] if is_by_place else [{"id": "5"}, {"id": "3"}], "meta": {"total": total}})

    (page,) = connect(serve(answer).url).contacts(0)

    assert (page.contacts, page.is_contradicted) == ([], True)


def test_contacts_in_no_order_are_not_all_there_before_as_many_were_seen_as_there_are(
    serve: Serve, connect: Connect
) -> None:
    """Who was not shown would be taken for deleted."""
    with pytest.raises(Unreadable, match="5 of 8 were shown"):
        read(connect, serve, Shuffled(total=8, is_steady=True))


def test_an_answer_without_contacts_is_no_end(serve: Serve, connect: Connect) -> None:
    """Only an empty list is."""
    with pytest.raises(Unreadable, match="no list of contacts"):
        read(connect, serve, lambda _: as_json({"message": "hello"}))


@given(
    row=st.dictionaries(
        st.sampled_from(["email", "phone", "cdate", "created_utc_timestamp", "deleted", "deleted_at", "firstName"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=1),
    )
)
def test_any_row_with_an_id_is_a_contact(row: dict[str, Any]) -> None:
    """Junk in a field leaves that field empty."""
    found = contact(9, row, tags=(), lists=())

    assert isinstance(found.email, str)
    assert found.contact_id == 9
