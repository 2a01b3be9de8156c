-- One row is one list: how many of the account's present contacts are on it, and how many of those still click.
--
-- ActiveCampaign says what a contact's status on a list is, not since when: how a list grew cannot be told from it.
WITH
  listed_contacts AS (
    -- The newest reading, in case two concurrent merges inserted a contact twice.
    SELECT organization_id, contact_id, list_statuses, deleted_at
    FROM `${dataset}`.`contacts`
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, contact_id
      ORDER BY updated_at DESC NULLS LAST, row_hash ASC NULLS LAST
    ) = 1
  ),
  memberships AS (
    SELECT contacts.organization_id, contacts.contact_id, membership.list, membership.status
    FROM listed_contacts AS contacts
    CROSS JOIN UNNEST(contacts.list_statuses) AS membership
    WHERE contacts.deleted_at IS NULL
  )
SELECT
  memberships.organization_id,
  memberships.list,
  COUNT(DISTINCT memberships.contact_id) AS contacts,
  COUNT(DISTINCT CASE WHEN memberships.status = 'active' THEN memberships.contact_id END) AS active,
  COUNT(DISTINCT CASE WHEN memberships.status = 'unconfirmed' THEN memberships.contact_id END) AS unconfirmed,
  COUNT(DISTINCT CASE WHEN memberships.status = 'unsubscribed' THEN memberships.contact_id END) AS unsubscribed,
  COUNT(DISTINCT CASE WHEN memberships.status = 'bounced' THEN memberships.contact_id END) AS bounced,
  COUNT(DISTINCT CASE WHEN memberships.status = 'active' AND engagement.click_recency = 'active' THEN memberships.contact_id END)
    AS clicking,
  COUNT(DISTINCT CASE WHEN memberships.status = 'active' AND engagement.click_recency = 'cooling' THEN memberships.contact_id END)
    AS cooling,
  COUNT(DISTINCT CASE WHEN memberships.status = 'active' AND engagement.click_recency = 'cold' THEN memberships.contact_id END)
    AS cold,
  COUNT(DISTINCT CASE WHEN memberships.status = 'active' AND engagement.click_recency = 'never' THEN memberships.contact_id END)
    AS never_clicked,
  SAFE_DIVIDE(
    COUNT(DISTINCT CASE WHEN memberships.status = 'active' AND engagement.click_recency = 'active' THEN memberships.contact_id END),
    COUNT(DISTINCT CASE WHEN memberships.status = 'active' THEN memberships.contact_id END)
  ) AS clicking_share,
  SAFE_DIVIDE(
    COUNT(DISTINCT CASE
      WHEN memberships.status = 'active' AND engagement.click_recency IN ('cooling', 'cold') THEN memberships.contact_id
    END),
    COUNT(DISTINCT CASE WHEN memberships.status = 'active' THEN memberships.contact_id END)
  ) AS stopped_share
FROM memberships
LEFT JOIN `${dataset}`.`contact_engagement` AS engagement
  ON engagement.organization_id = memberships.organization_id
  AND engagement.contact_id = memberships.contact_id
GROUP BY memberships.organization_id, memberships.list
