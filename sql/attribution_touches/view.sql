-- One row is one touch that may have earned a conversion: in its lookback window and not after it. A conversion without a touch, and an amount that is counted apart, has one row, with NULL in the columns of the touch.
--
-- A touch is a contact and a link (or the open of a message), as observed in the window: what was observed after the
-- conversion, or recognised as a machine's after it, plays no part, so that credit once earned stays. Both bounds are
-- included; times are compared as instants, so neither midnight nor daylight saving time moves a bound. Ties in time are
-- broken by campaign, message, event, link and contact.
WITH
  conversion_windows AS (
    SELECT
      conversions.organization_id,
      conversions.conversion_id,
      conversions.counts_as = 'conversion' AS is_conversion,
      conversions.user_id,
      conversions.email,
      conversions.converted_at,
      conversions.value,
      conversions.refunded,
      conversions.currency,
      conversions.kind,
      include_machine,
      UNIX_MICROS(converted_at) - lookback_days * 86400000000 AS from_us,
      UNIX_MICROS(converted_at) AS until_us
    FROM `${dataset}`.`conversion_amounts` AS conversions
    INNER JOIN `${dataset}`.`attribution_parameters` AS parameters
      ON parameters.organization_id = conversions.organization_id
    -- A refund has no touches of its own: it shares those of its conversion.
    WHERE conversions.counts_as <> 'refund'
  ),
  user_addresses AS (
    SELECT organization_id, contact_key, email, user_id
    FROM `${dataset}`.`user_mapping`
  ),
  -- The contacts of a conversion: those of its user, and those that have or had its address, each once.
  conversion_contacts AS (
    SELECT conversion_windows.organization_id, conversion_windows.conversion_id, user_addresses.contact_key
    FROM conversion_windows
    INNER JOIN user_addresses
      ON user_addresses.organization_id = conversion_windows.organization_id
      AND user_addresses.user_id = conversion_windows.user_id
    WHERE conversion_windows.is_conversion
    UNION DISTINCT
    SELECT conversion_windows.organization_id, conversion_windows.conversion_id, user_addresses.contact_key
    FROM conversion_windows
    INNER JOIN user_addresses
      ON user_addresses.organization_id = conversion_windows.organization_id
      AND user_addresses.email = conversion_windows.email
    WHERE conversion_windows.is_conversion
  ),
  -- Clicks and opens separately: most observations are opens, and if those do not count, no engine needs to read them.
  eligible_observations AS (
    SELECT clicks.*
    FROM `${dataset}`.`touch_observations` AS clicks
    INNER JOIN `${dataset}`.`attribution_parameters` AS parameters
      ON parameters.organization_id = clicks.organization_id
    WHERE clicks.event_type = 'click'
    UNION ALL
    SELECT opens.*
    FROM `${dataset}`.`touch_observations` AS opens
    INNER JOIN `${dataset}`.`attribution_parameters` AS parameters
      ON parameters.organization_id = opens.organization_id
      AND parameters.include_opens
    WHERE opens.event_type = 'open'
  ),
  window_observations AS (
    SELECT
      conversion_windows.organization_id,
      conversion_windows.conversion_id,
      conversion_windows.include_machine,
      observations.campaign_id,
      observations.message_id,
      observations.contact_key,
      observations.event_type,
      observations.link_id,
      observations.touched_at,
      -- As known at the time of the conversion.
      observations.is_machine AND UNIX_MICROS(observations.recognised_at) <= until_us AS is_machine
    FROM conversion_contacts
    INNER JOIN conversion_windows
      ON conversion_windows.organization_id = conversion_contacts.organization_id
      AND conversion_windows.conversion_id = conversion_contacts.conversion_id
    INNER JOIN eligible_observations AS observations
      ON observations.organization_id = conversion_contacts.organization_id
      AND observations.contact_key = conversion_contacts.contact_key
    WHERE UNIX_MICROS(observations.touched_at) BETWEEN from_us AND until_us
  ),
  window_touches AS (
    SELECT
      organization_id,
      conversion_id,
      campaign_id,
      message_id,
      contact_key,
      event_type,
      link_id,
      LOGICAL_AND(is_machine) AS is_machine,
      MIN(touched_at) AS touched_at,
      MAX(touched_at) AS last_touched_at
    FROM window_observations
    WHERE include_machine OR NOT is_machine
    GROUP BY organization_id, conversion_id, campaign_id, message_id, contact_key, event_type, link_id
  ),
  ranked_touches AS (
    SELECT
      *,
      ROW_NUMBER() OVER (
        PARTITION BY organization_id, conversion_id
        ORDER BY
          touched_at ASC NULLS LAST, campaign_id ASC NULLS LAST, message_id ASC NULLS LAST, event_type ASC NULLS LAST,
          link_id ASC NULLS LAST, contact_key ASC NULLS LAST
      ) AS position,
      ROW_NUMBER() OVER (
        PARTITION BY organization_id, conversion_id
        ORDER BY
          last_touched_at DESC NULLS FIRST, campaign_id DESC NULLS FIRST, message_id DESC NULLS FIRST,
          event_type DESC NULLS FIRST, link_id DESC NULLS FIRST, contact_key DESC NULLS FIRST
      ) AS position_from_end,
      COUNT(*) OVER (PARTITION BY organization_id, conversion_id) AS touches
    FROM window_touches
  )
SELECT
  conversion_windows.organization_id,
  conversion_windows.conversion_id,
  conversion_windows.is_conversion,
  conversion_windows.user_id,
  conversion_windows.email,
  conversion_windows.converted_at,
  conversion_windows.value,
  conversion_windows.refunded,
  conversion_windows.currency,
  conversion_windows.kind,
  COALESCE(touches, 0) AS touches,
  position,
  position = 1 AS is_first,
  position_from_end = 1 AS is_last,
  ranked_touches.campaign_id,
  campaigns.campaign_name,
  message_id,
  contact_key,
  event_type,
  link_id,
  touched_at,
  last_touched_at,
  is_machine
FROM conversion_windows
LEFT JOIN ranked_touches
  ON ranked_touches.organization_id = conversion_windows.organization_id
  AND ranked_touches.conversion_id = conversion_windows.conversion_id
LEFT JOIN `${dataset}`.`campaigns_current` AS campaigns
  ON campaigns.organization_id = ranked_touches.organization_id
  AND campaigns.campaign_id = ranked_touches.campaign_id
