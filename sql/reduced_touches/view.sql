-- One row is one touch, as in `touches`, without names and addresses: what views that only count read, at half the cost.
WITH
  reduced AS (
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
  machines AS (
    SELECT organization_id, campaign_id, contact_key, event_type, COALESCE(link_id, '') AS link, rule_id
    FROM `${dataset}`.`machine_activity`
  )
SELECT
  reduced.organization_id,
  reduced.campaign_id,
  reduced.message_id,
  reduced.contact_id,
  COALESCE(reduced.contact_id, reduced.address_key) AS contact_key,
  reduced.event_type,
  reduced.link_id,
  reduced.touched_at,
  reduced.last_touched_at,
  reduced.times,
  reduced.is_first_known,
  machines.rule_id IS NOT NULL AS is_machine,
  machines.rule_id AS machine_rule
FROM reduced
LEFT JOIN machines
  ON reduced.campaign_id = machines.campaign_id
  AND COALESCE(reduced.contact_id, reduced.address_key) = machines.contact_key
  AND COALESCE(reduced.link_id, '') = machines.link
  AND reduced.event_type = machines.event_type
  AND reduced.organization_id = machines.organization_id
