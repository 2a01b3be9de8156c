"""An account with 10 million activities, generated in DuckDB: hashes replace chance, so it is always the same."""

from string import Template

import duckdb

ACTIVITIES, CONVERSIONS = 10_000_000, 200_000
CONTACTS, CAMPAIGNS, DAYS, DOMAINS = 100_000, 2_000, 730, 500

# A campaign is sent every few hours for two years. One activity in fifty is within half a minute of the send, as
# those of security scanners are, the others in the twelve days after it, most of them on the first. Every fifth row was
# seen again later, with a larger count. Two contacts in five have their address at one public domain.
STATEMENTS = (
    """
    CREATE TEMP MACRO chance(number, salt, below) AS (hash(number * 16 + salt) % below)::BIGINT;
    """,
    """
    CREATE TEMP MACRO sent_at(campaign) AS
      TIMESTAMPTZ '2024-01-01 08:00:00+00' + to_seconds(campaign::BIGINT * $days * 86400 // $campaigns);
    """,
    """
    CREATE TEMP MACRO address(contact) AS 'user' || contact || '@'
      || CASE WHEN contact % 5 < 2 THEN 'mail' ELSE 'domain' || (contact % $domains) END || '.example';
    """,
    """
    INSERT INTO $dataset.campaigns BY NAME
    SELECT 'main' AS organization_id, n AS campaign_id, 'Campaign ' || n AS campaign_name, 'single' AS campaign_type,
      5 AS status, sent_at(n) AS sent_at, sent_at(n) AS last_sent_at, 20000 AS send_amt, 4300 AS opens,
      4200 AS uniqueopens, 4100 AS verified_unique_opens, 700 AS linkclicks, 500 AS subscriberclicks, 50 AS hardbounces,
      50 AS softbounces, 100 AS unsubscribes, 'hash' AS row_hash, sent_at(n) AS created_at, sent_at(n) AS updated_at
    FROM range(1, $campaigns + 1) AS numbers(n);
    """,
    """
    INSERT INTO $dataset.contacts BY NAME
    SELECT 'main' AS organization_id, n::VARCHAR AS contact_id, address(n) AS email, 'active' AS status,
      ['tag ' || n % 9] AS tags, ['News'] AS lists, [{'list': 'News', 'status': 'active'}] AS list_statuses,
      'hash' AS row_hash, sent_at(1) AS created_at, sent_at($campaigns) AS updated_at
    FROM range(1, $contacts + 1) AS numbers(n);
    """,
    """
    INSERT INTO $dataset.users BY NAME
    SELECT 'main' AS organization_id, 'user-' || n AS user_id, n::VARCHAR AS contact_id
    FROM range(1, $contacts + 1, 2) AS numbers(n);
    """,
    """
    INSERT INTO $dataset.email_activities BY NAME
    WITH
      numbered AS (
        SELECT n, n - (n % 5 = 2)::BIGINT AS row FROM range($activities) AS numbers(n)
      ),
      drawn AS (
        SELECT n, row, n > row AS is_repeat, 1 + chance(row, 1, $campaigns) AS campaign_id,
          1 + chance(row, 2, $contacts) AS contact,
          CASE WHEN row % 100 < 84 THEN 'open' WHEN row % 100 < 98 THEN 'click' WHEN row % 100 < 99 THEN 'bounce'
            ELSE 'unsubscribe' END AS event_type,
          CASE WHEN chance(row, 3, 50) = 0 THEN chance(row, 4, 30)
            ELSE 60 + (pow(chance(row, 4, 1000) / 1000, 4) * 1000000)::BIGINT END AS delay_s
        FROM numbered
      ),
      timed AS (
        SELECT *,
          sent_at(campaign_id) + to_seconds(delay_s + CASE WHEN is_repeat THEN 3600 + chance(n, 10, 1000000) ELSE 0 END)
            AS activity_timestamp,
          1 + chance(row, 5, 3) + CASE WHEN is_repeat THEN 1 + chance(n, 11, 3) ELSE 0 END AS running_total
        FROM drawn
      )
    SELECT 'main' AS organization_id, sha256(n::VARCHAR) AS activity_id, campaign_id,
      'Campaign ' || campaign_id AS campaign_name, campaign_id::VARCHAR AS message_id, contact::VARCHAR AS contact_id,
      address(contact) AS contact_email, event_type, activity_timestamp, activity_timestamp::DATE AS activity_date,
      CASE WHEN event_type IN ('open', 'click') THEN running_total ELSE 1 END AS times,
      CASE event_type WHEN 'click' THEN chance(row, 6, 5)::VARCHAR END AS link_id,
      CASE event_type WHEN 'click' THEN 'https://shop.example/' || chance(row, 6, 5) END AS link_url,
      CASE event_type WHEN 'bounce' THEN '{"type": "soft"}' END AS detail, '' AS source_timestamp, 'run' AS run_id,
      activity_timestamp AS created_at, activity_timestamp AS updated_at
    FROM timed
    ORDER BY campaign_id;
    """,
    """
    INSERT INTO $dataset.conversions BY NAME
    WITH
      drawn AS (
        SELECT n, 1 + chance(n, 7, $contacts) AS contact,
          sent_at(1) + to_seconds(chance(n, 8, $days * 86400)) AS converted_at
        FROM range($conversions) AS numbers(n)
      )
    SELECT 'main' AS organization_id, 'order-' || n AS conversion_id,
      CASE WHEN contact % 2 = 1 THEN 'user-' || contact END AS user_id,
      CASE WHEN contact % 2 = 0 THEN address(contact) END AS email, converted_at,
      (chance(n, 9, 20000) / 100)::DECIMAL(18, 2) AS value,
      CASE n % 10 WHEN 0 THEN 'JPY' WHEN 1 THEN 'USD' ELSE 'EUR' END AS currency, 'purchase' AS kind,
      'hash' AS row_hash, converted_at AS created_at, converted_at AS updated_at
    FROM drawn;
    """,
)


def fill(connection: duckdb.DuckDBPyConnection, *, dataset: str) -> None:
    """Fill the tables of a dataset."""
    sizes = {"activities": ACTIVITIES, "conversions": CONVERSIONS, "contacts": CONTACTS}
    times = {"campaigns": CAMPAIGNS, "days": DAYS, "domains": DOMAINS}
    for statement in STATEMENTS:
        connection.execute(Template(statement).substitute(dataset=dataset, **sizes, **times))
    connection.execute("CHECKPOINT")
