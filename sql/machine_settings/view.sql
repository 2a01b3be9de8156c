-- One row is the set of thresholds of the machine rules, one threshold per column, beside those of view_settings; columns.json describes them.
--
-- Change a value here and machine_activity follows. Read it with CROSS JOIN.
SELECT
  1 AS burst_free_seconds,
  CAST(0.75 AS FLOAT64) AS burst_seconds_per_link,
  3 AS pair_seconds,
  30 AS delivery_minutes,
  2 AS scanned_campaigns,
  CAST(0.5 AS FLOAT64) AS domain_scanned_share,
  10 AS honeypot_minutes,
  120 AS visit_seconds,
  5 AS visit_links,
  2 AS implied_open_seconds,
  60 AS domain_minutes,
  3 AS domain_repeat_campaigns,
  CAST(0.9 AS FLOAT64) AS domain_repeat_share
