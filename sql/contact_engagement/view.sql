-- One row is one contact, listed or known by an activity alone: what it did with all its e-mails, and how long ago.
--
-- Plain columns count what people did, raw_* machines' opens and clicks too. Activities without an id and an address are
-- nobody's, and not in here.
WITH
  kinds AS (
    -- First by what tells one column from another, so that the many touches are counted once and not once a column.
    SELECT
      organization_id,
      contact_key,
      event_type,
      is_machine,
      IF(event_type = 'click', campaign_id, NULL) AS clicked_campaign,
      COUNT(*) AS touches,
      SUM(times) AS times,
      MIN(touched_at) AS first_at,
      MAX(last_touched_at) AS last_at
    FROM `${dataset}`.`reduced_touches`
    GROUP BY organization_id, contact_key, event_type, is_machine, clicked_campaign
  ),
  touched AS (
    SELECT
      organization_id,
      contact_key,
      MIN(IF(NOT is_machine, first_at, NULL)) AS first_touch_at,
      MAX(IF(NOT is_machine, last_at, NULL)) AS last_touch_at,
      SUM(IF(event_type = 'open' AND NOT is_machine, touches, 0)) AS emails_opened,
      SUM(IF(event_type = 'open' AND NOT is_machine, times, 0)) AS opens,
      COUNT(DISTINCT IF(NOT is_machine, clicked_campaign, NULL)) AS campaigns_clicked,
      SUM(IF(event_type = 'click' AND NOT is_machine, touches, 0)) AS links_clicked,
      SUM(IF(event_type = 'click' AND NOT is_machine, times, 0)) AS clicks,
      MIN(first_at) AS raw_first_touch_at,
      MAX(last_at) AS raw_last_touch_at,
      SUM(IF(event_type = 'open', touches, 0)) AS raw_emails_opened,
      SUM(IF(event_type = 'open', times, 0)) AS raw_opens,
      SUM(IF(event_type = 'click', touches, 0)) AS raw_links_clicked,
      SUM(IF(event_type = 'click', times, 0)) AS raw_clicks
    FROM kinds
    GROUP BY organization_id, contact_key
  ),
  others AS (
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
  listed AS (
    -- The newest reading, should two merges at once have inserted a contact twice.
    SELECT organization_id, contact_id, status, tags, lists, deleted_at
    FROM `${dataset}`.`contacts`
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, contact_id
      ORDER BY updated_at DESC NULLS LAST, row_hash ASC NULLS LAST
    ) = 1
  ),
  known AS (
    SELECT organization_id, contact_key, contact_id, email
    FROM `${dataset}`.`contact_addresses`
    WHERE is_current
  ),
  counted AS (
    SELECT
      known.organization_id,
      known.contact_key,
      known.contact_id,
      known.email,
      listed.status,
      COALESCE(listed.tags, ARRAY<STRING>[]) AS tags,
      COALESCE(listed.lists, ARRAY<STRING>[]) AS lists,
      listed.deleted_at,
      touched.first_touch_at,
      touched.last_touch_at,
      CAST(COALESCE(touched.emails_opened, 0) AS INT64) AS emails_opened,
      CAST(COALESCE(touched.opens, 0) AS INT64) AS opens,
      COALESCE(touched.campaigns_clicked, 0) AS campaigns_clicked,
      CAST(COALESCE(touched.links_clicked, 0) AS INT64) AS links_clicked,
      CAST(COALESCE(touched.clicks, 0) AS INT64) AS clicks,
      COALESCE(others.bounces, 0) AS bounces,
      COALESCE(others.unsubscribes, 0) AS unsubscribes,
      COALESCE(others.forwards, 0) AS forwards,
      others.last_unsubscribed_at,
      touched.raw_first_touch_at,
      touched.raw_last_touch_at,
      CAST(COALESCE(touched.raw_emails_opened, 0) AS INT64) AS raw_emails_opened,
      CAST(COALESCE(touched.raw_opens, 0) AS INT64) AS raw_opens,
      CAST(COALESCE(touched.raw_links_clicked, 0) AS INT64) AS raw_links_clicked,
      CAST(COALESCE(touched.raw_clicks, 0) AS INT64) AS raw_clicks
    FROM known
    LEFT JOIN listed
      ON known.organization_id = listed.organization_id
      AND known.contact_id = listed.contact_id
    LEFT JOIN touched
      ON known.organization_id = touched.organization_id
      AND known.contact_key = touched.contact_key
    LEFT JOIN others
      ON known.organization_id = others.organization_id
      AND known.contact_key = others.contact_key
  )
SELECT
  counted.*,
  DATE_DIFF(DATE(settings.as_of), DATE(last_touch_at), DAY) AS days_since_last_touch,
  CASE
    WHEN last_touch_at IS NULL THEN 'never'
    WHEN DATE_DIFF(DATE(settings.as_of), DATE(last_touch_at), DAY) <= settings.active_days THEN 'active'
    WHEN DATE_DIFF(DATE(settings.as_of), DATE(last_touch_at), DAY) <= settings.cooling_days THEN 'cooling'
    ELSE 'cold'
  END AS recency
FROM counted
CROSS JOIN `${dataset}`.`view_settings` AS settings
