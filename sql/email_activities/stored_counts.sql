-- Returns one row per campaign and event type of an account: how many rows are stored, and the sum of their largest counts.
--
-- Only partitions from @first_date on are read: a campaign that was sent later has all of its rows in them. Contacts
-- without an id are one, and so are bounces without one: BigQuery bills each column, and less than there is proves nothing.
-- A count beyond belief, which an earlier version stored, must not overflow the sum.
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
    WHERE organization_id = @organization_id
      AND activity_date >= @first_date
      AND event_type IN ('open', 'click', 'bounce', 'unsubscribe')
    GROUP BY campaign_id, event_type, message_id, link_id, contact_id, bounce_id
  )
SELECT
  campaign_id,
  event_type,
  COUNT(*) AS stored_rows,
  CAST(SUM(LEAST(times, 1000000000)) AS INT64) AS stored_times
FROM largest_counts
GROUP BY campaign_id, event_type
