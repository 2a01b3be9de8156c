-- Records in `contacts_seen` the contacts that the pass @pass_id of @organization_id has seen and that are withheld, by keyed
-- hashes of theirs (@tokens); recording them again adds nothing.
MERGE `${staging}`.`contacts_seen` AS T
USING (SELECT DISTINCT token FROM UNNEST(@tokens) AS token) AS S
ON T.organization_id = @organization_id
  AND T.pass_id = @pass_id
  AND T.contact_id = S.token
WHEN NOT MATCHED THEN
  INSERT (organization_id, pass_id, contact_id)
  VALUES (@organization_id, @pass_id, S.token)
