-- One row is one touch that may have earned a conversion: in its lookback window, and not after it. A conversion without any has one row, of NULL touch columns.
--
-- A touch is a contact and a link (or the open of a message), whose first and last known times are all that the account
-- tells. Those that lie in the window count, both bounds included; times are compared as instants, so neither midnight
-- nor daylight saving time moves a bound. Ties in time are broken by campaign, message, event, link and contact.
WITH
  converted AS (
    SELECT
      organization_id,
      conversion_id,
      user_id,
      NULLIF(LOWER(TRIM(email)), '') AS email,
      converted_at,
      value,
      UPPER(TRIM(currency)) AS currency,
      kind
    FROM `${dataset}`.`conversions_in_use`
    -- A view of the customer's own may hold a conversion twice.
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, conversion_id
      ORDER BY
        converted_at ASC NULLS LAST, user_id ASC NULLS LAST, email ASC NULLS LAST, value ASC NULLS LAST,
        currency ASC NULLS LAST, kind ASC NULLS LAST
    ) = 1
  ),
  windows AS (
    SELECT
      converted.*,
      UNIX_MICROS(converted_at) - lookback_days * 86400000000 AS from_us,
      UNIX_MICROS(converted_at) AS until_us
    FROM converted
    INNER JOIN `${dataset}`.`attribution_parameters` AS parameters
      ON parameters.organization_id = converted.organization_id
  ),
  addresses AS (
    SELECT organization_id, contact_key, email, user_id
    FROM `${dataset}`.`user_mapping`
  ),
  -- Whose conversion it is: the contacts of its user, and those that have or had its address, each once.
  people AS (
    SELECT windows.organization_id, windows.conversion_id, addresses.contact_key
    FROM windows
    INNER JOIN addresses
      ON addresses.organization_id = windows.organization_id
      AND addresses.user_id = windows.user_id
    UNION DISTINCT
    SELECT windows.organization_id, windows.conversion_id, addresses.contact_key
    FROM windows
    INNER JOIN addresses
      ON addresses.organization_id = windows.organization_id
      AND addresses.email = windows.email
  ),
  -- Clicks and opens apart: opens are most of all touches, and where they do not count no engine needs to look at them.
  considered AS (
    SELECT clicks.*
    FROM `${dataset}`.`reduced_touches` AS clicks
    INNER JOIN `${dataset}`.`attribution_parameters` AS parameters
      ON parameters.organization_id = clicks.organization_id
    WHERE clicks.event_type = 'click' AND (NOT clicks.is_machine OR parameters.include_machine)
    UNION ALL
    SELECT opens.*
    FROM `${dataset}`.`reduced_touches` AS opens
    INNER JOIN `${dataset}`.`attribution_parameters` AS parameters
      ON parameters.organization_id = opens.organization_id
      AND parameters.include_opens
    WHERE opens.event_type = 'open' AND (NOT opens.is_machine OR parameters.include_machine)
  ),
  in_window AS (
    SELECT
      windows.organization_id,
      windows.conversion_id,
      considered.campaign_id,
      considered.message_id,
      considered.contact_key,
      considered.event_type,
      considered.link_id,
      considered.is_machine,
      CASE WHEN UNIX_MICROS(touched_at) >= from_us THEN touched_at ELSE last_touched_at END AS touched_at,
      CASE WHEN UNIX_MICROS(last_touched_at) <= until_us THEN last_touched_at ELSE touched_at END AS last_touched_at
    FROM people
    INNER JOIN windows
      ON windows.organization_id = people.organization_id
      AND windows.conversion_id = people.conversion_id
    INNER JOIN considered
      ON considered.organization_id = people.organization_id
      AND considered.contact_key = people.contact_key
    WHERE UNIX_MICROS(touched_at) BETWEEN from_us AND until_us
      OR UNIX_MICROS(last_touched_at) BETWEEN from_us AND until_us
  ),
  ranked AS (
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
    FROM in_window
  )
SELECT
  windows.organization_id,
  windows.conversion_id,
  windows.user_id,
  windows.email,
  windows.converted_at,
  windows.value,
  windows.currency,
  windows.kind,
  COALESCE(touches, 0) AS touches,
  position,
  position = 1 AS is_first,
  position_from_end = 1 AS is_last,
  ranked.campaign_id,
  campaigns.campaign_name,
  message_id,
  contact_key,
  event_type,
  link_id,
  touched_at,
  last_touched_at,
  is_machine
FROM windows
LEFT JOIN ranked
  ON ranked.organization_id = windows.organization_id
  AND ranked.conversion_id = windows.conversion_id
LEFT JOIN `${dataset}`.`campaigns_current` AS campaigns
  ON campaigns.organization_id = ranked.organization_id
  AND campaigns.campaign_id = ranked.campaign_id
