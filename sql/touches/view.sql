-- One row is one touch: what one contact did with one message of a campaign: opened it, or clicked one of its links.
--
-- A touch is the latest of its observations: `times` is the largest running total, never a sum. Its time, touched_at, is
-- the earliest that was observed. ActiveCampaign keeps the last open (click) only, so a contact that opened twice before
-- the first sync is known by the second open alone; is_first_known tells. A machine's touches are here too: filter by
-- is_machine.
WITH
  links AS (
    -- A link whose address was edited has one row all the same.
    SELECT organization_id, campaign_id, link_id, MAX(link_url) AS link_url
    FROM `${dataset}`.`observations`
    WHERE event_type = 'click'
    GROUP BY organization_id, campaign_id, link_id
  ),
  addresses AS (
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
  addresses.email AS contact_email,
  touches.event_type,
  touches.link_id,
  links.link_url,
  touches.touched_at,
  touches.last_touched_at,
  touches.times,
  touches.is_first_known,
  touches.is_machine,
  touches.machine_rule
FROM `${dataset}`.`reduced_touches` AS touches
LEFT JOIN `${dataset}`.`campaigns_current` AS campaigns
  ON touches.organization_id = campaigns.organization_id
  AND touches.campaign_id = campaigns.campaign_id
LEFT JOIN addresses
  ON touches.organization_id = addresses.organization_id
  AND touches.contact_key = addresses.contact_key
LEFT JOIN links
  ON touches.organization_id = links.organization_id
  AND touches.campaign_id = links.campaign_id
  AND touches.link_id = links.link_id
