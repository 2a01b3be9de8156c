-- One row is one contact of a holdout: held out, or one of those it is compared with.
--
-- Only what was so before the first day decides who takes part: a contact that existed, was not deleted, and had not
-- unsubscribed by a link in an e-mail. Whoever leaves later stays in, as leaving is an effect of e-mails.
WITH
  listed_contacts AS (
    -- The newest reading, in case two concurrent merges inserted a contact twice.
    SELECT organization_id, contact_id, lists, tags, COALESCE(created_date, created_at) AS existed_from, deleted_at
    FROM `${dataset}`.`contacts`
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, contact_id
      ORDER BY updated_at DESC NULLS LAST, row_hash ASC NULLS LAST
    ) = 1
  ),
  assigned_contacts AS (
    SELECT
      contacts.organization_id,
      contacts.contact_id,
      contacts.existed_from,
      contacts.deleted_at,
      holdouts.first_day,
      holdouts.last_day,
      holdouts.time_zone,
      EXISTS(SELECT 1 FROM UNNEST(contacts.lists) AS list WHERE list = holdouts.held_out_list)
      OR EXISTS(SELECT 1 FROM UNNEST(contacts.tags) AS tag WHERE tag = holdouts.held_out_tag) AS is_held_out,
      holdouts.drawn_from_list IS NULL
      OR EXISTS(SELECT 1 FROM UNNEST(contacts.lists) AS list WHERE list = holdouts.drawn_from_list) AS is_drawn_from
    FROM listed_contacts AS contacts
    INNER JOIN `${dataset}`.`holdout_settings` AS holdouts
      ON holdouts.organization_id = contacts.organization_id
    WHERE holdouts.first_day IS NOT NULL
  ),
  leavers AS (
    SELECT organization_id, contact_key, MIN(activity_timestamp) AS left_at
    FROM `${dataset}`.`observations`
    WHERE event_type = 'unsubscribe'
    GROUP BY organization_id, contact_key
  ),
  reached_contacts AS (
    -- Opens and clicks show that somebody was sent an e-mail, which no row says.
    SELECT DISTINCT observations.organization_id, observations.contact_key
    FROM `${dataset}`.`observations` AS observations
    INNER JOIN `${dataset}`.`campaigns_current` AS campaigns
      ON campaigns.organization_id = observations.organization_id
      AND campaigns.campaign_id = observations.campaign_id
      AND campaigns.is_broadcast
    INNER JOIN `${dataset}`.`holdout_settings` AS holdouts
      ON holdouts.organization_id = observations.organization_id
    WHERE observations.event_type IN ('open', 'click')
      AND DATE(campaigns.sent_at, holdouts.time_zone) BETWEEN holdouts.first_day AND holdouts.last_day
  )
SELECT
  contacts.organization_id,
  contacts.contact_id AS contact_key,
  contacts.is_held_out,
  reached_contacts.contact_key IS NOT NULL AS was_reached
FROM assigned_contacts AS contacts
LEFT JOIN leavers
  ON leavers.organization_id = contacts.organization_id
  AND leavers.contact_key = contacts.contact_id
LEFT JOIN reached_contacts
  ON reached_contacts.organization_id = contacts.organization_id
  AND reached_contacts.contact_key = contacts.contact_id
WHERE (contacts.is_held_out OR contacts.is_drawn_from)
  AND DATE(contacts.existed_from, contacts.time_zone) < contacts.first_day
  AND COALESCE(DATE(contacts.deleted_at, contacts.time_zone) >= contacts.first_day, TRUE)
  AND COALESCE(DATE(leavers.left_at, contacts.time_zone) >= contacts.first_day, TRUE)
