-- Returns one row per campaign of every account: how many observations are stored from @first_date on, and of those from
-- @lasting_date on, which no partition's expiry takes away before the next count.
--
-- One statement for all accounts: the table is not partitioned by account, so one per account would read it as often.
SELECT
  organization_id,
  campaign_id,
  COUNT(*) AS stored_rows,
  COUNTIF(activity_date >= @lasting_date) AS lasting_rows
FROM `${dataset}`.`email_activities`
WHERE activity_date >= @first_date
GROUP BY organization_id, campaign_id
