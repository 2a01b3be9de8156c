-- One row is one conversion: of the table conversions, or of the customer's own view where Terraform was given one.
SELECT organization_id, conversion_id, user_id, email, converted_at, value, currency, kind
FROM `${dataset}`.`conversions`
