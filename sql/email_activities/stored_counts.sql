-- Returns one row per campaign and event type of an account: how many rows are stored, and the sum of their largest counts.
--
-- Of one account (@organization_id: STRING), by which the table is clustered: the rows of others are not read. Only
-- partitions from @first_date on are: a campaign that was sent later has all of its rows in them. Contacts without an id
-- are one, and so are bounces without one: BigQuery bills each column, and less than there is proves nothing.
-- A count beyond belief, which an earlier version stored, must not overflow the sum. Rows of erased people are counted, too:
-- the account still counts them, and they are not missing.
WITH
  -- The largest count of each row of a report; a contact may bounce more than once.
  largest_counts AS (
    SELECT
      campaign_id,
      event_type,
      message_id,
      link_id,
      contact_id,
      IF(event_type = 'bounce', JSON_VALUE(detail['id']), NULL) AS bounce_id,
      MAX(times) AS times
    FROM `${dataset}`.`email_activities`
    WHERE activity_date >= @first_date
      AND organization_id = @organization_id
    GROUP BY campaign_id, event_type, message_id, link_id, contact_id, bounce_id
  ),
  known_rows AS (
    SELECT campaign_id, event_type, times
    FROM largest_counts
    UNION ALL
    -- Two merges at once may have inserted a row twice.
    SELECT campaign_id, event_type, MAX(times)
    FROM `${dataset}`.`erased_rows`
    WHERE organization_id = @organization_id
    GROUP BY campaign_id, event_type, row_id
  )
SELECT
  campaign_id,
  event_type,
  COUNT(*) AS stored_rows,
  CAST(SUM(LEAST(times, 1000000000)) AS INT64) AS stored_times
FROM known_rows
GROUP BY campaign_id, event_type
