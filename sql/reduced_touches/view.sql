-- One row is one touch, as in `touches`, without names and addresses: views that only count read it at half the cost.
WITH
  contact_touches AS (
    SELECT
      organization_id,
      campaign_id,
      message_id,
      contact_id,
      IF(contact_id IS NULL, contact_key, NULL) AS address_key,
      event_type,
      link_id,
      MIN(activity_timestamp) AS touched_at,
      MAX(activity_timestamp) AS last_touched_at,
      MAX(times) AS times,
      MIN(times) = 1 AS is_first_known
    FROM `${dataset}`.`observations`
    WHERE event_type IN ('open', 'click')
    GROUP BY organization_id, campaign_id, message_id, contact_id, address_key, event_type, link_id
  ),
  machine_touches AS (
    SELECT organization_id, campaign_id, contact_key, event_type, COALESCE(link_id, '') AS link, rule_id
    FROM `${dataset}`.`machine_activity`
  )
SELECT
  contact_touches.organization_id,
  contact_touches.campaign_id,
  contact_touches.message_id,
  contact_touches.contact_id,
  COALESCE(contact_touches.contact_id, contact_touches.address_key) AS contact_key,
  contact_touches.event_type,
  contact_touches.link_id,
  contact_touches.touched_at,
  contact_touches.last_touched_at,
  contact_touches.times,
  contact_touches.is_first_known,
  machine_touches.rule_id IS NOT NULL AS is_machine,
  machine_touches.rule_id AS machine_rule
FROM contact_touches
LEFT JOIN machine_touches
  ON contact_touches.campaign_id = machine_touches.campaign_id
  AND COALESCE(contact_touches.contact_id, contact_touches.address_key) = machine_touches.contact_key
  AND COALESCE(contact_touches.link_id, '') = machine_touches.link
  AND contact_touches.event_type = machine_touches.event_type
  AND contact_touches.organization_id = machine_touches.organization_id
