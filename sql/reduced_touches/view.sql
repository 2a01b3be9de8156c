-- One row is one touch, as in `touches`, without names and addresses: views that only count read it at half the cost.
SELECT
  organization_id,
  campaign_id,
  message_id,
  contact_id,
  contact_key,
  event_type,
  link_id,
  MIN(touched_at) AS touched_at,
  MAX(touched_at) AS last_touched_at,
  MAX(times) AS times,
  CAST(SUM(CASE WHEN is_machine THEN 0 ELSE growth END) AS INT64) AS times_by_person,
  LOGICAL_OR(is_first AND times = 1) AS is_first_known,
  LOGICAL_AND(is_machine) AS is_machine,
  CASE WHEN LOGICAL_AND(is_machine) THEN MIN(machine_rule) END AS machine_rule
FROM `${dataset}`.`touch_observations`
GROUP BY organization_id, campaign_id, message_id, contact_id, contact_key, event_type, link_id
