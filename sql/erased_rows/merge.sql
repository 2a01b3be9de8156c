-- Updates `erased_rows`, one row per row of a report that is withheld, from a batch; merging the batch again changes nothing.
--
-- `${batch}` in `${staging}`: the batch's own table, of the same columns.
MERGE `${dataset}`.`erased_rows` AS T
USING (
  -- A row is read as often as its count grows, and MERGE would insert each.
  SELECT *
  FROM `${staging}`.`${batch}`
  QUALIFY ROW_NUMBER() OVER (PARTITION BY organization_id, row_id ORDER BY times DESC NULLS LAST, updated_at ASC NULLS LAST) = 1
) AS S
ON T.organization_id = S.organization_id
  AND T.row_id = S.row_id
WHEN MATCHED AND S.times > T.times THEN
  UPDATE SET
    times = S.times,
    updated_at = S.updated_at
WHEN NOT MATCHED THEN
  INSERT (organization_id, row_id, campaign_id, event_type, times, created_at, updated_at)
  VALUES (S.organization_id, S.row_id, S.campaign_id, S.event_type, S.times, S.created_at, S.updated_at)
