-- One row is one observation of a touch: by touched_at, a contact had opened a message, or clicked one of its links, `times` times.
--
-- `growth` is how much of `times` is new in this observation, so growth adds up to the largest `times` however often one
-- syncs. touched_at is the row's own time; where a count grew and the row's time stood still, as in accounts that keep
-- the first time, nothing says when it happened but that a sync saw it: then touched_at is when the observation was
-- written. An observation is judged alone: what is seen later changes neither its growth nor who made it.
-- Of observations with one time, the lowest count is the first: a clock that was wrong when a row was written plays no part.
WITH
  observed_touches AS (
    SELECT
      observations.organization_id,
      observations.campaign_id,
      observations.message_id,
      observations.contact_id,
      observations.contact_key,
      observations.event_type,
      observations.link_id,
      observations.activity_timestamp,
      observations.times,
      observations.created_at,
      machine_activity.rule_id,
      machine_activity.recognised_at,
      machine_activity.verdict,
      machine_activity.recognised_at IS NOT NULL AS is_machine
    FROM `${dataset}`.`observations` AS observations
    LEFT JOIN `${dataset}`.`machine_activity` AS machine_activity
      ON observations.campaign_id = machine_activity.campaign_id
      AND observations.contact_key = machine_activity.contact_key
      AND observations.event_type = machine_activity.event_type
      AND COALESCE(observations.message_id, '') = COALESCE(machine_activity.message_id, '')
      AND COALESCE(observations.link_id, '') = COALESCE(machine_activity.link_id, '')
      AND observations.activity_timestamp = machine_activity.touched_at
      AND observations.times = machine_activity.times
      AND observations.organization_id = machine_activity.organization_id
    WHERE observations.event_type IN ('open', 'click')
  ),
  successive_observations AS (
    SELECT
      *,
      LAG(activity_timestamp) OVER touch AS timestamp_before,
      LAG(times) OVER touch AS times_before,
      -- A count that fell in between was reached, at the latest, when the next higher one was seen.
      CASE
        WHEN LEAD(activity_timestamp) OVER touch = activity_timestamp THEN LEAST(created_at, LEAD(created_at) OVER touch)
        ELSE created_at
      END AS seen_at,
      MAX(times) OVER (touch ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS most_times_before,
      COUNT(CASE WHEN NOT is_machine THEN 1 END) OVER (touch ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        AS observations_of_people_before
    FROM observed_touches
    WINDOW touch AS (
      PARTITION BY contact_key, campaign_id, event_type, link_id, message_id, organization_id
      ORDER BY activity_timestamp ASC NULLS LAST, times ASC NULLS LAST, created_at ASC NULLS LAST
    )
  )
SELECT
  organization_id,
  campaign_id,
  message_id,
  contact_id,
  contact_key,
  event_type,
  link_id,
  CASE
    WHEN activity_timestamp = timestamp_before AND times > most_times_before THEN GREATEST(seen_at, activity_timestamp)
    ELSE activity_timestamp
  END AS touched_at,
  times,
  GREATEST(times - COALESCE(most_times_before, 0), 0) AS growth,
  CASE WHEN times > most_times_before THEN activity_timestamp > timestamp_before END AS time_moved,
  timestamp_before IS NULL AS is_first,
  NOT is_machine AND observations_of_people_before = 0 AS is_first_by_person,
  is_machine,
  CASE WHEN is_machine THEN rule_id END AS machine_rule,
  recognised_at,
  -- Any open may be Apple's, and a count that grew while its time stood still anybody's.
  CASE
    WHEN is_machine THEN 'machine'
    WHEN event_type = 'open' OR verdict = 'unknown' OR activity_timestamp = timestamp_before THEN 'unknown'
    ELSE 'person'
  END AS verdict
FROM successive_observations
-- Two merges at once may have inserted an observation twice.
WHERE timestamp_before IS NULL OR activity_timestamp <> timestamp_before OR times <> times_before
