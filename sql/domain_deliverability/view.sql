-- One row is one mail domain: how many contacts have their address there, and what became of the e-mails to them.
--
-- ActiveCampaign does not say who received an e-mail, so shares are of contacts, not of e-mails. A contact counts once.
WITH
  addresses AS (
    SELECT organization_id, contact_key, domain
    FROM `${dataset}`.`contact_addresses`
    WHERE is_current AND domain IS NOT NULL
  ),
  bounced_contacts AS (
    SELECT
      organization_id,
      contact_key,
      LOGICAL_OR(JSON_VALUE(detail['type']) = 'hard') AS has_hard_bounced,
      LOGICAL_OR(JSON_VALUE(detail['type']) = 'soft') AS has_soft_bounced
    FROM `${dataset}`.`observations`
    WHERE event_type = 'bounce'
    GROUP BY organization_id, contact_key
  )
SELECT
  addresses.organization_id,
  addresses.domain,
  COUNT(*) AS contacts,
  COUNTIF(COALESCE(has_hard_bounced, FALSE)) AS hard_bounced,
  COUNTIF(COALESCE(has_soft_bounced, FALSE)) AS soft_bounced,
  COUNTIF(engagement.unsubscribes > 0) AS unsubscribed,
  COUNTIF(engagement.emails_opened > 0) AS openers,
  COUNTIF(engagement.campaigns_clicked > 0) AS clickers,
  SAFE_DIVIDE(COUNTIF(COALESCE(has_hard_bounced, FALSE)), COUNT(*)) AS hard_bounced_share,
  SAFE_DIVIDE(COUNTIF(engagement.campaigns_clicked > 0), COUNT(*)) AS clickers_share
FROM addresses
INNER JOIN `${dataset}`.`contact_engagement` AS engagement
  ON engagement.organization_id = addresses.organization_id
  AND engagement.contact_key = addresses.contact_key
LEFT JOIN bounced_contacts
  ON bounced_contacts.organization_id = addresses.organization_id
  AND bounced_contacts.contact_key = addresses.contact_key
GROUP BY addresses.organization_id, addresses.domain
