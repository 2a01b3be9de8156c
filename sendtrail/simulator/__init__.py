"""A simulated ActiveCampaign account over HTTP, to test code that reads one.

    from sendtrail.simulator import Account, Failure, FailureKind, Plan, serve

    account = Account(seed=1, plan=Plan(campaigns=20, openers=5_000))
    with serve(account) as running:
        ...  # read `running.url` with the header `Api-Token: <account.api_key>`
        account.pass_day()
        account.fail(Failure(kind=FailureKind.UNAVAILABLE, times=3, match="open_list"))
        expected = list(account.truth())

The account follows from its seed, its plan and an instant: any row is computed when it is asked for, so a million
openers cost no memory. Where the real API is undocumented it does this:

- Bounces and unsubscriptions come oldest first; forwards newest first.
- A campaign that does not exist has empty reports.
- Forwards have `subscriberid, email, tstamp, tstamp_iso, times, email_to`, all on one page, whatever `page` says.
- Without `messageid` the reports of a split campaign tell of its first message alone.
- An e-mail address never changes; retagging a contact leaves its `udate` alone.
- `filters[updated_after]` reads an instant without offset in US Central time; other filters are ignored.

Real accounts differ from one another, and from their documentation. Each way in which they do is a field of `Quirks`
and a `--quirk` of the command, whose `--help` says what it does; all may be combined:

- the bytes of answers: byte_order_marks, blanks_around_body, php_warning, language, garbled_text
- values: ints, zero_dates, rare_statuses, contact_activity_dates, unnamed_messages, subjects
- order, pages and ends: unsorted_opens, ascending_opens, opens_sorted_within_pages, report_page_size, past_the_end,
  repeated_page, twenty_links, max_limit, id_greater_ignored, updated_after_ignored, meta_total, false_end,
  false_end_page, empty_page, empty_page_number, messageid_needed, messageid_ignored, unlisted_messages
- rows: row_per_event, without_tstamp_iso, unsubscriptions_without_tstamp, tstamp_hour_behind,
  ancestor_unsubscriptions, ancestor_forwards, info_shape, empty_info, bad_rows
- counters: odd_counters, odd_counter_names, bots_filtered, counters_fall_on_deletion, zero_counters,
  counters_leave_out, frozen_counters, counters_freeze_h
- change: still_tstamps, counters_run_ahead, late_opens_h, late_clicks_h, rows_vanish_on_deletion,
  deletions_while_reading, opens_erase_soft_bounces, resubscribing
- access: no_permission, refusal, hidden_list, hidden_from_h, hidden_by_id

Truth follows them. `truth()` is what the lists hold now and a request can show, as a careful reader writes it down;
`history()` is every state that a row ever had, rows that have vanished since included: what a reader may keep;
`unreadable()` is the rows that nobody can read. Rows that come late are in neither until the lists show them.
"""

from sendtrail.simulator.account import Account, Network
from sendtrail.simulator.failures import Failure, FailureKind
from sendtrail.simulator.plan import CampaignPlan, Plan
from sendtrail.simulator.quirks import Quirks
from sendtrail.simulator.report_lists.page_counts import TruthPages
from sendtrail.simulator.server import Running, serve
from sendtrail.simulator.traffic import Arrival, Stats
from sendtrail.simulator.truth import TruthCampaign, TruthContact, TruthRow, TruthUnreadable
from sendtrail.simulator.world.new_activity import NewActivity

__all__ = [
    "Account",
    "Arrival",
    "CampaignPlan",
    "Failure",
    "FailureKind",
    "Network",
    "NewActivity",
    "Plan",
    "Quirks",
    "Running",
    "Stats",
    "TruthCampaign",
    "TruthContact",
    "TruthPages",
    "TruthRow",
    "TruthUnreadable",
    "serve",
]
