-- One row is one path: the campaigns that one contact's touches within a lookback window went through, and whether a conversion followed. A conversion without a touch has one row without steps.
--
-- Data-driven attribution compares paths that led to a conversion with paths that did not. A touch without a conversion
-- within lookback_days after it belongs to a path that did not convert: a path begins with such a touch, has those of the
-- same contact within lookback_days, and then the next path begins. What becomes of a path is known only where conversions
-- are: those are listed that end after the first conversion, and lookback_days before the last one or earlier, whether they
-- converted or not. Touches are those of attribution_touches, with what was recognised as a machine's within the window
-- left out. Consecutive touches of one campaign are one step; of more than 10 steps, campaign_ids has the last 10.
WITH
  known_periods AS (
    SELECT
      amounts.organization_id,
      MIN(UNIX_MICROS(amounts.converted_at)) AS known_from_us,
      LEAST(MAX(UNIX_MICROS(amounts.converted_at)), UNIX_MICROS(MAX(settings.as_of))) AS known_until_us
    FROM `${dataset}`.`conversion_amounts` AS amounts
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    WHERE amounts.counts_as = 'conversion'
    GROUP BY amounts.organization_id
  ),
  path_parameters AS (
    SELECT
      known_periods.organization_id,
      known_from_us,
      known_until_us,
      include_opens,
      include_machine,
      lookback_days * 86400000000 AS lookback_us
    FROM known_periods
    INNER JOIN `${dataset}`.`attribution_parameters` AS parameters
      ON parameters.organization_id = known_periods.organization_id
  ),
  -- Clicks and opens separately: most observations are opens, and if those do not count, no engine needs to read them.
  eligible_observations AS (
    SELECT clicks.*, parameters.include_machine, parameters.lookback_us
    FROM `${dataset}`.`touch_observations` AS clicks
    INNER JOIN path_parameters AS parameters
      ON parameters.organization_id = clicks.organization_id
    WHERE clicks.event_type = 'click'
    UNION ALL
    SELECT opens.*, parameters.include_machine, parameters.lookback_us
    FROM `${dataset}`.`touch_observations` AS opens
    INNER JOIN path_parameters AS parameters
      ON parameters.organization_id = opens.organization_id
      AND parameters.include_opens
    WHERE opens.event_type = 'open'
  ),
  -- As in attribution_touches: a conversion is of its user's contacts, and of those that have or had its address.
  conversions AS (
    SELECT organization_id, user_id, email, converted_at
    FROM `${dataset}`.`conversion_amounts`
    WHERE counts_as = 'conversion'
  ),
  user_addresses AS (
    SELECT organization_id, contact_key, email, user_id
    FROM `${dataset}`.`user_mapping`
  ),
  contact_conversions AS (
    SELECT conversions.organization_id, user_addresses.contact_key, conversions.converted_at
    FROM conversions
    INNER JOIN user_addresses
      ON user_addresses.organization_id = conversions.organization_id
      AND user_addresses.user_id = conversions.user_id
    UNION DISTINCT
    SELECT conversions.organization_id, user_addresses.contact_key, conversions.converted_at
    FROM conversions
    INNER JOIN user_addresses
      ON user_addresses.organization_id = conversions.organization_id
      AND user_addresses.email = conversions.email
  ),
  contact_moments AS (
    SELECT
      organization_id, contact_key, touched_at AS happened_at, UNIX_MICROS(touched_at) AS at_us, 0 AS is_conversion,
      lookback_us, campaign_id, message_id, event_type, link_id
    FROM eligible_observations
    WHERE include_machine
      OR NOT is_machine
      OR UNIX_MICROS(recognised_at) > UNIX_MICROS(touched_at) + lookback_us
    UNION ALL
    SELECT
      organization_id, contact_key, converted_at, UNIX_MICROS(converted_at), 1, CAST(NULL AS INT64),
      CAST(NULL AS INT64), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING)
    FROM contact_conversions
  ),
  moments_with_next_conversion AS (
    SELECT
      *,
      MIN(CASE WHEN is_conversion = 1 THEN at_us END) OVER (
        PARTITION BY organization_id, contact_key
        ORDER BY at_us ASC NULLS LAST, is_conversion ASC NULLS LAST
        ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
      ) AS next_conversion_us
    FROM contact_moments
  ),
  unconverted_observations AS (
    SELECT
      *,
      LAG(at_us) OVER (PARTITION BY organization_id, contact_key ORDER BY at_us ASC NULLS LAST) AS before_us
    FROM moments_with_next_conversion
    WHERE is_conversion = 0
      AND (next_conversion_us IS NULL OR next_conversion_us - at_us > lookback_us)
  ),
  -- A run of touches has no gap longer than the window, and is known by its start; it is cut into paths no longer than
  -- the window.
  observations_in_runs AS (
    SELECT
      *,
      MAX(CASE WHEN before_us IS NULL OR at_us - before_us > lookback_us THEN at_us END) OVER (
        PARTITION BY organization_id, contact_key
        ORDER BY at_us ASC NULLS LAST
        RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS run_us
    FROM unconverted_observations
  ),
  observations_in_paths AS (
    SELECT *, at_us - run_us AS offset_us
    FROM observations_in_runs
  ),
  unconverted_touches AS (
    SELECT
      organization_id,
      contact_key,
      run_us,
      DIV(offset_us, lookback_us) AS part,
      campaign_id,
      message_id,
      event_type,
      link_id,
      MIN(happened_at) AS touched_at,
      MAX(happened_at) AS last_touched_at
    FROM observations_in_paths
    GROUP BY organization_id, contact_key, run_us, part, campaign_id, message_id, event_type, link_id
  ),
  path_touches AS (
    SELECT
      organization_id,
      conversion_id,
      CAST(NULL AS STRING) AS contact_key,
      0 AS run_us,
      0 AS part,
      COALESCE(position, 1) AS position,
      campaign_id,
      COALESCE(touched_at, converted_at) AS touched_at,
      COALESCE(last_touched_at, converted_at) AS last_touched_at
    FROM `${dataset}`.`attribution_touches`
    WHERE is_conversion
    UNION ALL
    SELECT
      organization_id,
      CAST(NULL AS STRING),
      contact_key,
      run_us,
      part,
      ROW_NUMBER() OVER (
        PARTITION BY organization_id, contact_key, run_us, part
        ORDER BY
          touched_at ASC NULLS LAST, campaign_id ASC NULLS LAST, message_id ASC NULLS LAST, event_type ASC NULLS LAST,
          link_id ASC NULLS LAST
      ),
      campaign_id,
      touched_at,
      last_touched_at
    FROM unconverted_touches
  ),
  touches_with_previous AS (
    SELECT
      *,
      LAG(campaign_id) OVER (
        PARTITION BY organization_id, conversion_id, contact_key, run_us, part
        ORDER BY position ASC NULLS LAST
      ) AS campaign_before
    FROM path_touches
  ),
  touches_with_steps AS (
    SELECT
      *,
      CASE WHEN campaign_id IS NOT NULL AND (campaign_before IS NULL OR campaign_id <> campaign_before) THEN 1 ELSE 0 END
        AS is_step
    FROM touches_with_previous
  ),
  paths AS (
    SELECT
      organization_id,
      conversion_id,
      contact_key,
      MIN(touched_at) AS started_at,
      MAX(last_touched_at) AS ended_at,
      CAST(SUM(is_step) AS INT64) AS steps,
      STRING_AGG(CASE WHEN is_step = 1 THEN CAST(campaign_id AS STRING) END, ' > ' ORDER BY position ASC) AS campaign_ids
    FROM touches_with_steps
    GROUP BY organization_id, conversion_id, contact_key, run_us, part
  )
SELECT
  paths.organization_id,
  conversion_id,
  contact_key,
  started_at,
  ended_at,
  conversion_id IS NOT NULL AS is_converting,
  steps,
  CASE WHEN steps > 10 THEN REGEXP_EXTRACT(campaign_ids, r'(?:[0-9]+ > ){9}[0-9]+\z') ELSE campaign_ids END AS campaign_ids
FROM paths
INNER JOIN path_parameters AS parameters
  ON parameters.organization_id = paths.organization_id
WHERE UNIX_MICROS(ended_at) >= known_from_us
  AND UNIX_MICROS(ended_at) + lookback_us <= known_until_us
