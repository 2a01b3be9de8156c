-- Adds a batch to `email_activities`, one row per observation; merging the batch again adds nothing.
--
-- Insert-only, so that it never conflicts with another MERGE, and with constant bounds, the batch's own: on the partitions
-- (@first_date, @last_date: DATE), without which BigQuery reads the whole table, and on what it is clustered by
-- (@organization_id: STRING, @first_campaign, @last_campaign: INT64), without which it reads the days of all accounts.
-- Days that lie far apart are merged one span after the other, so the rows of other spans of the batch are left out.
-- `${batch}` in `${staging}`: the batch's own table, of the same columns.
MERGE `${dataset}`.`email_activities` AS T
USING (
  -- An observation may be in a batch twice (pages shift while they are read), and MERGE would insert both.
  SELECT *
  FROM `${staging}`.`${batch}`
  WHERE activity_date BETWEEN @first_date AND @last_date
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY activity_id
    ORDER BY created_at ASC NULLS LAST, run_id ASC NULLS LAST, contact_email ASC NULLS LAST, source_timestamp ASC NULLS LAST
  ) = 1
) AS S
ON T.activity_id = S.activity_id
  AND T.activity_date = S.activity_date
  AND T.activity_date BETWEEN @first_date AND @last_date
  AND T.organization_id = @organization_id
  AND T.campaign_id BETWEEN @first_campaign AND @last_campaign
WHEN NOT MATCHED THEN
  INSERT (
    organization_id, activity_id, campaign_id, campaign_name, message_id, contact_id, contact_email, event_type,
    activity_timestamp, activity_date, times, link_id, link_url, detail, source_timestamp, run_id, created_at, updated_at
  )
  VALUES (
    S.organization_id, S.activity_id, S.campaign_id, S.campaign_name, S.message_id, S.contact_id, S.contact_email,
    S.event_type, S.activity_timestamp, S.activity_date, S.times, S.link_id, S.link_url, S.detail, S.source_timestamp,
    S.run_id, S.created_at, S.updated_at
  )
