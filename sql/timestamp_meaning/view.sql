-- One row is one event type (open or click) of one account: whether activity_timestamp is the contact's first event or the last.
--
-- ActiveCampaign keeps a row per contact (per contact and link for clicks). Evidence is a row that was read again with a
-- larger count: a time that moved is that of the last event, one that stood is that of the first. The verdict is that of
-- sendtrail/domain/timestamp_meaning.py, over everything stored; email_activities/timestamp_evidence.sql counts the same
-- for a sync, over few partitions, which no condition on a view with this window could do.
WITH
  accounts AS (
    SELECT DISTINCT organization_id
    FROM `${dataset}`.`observations`
  ),
  growths AS (
    SELECT
      organization_id,
      event_type,
      COUNTIF(time_moved) AS moved,
      COUNTIF(NOT time_moved) AS stood
    FROM `${dataset}`.`touch_observations`
    WHERE time_moved IS NOT NULL
    GROUP BY organization_id, event_type
  ),
  evidence AS (
    SELECT
      accounts.organization_id,
      observed_type AS event_type,
      COALESCE(growths.moved, 0) AS moved,
      COALESCE(growths.stood, 0) AS stood
    FROM accounts
    CROSS JOIN UNNEST(['open', 'click']) AS observed_type
    LEFT JOIN growths
      ON accounts.organization_id = growths.organization_id
      AND observed_type = growths.event_type
  ),
  verdicts AS (
    SELECT
      *,
      CASE
        WHEN moved + stood < 20 THEN 'unknown'
        -- Two events in one second leave a row's time as it is, in every account.
        WHEN stood <= 0.05 * (moved + stood) THEN 'last'
        WHEN moved <= 0.05 * (moved + stood) THEN 'first'
        ELSE 'unknown'
      END AS meaning
    FROM evidence
  )
SELECT
  organization_id,
  event_type,
  moved,
  stood,
  meaning,
  CASE
    WHEN meaning = 'last' THEN CONCAT(
      'activity_timestamp is when the contact last did it, as of that reading: the time moved in ', CAST(moved AS STRING),
      ' of ', CAST(moved + stood AS STRING), ' cases in which the count grew.'
    )
    WHEN meaning = 'first' THEN CONCAT(
      'activity_timestamp is when the contact first did it, and repeats only raise times: the time stood in ',
      CAST(stood AS STRING), ' of ', CAST(moved + stood AS STRING), ' cases in which the count grew.'
    )
    WHEN moved + stood < 20 THEN CONCAT(
      'Not known yet: a count was seen to grow ', CAST(moved + stood AS STRING), ' times, and 20 are needed; until then,',
      ' take activity_timestamp as the first or the last time.'
    )
    ELSE CONCAT(
      'Not the same for all rows: where a count grew, the time moved in ', CAST(moved AS STRING), ' cases and stood in ',
      CAST(stood AS STRING), '; take activity_timestamp as the first or the last time.'
    )
  END AS explanation
FROM verdicts
