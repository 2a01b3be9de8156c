-- One row is one amount to credit: a conversion, a refund as far as it refunds one, or an amount that is counted apart.
--
-- A refund names its conversion (refund_of) and shares that conversion's credits, whoever is named as its owner. Refunds
-- of one conversion count in the order of their times, up to its value. Counted apart, as earned by no e-mail, are
-- negative amounts that name no conversion, refunds whose conversion is unknown, is itself a refund or has another
-- currency, and what is refunded beyond the value. Amounts are whole numbers of 1/10000 here.
WITH
  distinct_conversions AS (
    SELECT
      organization_id,
      conversion_id,
      user_id,
      NULLIF(LOWER(TRIM(email)), '') AS email,
      converted_at,
      value,
      CAST(ROUND(value * 10000) AS INT64) AS amount,
      UPPER(TRIM(currency)) AS currency,
      kind,
      NULLIF(TRIM(refund_of), '') AS refund_of
    FROM `${dataset}`.`conversions_in_use`
    -- A customer's own view may contain a conversion twice.
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, conversion_id
      ORDER BY
        converted_at ASC NULLS LAST, user_id ASC NULLS LAST, email ASC NULLS LAST, value ASC NULLS LAST,
        currency ASC NULLS LAST, kind ASC NULLS LAST, refund_of ASC NULLS LAST
    ) = 1
  ),
  matched_refunds AS (
    -- A refund without a value refunds the whole.
    SELECT
      refunds.*,
      conversions.currency AS refunded_currency,
      COALESCE(conversions.amount, 0) AS whole,
      COALESCE(ABS(refunds.amount), conversions.amount, 0) AS asked
    FROM distinct_conversions AS refunds
    INNER JOIN distinct_conversions AS conversions
      ON conversions.organization_id = refunds.organization_id
      AND conversions.conversion_id = refunds.refund_of
    WHERE conversions.refund_of IS NULL
      AND COALESCE(conversions.amount, 0) >= 0
      AND (refunds.currency IS NULL OR refunds.currency = conversions.currency)
  ),
  successive_refunds AS (
    SELECT
      *,
      SUM(asked) OVER (
        PARTITION BY organization_id, refund_of
        ORDER BY converted_at ASC NULLS LAST, conversion_id ASC NULLS LAST
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS asked_until
    FROM matched_refunds
  ),
  bounded_refunds AS (
    SELECT
      *,
      CAST(LEAST(asked_until - asked, whole) AS INT64) AS amount_from,
      CAST(LEAST(asked_until, whole) AS INT64) AS amount_until
    FROM successive_refunds
  ),
  refunded_amounts AS (
    SELECT organization_id, refund_of AS conversion_id, MAX(amount_until) AS refunded
    FROM bounded_refunds
    GROUP BY organization_id, refund_of
  ),
  amounts AS (
    SELECT
      conversions.organization_id, conversions.conversion_id, conversions.conversion_id AS credited_as,
      CASE WHEN conversions.refund_of IS NULL AND COALESCE(conversions.amount, 0) >= 0 THEN 'conversion' ELSE 'apart' END
        AS counts_as,
      conversions.refund_of, conversions.user_id, conversions.email, conversions.converted_at, conversions.kind,
      conversions.currency, 0 AS amount_from, ABS(conversions.amount) AS amount_until,
      COALESCE(refunded_amounts.refunded, 0) AS refunded
    FROM distinct_conversions AS conversions
    LEFT JOIN matched_refunds
      ON matched_refunds.organization_id = conversions.organization_id
      AND matched_refunds.conversion_id = conversions.conversion_id
    LEFT JOIN refunded_amounts
      ON refunded_amounts.organization_id = conversions.organization_id
      AND refunded_amounts.conversion_id = conversions.conversion_id
    WHERE matched_refunds.conversion_id IS NULL
    UNION ALL
    SELECT
      organization_id, conversion_id, refund_of, 'refund', refund_of, user_id, email, converted_at, kind,
      refunded_currency, amount_from,
      CASE WHEN refunded_currency IS NOT NULL THEN amount_until END, 0
    FROM bounded_refunds
    WHERE amount_until > amount_from OR asked = 0
    UNION ALL
    SELECT
      organization_id, conversion_id, conversion_id, 'apart', refund_of, user_id, email, converted_at, kind,
      refunded_currency, 0, asked - (amount_until - amount_from), 0
    FROM bounded_refunds
    WHERE amount IS NOT NULL AND asked > amount_until - amount_from
  )
SELECT
  organization_id,
  conversion_id,
  credited_as,
  counts_as,
  refund_of,
  user_id,
  email,
  converted_at,
  CASE counts_as WHEN 'conversion' THEN 1 ELSE -1 END * (amount_until - amount_from) * CAST('0.0001' AS NUMERIC) AS value,
  currency,
  kind,
  amount_from,
  amount_until,
  refunded * CAST('0.0001' AS NUMERIC) AS refunded
FROM amounts
