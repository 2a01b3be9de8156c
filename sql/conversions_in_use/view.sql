-- One row is one conversion: from the table conversions, or from the customer's own view if Terraform was given one.
SELECT organization_id, conversion_id, user_id, email, converted_at, value, currency, kind, refund_of
FROM `${dataset}`.`conversions`
