-- One row is one period that an account's figures are asked for: the last 7, 30 and 90 days, each month, each year, all time, and what the unfinished ones are compared with.
--
-- The last days are whole ones: they end the day before that of the newest activity. A month or year that is not over is
-- compared with as many days of the one before, kind 'before'. Nothing is compared with a time from before the first
-- activity. Only months and years in which anything happened have a row. Days are those of reporting_time_zone.
WITH
  -- The first and the last of each day in UTC are in all months that the others are in: few times need a time zone.
  utc_days AS (
    SELECT
      organization_id,
      DIV(UNIX_MICROS(activity_timestamp), 86400000000) AS utc_day,
      MIN(activity_timestamp) AS first_at,
      MAX(activity_timestamp) AS last_at
    FROM `${dataset}`.`observations`
    GROUP BY organization_id, utc_day
  ),
  happened_days AS (
    SELECT
      utc_days.organization_id,
      DATE(happened_at, COALESCE(time_zone, 'UTC')) AS day,
      TRUE AS is_activity
    FROM utc_days
    CROSS JOIN UNNEST([first_at, last_at]) AS happened_at
    LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
      ON utc_days.organization_id = reporting.organization_id
    UNION ALL
    SELECT conversions.organization_id, DATE(converted_at, COALESCE(time_zone, 'UTC')), FALSE
    FROM `${dataset}`.`conversions_in_use` AS conversions
    LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
      ON conversions.organization_id = reporting.organization_id
    WHERE converted_at IS NOT NULL
  ),
  happened_months AS (
    SELECT
      organization_id,
      CAST(DATE_TRUNC(day, MONTH) AS DATE) AS month,
      MIN(CASE WHEN is_activity THEN day END) AS first_day,
      MAX(CASE WHEN is_activity THEN day END) AS newest_day
    FROM happened_days
    GROUP BY organization_id, month
  ),
  accounts AS (
    SELECT organization_id, MIN(first_day) AS first_day, MAX(newest_day) AS newest_day
    FROM happened_months
    GROUP BY organization_id
  ),
  -- previous_starts_on and previous_ends_on: as many days, or the whole month or year, before.
  bounded_periods AS (
    SELECT
      accounts.*,
      CONCAT(CAST(days AS STRING), 'd') AS period,
      'days' AS kind,
      DATE_SUB(newest_day, INTERVAL days DAY) AS starts_on,
      DATE_SUB(newest_day, INTERVAL 1 DAY) AS ends_on,
      DATE_SUB(newest_day, INTERVAL 2 * days DAY) AS previous_starts_on,
      DATE_SUB(newest_day, INTERVAL days + 1 DAY) AS previous_ends_on
    FROM accounts
    CROSS JOIN UNNEST([7, 30, 90]) AS days
    WHERE newest_day IS NOT NULL
    UNION ALL
    SELECT
      accounts.*,
      SUBSTR(CAST(month AS STRING), 1, 7),
      'month',
      month,
      DATE_SUB(DATE_ADD(month, INTERVAL 1 MONTH), INTERVAL 1 DAY),
      DATE_SUB(month, INTERVAL 1 MONTH),
      DATE_SUB(month, INTERVAL 1 DAY)
    FROM accounts
    INNER JOIN happened_months
      ON accounts.organization_id = happened_months.organization_id
    UNION ALL
    SELECT
      accounts.*,
      SUBSTR(CAST(year AS STRING), 1, 4),
      'year',
      year,
      DATE_SUB(DATE_ADD(year, INTERVAL 1 YEAR), INTERVAL 1 DAY),
      DATE_SUB(year, INTERVAL 1 YEAR),
      DATE_SUB(year, INTERVAL 1 DAY)
    FROM accounts
    INNER JOIN (
      SELECT DISTINCT organization_id, CAST(DATE_TRUNC(month, YEAR) AS DATE) AS year
      FROM happened_months
    ) AS years
      ON accounts.organization_id = years.organization_id
  ),
  compared_periods AS (
    SELECT
      organization_id,
      period,
      kind,
      starts_on,
      ends_on,
      previous_starts_on,
      -- Of one that is not over, as many days of the one before.
      CASE
        WHEN kind = 'days' OR newest_day NOT BETWEEN starts_on AND DATE_SUB(ends_on, INTERVAL 1 DAY) THEN previous_ends_on
        WHEN kind = 'month' THEN LEAST(DATE_SUB(newest_day, INTERVAL 1 MONTH), previous_ends_on)
        ELSE LEAST(DATE_SUB(newest_day, INTERVAL 1 YEAR), previous_ends_on)
      END AS previous_ends_on,
      CASE
        WHEN COALESCE(first_day > previous_starts_on, TRUE) THEN NULL
        WHEN kind = 'days' OR newest_day BETWEEN starts_on AND DATE_SUB(ends_on, INTERVAL 1 DAY)
          THEN CONCAT(period, '-before')
        WHEN kind = 'month' THEN SUBSTR(CAST(previous_starts_on AS STRING), 1, 7)
        ELSE SUBSTR(CAST(previous_starts_on AS STRING), 1, 4)
      END AS compared_with
    FROM bounded_periods
  )
SELECT organization_id, period, kind, starts_on, ends_on, compared_with
FROM compared_periods
UNION ALL
SELECT organization_id, compared_with, 'before', previous_starts_on, previous_ends_on, NULL
FROM compared_periods
WHERE compared_with = CONCAT(period, '-before')
UNION ALL
SELECT organization_id, 'all', 'all', CAST(NULL AS DATE), CAST(NULL AS DATE), CAST(NULL AS STRING)
FROM accounts
