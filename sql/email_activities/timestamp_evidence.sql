-- Returns one row per event type of an account: how often a contact's count was seen to grow, and what the row's time did.
--
-- `moved`: it was later than before, so it is the time of the last event; `stood`: it was the same, so it is the time of
-- the first. Only partitions from @first_date on are read, so it cannot select from the view timestamp_meaning, which
-- counts the same over everything stored.
WITH
  -- The observations of one row of a report, in the order of touch_observations.
  observations AS (
    SELECT
      event_type,
      activity_timestamp,
      times,
      LAG(activity_timestamp) OVER row_of_report AS timestamp_before,
      MAX(times) OVER (row_of_report ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS most_times_before
    FROM `${dataset}`.`email_activities`
    WHERE organization_id = @organization_id
      AND activity_date >= @first_date
      AND event_type IN ('open', 'click')
    WINDOW row_of_report AS (
      PARTITION BY campaign_id, message_id, event_type, link_id, COALESCE(contact_id, LOWER(TRIM(contact_email)))
      ORDER BY activity_timestamp ASC NULLS LAST, times ASC NULLS LAST, created_at ASC NULLS LAST
    )
  )
SELECT
  event_type,
  COUNTIF(activity_timestamp > timestamp_before) AS moved,
  COUNTIF(activity_timestamp = timestamp_before) AS stood
FROM observations
WHERE times > most_times_before
GROUP BY event_type
