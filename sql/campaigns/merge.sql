-- Updates `campaigns`, one row per campaign, from a batch; merging the same batch again changes nothing.
--
-- The newer reading wins (updated_at is when it was read), an unchanged campaign is not rewritten, and created_at stays
-- that of the first. `${batch}` in `${staging}`: the batch's own table, of the same columns.
MERGE `${dataset}`.`campaigns` AS T
USING (
  -- A campaign may be in a batch twice: pages shift while they are read.
  SELECT *
  FROM `${staging}`.`${batch}`
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY organization_id, campaign_id
    ORDER BY updated_at DESC NULLS LAST, modified_date DESC NULLS LAST, row_hash ASC NULLS LAST
  ) = 1
) AS S
ON T.organization_id = S.organization_id
  AND T.campaign_id = S.campaign_id
WHEN MATCHED
  AND (
    (S.updated_at > T.updated_at AND S.row_hash <> T.row_hash)
    -- Stored while a clock was wrong: when it was read is unknown.
    OR (T.updated_at > CURRENT_TIMESTAMP() AND S.updated_at < T.updated_at)
  )
THEN
  UPDATE SET
    campaign_name = S.campaign_name,
    campaign_type = S.campaign_type,
    status = S.status,
    automation_id = S.automation_id,
    series_id = S.series_id,
    sent_at = S.sent_at,
    last_sent_at = S.last_sent_at,
    created_date = S.created_date,
    modified_date = S.modified_date,
    send_amt = S.send_amt,
    total_amt = S.total_amt,
    opens = S.opens,
    uniqueopens = S.uniqueopens,
    verified_opens = S.verified_opens,
    verified_unique_opens = S.verified_unique_opens,
    linkclicks = S.linkclicks,
    uniquelinkclicks = S.uniquelinkclicks,
    subscriberclicks = S.subscriberclicks,
    forwards = S.forwards,
    uniqueforwards = S.uniqueforwards,
    hardbounces = S.hardbounces,
    softbounces = S.softbounces,
    unsubscribes = S.unsubscribes,
    replies = S.replies,
    row_hash = S.row_hash,
    updated_at = S.updated_at
WHEN NOT MATCHED THEN
  INSERT (
    organization_id, campaign_id, campaign_name, campaign_type, status, automation_id, series_id, sent_at,
    last_sent_at, created_date, modified_date, send_amt, total_amt, opens, uniqueopens, verified_opens,
    verified_unique_opens, linkclicks, uniquelinkclicks, subscriberclicks, forwards, uniqueforwards, hardbounces,
    softbounces, unsubscribes, replies, row_hash, created_at, updated_at
  )
  VALUES (
    S.organization_id, S.campaign_id, S.campaign_name, S.campaign_type, S.status, S.automation_id, S.series_id,
    S.sent_at, S.last_sent_at, S.created_date, S.modified_date, S.send_amt, S.total_amt, S.opens, S.uniqueopens,
    S.verified_opens, S.verified_unique_opens, S.linkclicks, S.uniquelinkclicks, S.subscriberclicks, S.forwards,
    S.uniqueforwards, S.hardbounces, S.softbounces, S.unsubscribes, S.replies, S.row_hash, S.created_at, S.updated_at
  )
