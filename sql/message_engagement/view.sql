-- One row is one message of one campaign, as a split test has several: who read it, and whether its readers clicked more often than those of the other messages.
--
-- ActiveCampaign does not say how many received each message, so messages are compared by the share of their readers that
-- clicked; a reader is a contact that opened or clicked, without recognised machines. The test is that of two proportions,
-- with the pooled variance, of a message against all others together. By chance alone, one campaign in twenty would show
-- a difference, however many messages it has (Bonferroni), and it needs 5 expected clickers and 5 others on either side.
-- Readers chose to open: where subject lines differ, so may the people who opened.
WITH
  readers AS (
    SELECT
      organization_id,
      campaign_id,
      message_id,
      contact_key,
      LOGICAL_OR(event_type = 'open') AS has_opened,
      LOGICAL_OR(event_type = 'click') AS has_clicked
    FROM `${dataset}`.`touch_observations`
    WHERE NOT is_machine
    GROUP BY organization_id, campaign_id, message_id, contact_key
  ),
  messages AS (
    SELECT
      organization_id,
      campaign_id,
      message_id,
      COUNT(*) AS readers,
      COUNTIF(has_opened) AS unique_opens,
      COUNTIF(has_clicked) AS unique_clicks
    FROM readers
    GROUP BY organization_id, campaign_id, message_id
  ),
  campaigns AS (
    SELECT
      organization_id,
      campaign_id,
      COUNT(*) AS messages,
      CAST(SUM(readers) AS INT64) AS readers,
      CAST(SUM(unique_clicks) AS INT64) AS unique_clicks
    FROM messages
    GROUP BY organization_id, campaign_id
  ),
  compared_messages AS (
    SELECT
      messages.organization_id,
      messages.campaign_id,
      messages.message_id,
      campaigns.messages,
      messages.readers,
      messages.unique_opens,
      messages.unique_clicks,
      SAFE_DIVIDE(messages.unique_clicks, messages.readers) AS click_share,
      SAFE_DIVIDE(campaigns.unique_clicks - messages.unique_clicks, campaigns.readers - messages.readers)
        AS click_share_of_others,
      SAFE_DIVIDE(campaigns.unique_clicks, campaigns.readers) AS pooled_share,
      LEAST(messages.readers, campaigns.readers - messages.readers) AS fewest_readers,
      SAFE_DIVIDE(1, messages.readers) + SAFE_DIVIDE(1, campaigns.readers - messages.readers) AS spread
    FROM messages
    INNER JOIN campaigns
      ON campaigns.organization_id = messages.organization_id
      AND campaigns.campaign_id = messages.campaign_id
  ),
  tested_messages AS (
    SELECT
      *,
      CASE WHEN fewest_readers * LEAST(pooled_share, 1 - pooled_share) >= 5
        THEN (click_share - click_share_of_others) / SQRT(pooled_share * (1 - pooled_share) * spread)
      END AS z_score,
      -- Two-sided, one in twenty divided by the comparisons; two messages are one comparison.
      CASE
        WHEN messages = 2 THEN 1.96
        WHEN messages = 3 THEN 2.394
        WHEN messages = 4 THEN 2.498
        WHEN messages = 5 THEN 2.576
        WHEN messages <= 10 THEN 2.807
        ELSE 3.291
      END AS z_bound
    FROM compared_messages
  ),
  stored_subjects AS (
    -- The newest reading, in case two concurrent merges inserted a message twice.
    SELECT *
    FROM `${dataset}`.`messages`
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, campaign_id, message_id
      ORDER BY updated_at DESC NULLS LAST, row_hash ASC NULLS LAST
    ) = 1
  )
SELECT
  tested_messages.organization_id,
  tested_messages.campaign_id,
  campaign_name,
  tested_messages.message_id,
  subject,
  messages,
  readers,
  unique_opens,
  unique_clicks,
  click_share,
  CASE WHEN messages > 1 THEN click_share_of_others END AS click_share_of_others,
  z_score,
  CASE
    WHEN messages = 1 THEN 'only_message'
    WHEN z_score IS NULL THEN 'too_few'
    WHEN z_score >= z_bound THEN 'better'
    WHEN z_score <= -z_bound THEN 'worse'
    ELSE 'no_difference_shown'
  END AS verdict
FROM tested_messages
LEFT JOIN `${dataset}`.`campaigns_current` AS names
  ON names.organization_id = tested_messages.organization_id
  AND names.campaign_id = tested_messages.campaign_id
LEFT JOIN stored_subjects
  ON stored_subjects.organization_id = tested_messages.organization_id
  AND stored_subjects.campaign_id = tested_messages.campaign_id
  AND stored_subjects.message_id = tested_messages.message_id
