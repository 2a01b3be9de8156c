-- One row is one rule by which machine_activity recognises an open or a click as a machine's.
--
-- A rule that changes what it finds gets a new version.
SELECT rules.rule_id, rules.version, rules.event_type, rules.reason
FROM UNNEST([
  STRUCT(
    'click_all_links' AS rule_id,
    1 AS version,
    'click' AS event_type,
    'The contact clicked most links of the e-mail within seconds, and not again: security scanners follow links like that.' AS reason
  ),
  STRUCT(
    'click_at_send',
    1,
    'click',
    'The click came at the time of the send, without an open: security scanners follow links before delivery.'
  ),
  STRUCT(
    'open_domain_at_send',
    1,
    'open',
    'Most openers of a mail domain opened at the time of the send, and not again: a mail gateway loads the images.'
  ),
  STRUCT(
    'open_with_all_links',
    1,
    'open',
    'The open came within seconds of clicks on most links, and not again: a security scanner loads the images too.'
  )
]) AS rules
