-- Returns one row per row of a report that is about to be erased: its largest count, how many observations of it are
-- stored, and how many of these from @first_date on.
SELECT
  campaign_id,
  event_type,
  message_id,
  link_id,
  contact_id,
  IF(event_type = 'bounce', JSON_VALUE(detail['id']), NULL) AS bounce_id,
  MAX(times) AS times,
  COUNT(*) AS observations,
  COUNTIF(activity_date >= @first_date) AS counted_observations
FROM `${dataset}`.`email_activities`
WHERE organization_id = @organization_id
  AND (contact_id IN UNNEST(@contact_ids) OR contact_email IN UNNEST(@emails) OR activity_id IN UNNEST(@row_ids))
GROUP BY campaign_id, event_type, message_id, link_id, contact_id, bounce_id
