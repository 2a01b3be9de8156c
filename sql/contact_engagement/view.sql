-- One row is one contact, listed or known from an activity only: what it did with all its e-mails, and how long ago.
--
-- Plain columns leave out the opens and clicks of recognised machines; raw_* include them. No row shows Apple's
-- prefetches, so only clicks say for certain that somebody was there: last_click_at. Activities without an id and an
-- address belong to nobody and are left out. Days are those of the account's reporting_time_zone.
WITH
  touch_counts AS (
    -- Grouped first by what the columns differ in, so that the many touches are counted once and not once per column.
    SELECT
      organization_id,
      contact_key,
      event_type,
      IF(event_type = 'click', campaign_id, NULL) AS clicked_campaign,
      COUNTIF(is_first_by_person) AS touches,
      SUM(IF(is_machine, 0, growth)) AS times,
      MIN(IF(is_machine, NULL, touched_at)) AS first_at,
      MAX(IF(is_machine, NULL, touched_at)) AS last_at,
      COUNTIF(is_first) AS raw_touches,
      SUM(growth) AS raw_times,
      MIN(touched_at) AS raw_first_at,
      MAX(touched_at) AS raw_last_at
    FROM `${dataset}`.`touch_observations`
    GROUP BY organization_id, contact_key, event_type, clicked_campaign
  ),
  contact_touches AS (
    SELECT
      organization_id,
      contact_key,
      MIN(first_at) AS first_touch_at,
      MAX(last_at) AS last_touch_at,
      MAX(IF(event_type = 'open', last_at, NULL)) AS last_open_at,
      MAX(IF(event_type = 'click', last_at, NULL)) AS last_click_at,
      SUM(IF(event_type = 'open', touches, 0)) AS emails_opened,
      SUM(IF(event_type = 'open', times, 0)) AS opens,
      COUNT(DISTINCT IF(touches > 0, clicked_campaign, NULL)) AS campaigns_clicked,
      SUM(IF(event_type = 'click', touches, 0)) AS links_clicked,
      SUM(IF(event_type = 'click', times, 0)) AS clicks,
      MIN(raw_first_at) AS raw_first_touch_at,
      MAX(raw_last_at) AS raw_last_touch_at,
      MAX(IF(event_type = 'open', raw_last_at, NULL)) AS raw_last_open_at,
      MAX(IF(event_type = 'click', raw_last_at, NULL)) AS raw_last_click_at,
      SUM(IF(event_type = 'open', raw_touches, 0)) AS raw_emails_opened,
      SUM(IF(event_type = 'open', raw_times, 0)) AS raw_opens,
      SUM(IF(event_type = 'click', raw_touches, 0)) AS raw_links_clicked,
      SUM(IF(event_type = 'click', raw_times, 0)) AS raw_clicks
    FROM touch_counts
    GROUP BY organization_id, contact_key
  ),
  contact_other_events AS (
    SELECT
      organization_id,
      contact_key,
      COUNT(DISTINCT IF(event_type = 'bounce', activity_id, NULL)) AS bounces,
      COUNT(DISTINCT IF(event_type = 'unsubscribe', campaign_id, NULL)) AS unsubscribes,
      COUNT(DISTINCT IF(event_type = 'forward', activity_id, NULL)) AS forwards,
      MAX(IF(event_type = 'unsubscribe', activity_timestamp, NULL)) AS last_unsubscribed_at
    FROM `${dataset}`.`observations`
    WHERE event_type IN ('bounce', 'unsubscribe', 'forward')
    GROUP BY organization_id, contact_key
  ),
  listed_contacts AS (
    -- The newest reading, in case two concurrent merges inserted a contact twice.
    SELECT organization_id, contact_id, status, tags, lists, deleted_at
    FROM `${dataset}`.`contacts`
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, contact_id
      ORDER BY updated_at DESC NULLS LAST, row_hash ASC NULLS LAST
    ) = 1
  ),
  known_contacts AS (
    SELECT organization_id, contact_key, contact_id, email
    FROM `${dataset}`.`contact_addresses`
    WHERE is_current
  ),
  contact_counts AS (
    SELECT
      known_contacts.organization_id,
      known_contacts.contact_key,
      known_contacts.contact_id,
      known_contacts.email,
      listed_contacts.status,
      COALESCE(listed_contacts.tags, ARRAY<STRING>[]) AS tags,
      COALESCE(listed_contacts.lists, ARRAY<STRING>[]) AS lists,
      listed_contacts.deleted_at,
      contact_touches.first_touch_at,
      contact_touches.last_touch_at,
      contact_touches.last_open_at,
      contact_touches.last_click_at,
      CAST(COALESCE(contact_touches.emails_opened, 0) AS INT64) AS emails_opened,
      CAST(COALESCE(contact_touches.opens, 0) AS INT64) AS opens,
      COALESCE(contact_touches.campaigns_clicked, 0) AS campaigns_clicked,
      CAST(COALESCE(contact_touches.links_clicked, 0) AS INT64) AS links_clicked,
      CAST(COALESCE(contact_touches.clicks, 0) AS INT64) AS clicks,
      COALESCE(contact_other_events.bounces, 0) AS bounces,
      COALESCE(contact_other_events.unsubscribes, 0) AS unsubscribes,
      COALESCE(contact_other_events.forwards, 0) AS forwards,
      contact_other_events.last_unsubscribed_at,
      contact_touches.raw_first_touch_at,
      contact_touches.raw_last_touch_at,
      contact_touches.raw_last_open_at,
      contact_touches.raw_last_click_at,
      CAST(COALESCE(contact_touches.raw_emails_opened, 0) AS INT64) AS raw_emails_opened,
      CAST(COALESCE(contact_touches.raw_opens, 0) AS INT64) AS raw_opens,
      CAST(COALESCE(contact_touches.raw_links_clicked, 0) AS INT64) AS raw_links_clicked,
      CAST(COALESCE(contact_touches.raw_clicks, 0) AS INT64) AS raw_clicks
    FROM known_contacts
    LEFT JOIN listed_contacts
      ON known_contacts.organization_id = listed_contacts.organization_id
      AND known_contacts.contact_id = listed_contacts.contact_id
    LEFT JOIN contact_touches
      ON known_contacts.organization_id = contact_touches.organization_id
      AND known_contacts.contact_key = contact_touches.contact_key
    LEFT JOIN contact_other_events
      ON known_contacts.organization_id = contact_other_events.organization_id
      AND known_contacts.contact_key = contact_other_events.contact_key
  ),
  contact_ages AS (
    SELECT
      contact_counts.*,
      DATE_DIFF(
        DATE(settings.as_of, COALESCE(reporting.time_zone, 'UTC')),
        DATE(last_touch_at, COALESCE(reporting.time_zone, 'UTC')),
        DAY
      ) AS days_since_last_touch,
      DATE_DIFF(
        DATE(settings.as_of, COALESCE(reporting.time_zone, 'UTC')),
        DATE(last_click_at, COALESCE(reporting.time_zone, 'UTC')),
        DAY
      ) AS days_since_last_click,
      settings.active_days,
      settings.cooling_days
    FROM contact_counts
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
      ON contact_counts.organization_id = reporting.organization_id
  )
SELECT
  * EXCEPT (active_days, cooling_days),
  CASE
    WHEN last_touch_at IS NULL THEN 'never'
    WHEN days_since_last_touch <= active_days THEN 'active'
    WHEN days_since_last_touch <= cooling_days THEN 'cooling'
    ELSE 'cold'
  END AS recency,
  CASE
    WHEN last_click_at IS NULL THEN 'never'
    WHEN days_since_last_click <= active_days THEN 'active'
    WHEN days_since_last_click <= cooling_days THEN 'cooling'
    ELSE 'cold'
  END AS click_recency
FROM contact_ages
