-- One row is one row of email_activities with the key of its contact; other views read this instead of the table.
--
-- contact_key is the contact's id, or else 'email:' plus the address, trimmed and in lower case. Two rows may be the
-- same observation if two merges ran at once: count distinct activity_id or take a MAX, but never COUNT(*). A count beyond
-- belief, which an earlier version stored, is bounded: its sums would overflow.
SELECT
  organization_id,
  activity_id,
  campaign_id,
  campaign_name,
  message_id,
  contact_id,
  COALESCE(contact_id, CONCAT('email:', COALESCE(LOWER(TRIM(contact_email)), ''))) AS contact_key,
  contact_email,
  event_type,
  activity_timestamp,
  activity_date,
  LEAST(times, 1000000000) AS times,
  link_id,
  link_url,
  detail,
  created_at
FROM `${dataset}`.`email_activities`
