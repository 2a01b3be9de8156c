-- One row is one touch: one contact opened one message of a campaign, or clicked one of its links.
--
-- `times` is the largest running total of all observations of the touch, never a sum; touched_at is the earliest time
-- observed. Most accounts keep only the last open (or click), so of a contact that opened twice before the first sync
-- only the second open is known; is_first_known shows this. Touches by machines are included: filter by is_machine.
WITH
  campaign_links AS (
    -- A link whose address was edited still has one row.
    SELECT organization_id, campaign_id, link_id, MAX(link_url) AS link_url
    FROM `${dataset}`.`observations`
    WHERE event_type = 'click'
    GROUP BY organization_id, campaign_id, link_id
  ),
  current_addresses AS (
    SELECT organization_id, contact_key, email
    FROM `${dataset}`.`contact_addresses`
    WHERE is_current
  )
SELECT
  touches.organization_id,
  touches.campaign_id,
  campaigns.campaign_name,
  touches.message_id,
  touches.contact_id,
  touches.contact_key,
  current_addresses.email AS contact_email,
  touches.event_type,
  touches.link_id,
  campaign_links.link_url,
  touches.touched_at,
  touches.last_touched_at,
  touches.times,
  touches.times_by_person,
  touches.is_first_known,
  touches.is_machine,
  touches.machine_rule
FROM `${dataset}`.`reduced_touches` AS touches
LEFT JOIN `${dataset}`.`campaigns_current` AS campaigns
  ON touches.organization_id = campaigns.organization_id
  AND touches.campaign_id = campaigns.campaign_id
LEFT JOIN current_addresses
  ON touches.organization_id = current_addresses.organization_id
  AND touches.contact_key = current_addresses.contact_key
LEFT JOIN campaign_links
  ON touches.organization_id = campaign_links.organization_id
  AND touches.campaign_id = campaign_links.campaign_id
  AND touches.link_id = campaign_links.link_id
