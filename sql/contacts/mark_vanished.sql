-- Sets deleted_at on each contact of @organization_id that the complete pass @pass_id did not see.
--
-- Contacts already marked keep the time at which they were first missing, so marking again changes nothing; one from the
-- future was stored while a clock was wrong, and is replaced. The pass is complete where at least @seen contacts of it are in
-- `contacts_seen`: a worker that was overtaken marks nobody, as the pass after its own has removed its rows. A pass that saw
-- nobody (@seen = 0) marks everybody, unless another pass has rows. @at: TIMESTAMP; @seen: INT64.
UPDATE `${dataset}`.`contacts` AS T
SET deleted_at = @at, updated_at = @at
WHERE T.organization_id = @organization_id
  AND (T.deleted_at IS NULL OR (T.deleted_at > CURRENT_TIMESTAMP() AND T.deleted_at > @at))
  AND (
    SELECT COUNT(DISTINCT own.contact_id)
    FROM `${staging}`.`contacts_seen` AS own
    WHERE own.organization_id = @organization_id
      AND own.pass_id = @pass_id
  ) >= @seen
  AND (
    @seen > 0
    OR NOT EXISTS (
      SELECT 1
      FROM `${staging}`.`contacts_seen` AS other
      WHERE other.organization_id = @organization_id
        AND other.pass_id <> @pass_id
    )
  )
  AND NOT EXISTS (
    SELECT 1
    FROM `${staging}`.`contacts_seen` AS S
    WHERE S.organization_id = T.organization_id
      AND S.pass_id = @pass_id
      AND S.contact_id = T.contact_id
  )
