-- One row is one rule by which machine_activity recognises an open or a click as a machine's, or as one that may be either's.
--
-- A rule that changes what it finds gets a new version.
SELECT rules.rule_id, rules.version, rules.event_type, rules.verdict, rules.reason
FROM UNNEST([
  STRUCT(
    'click_burst' AS rule_id,
    1 AS version,
    'click' AS event_type,
    'machine' AS verdict,
    'The contact clicked more links of the e-mail within seconds than a person does: security scanners follow links like that.' AS reason
  ),
  STRUCT(
    'click_all_links',
    2,
    'click',
    'machine',
    'The contact clicked five links or more of the e-mail one after the other, almost all that anybody had clicked: a slow security scanner.'
  ),
  STRUCT(
    'click_at_send',
    2,
    'click',
    'machine',
    'The click came at the time of the send, without an open before it: security scanners follow links before delivery.'
  ),
  STRUCT(
    'click_repeated',
    2,
    'click',
    'machine',
    'The click came at the delivery, or with others at once, without an open before it, to a contact or a mail domain whose mail had been scanned in earlier campaigns.'
  ),
  STRUCT(
    'click_honeypot',
    1,
    'click',
    'machine',
    'The contact clicked a link of the e-mail that no person sees, minutes before at most: see the setting honeypot_links.'
  ),
  STRUCT(
    'click_after_honeypot',
    1,
    'click',
    'unknown',
    'The contact had clicked a link of the e-mail that no person sees: the scanner came back, or it is the person behind it.'
  ),
  STRUCT(
    'click_doubtful',
    1,
    'click',
    'unknown',
    'The contact clicked two links or more at once: a person who opens tabs does so, and so does a security scanner that follows some of the links.'
  ),
  STRUCT(
    'open_domain_at_send',
    2,
    'open',
    'machine',
    'Most openers of a mail domain in the first hour opened at the time of the send: a mail gateway loads the images.'
  ),
  STRUCT(
    'open_domain_repeated',
    1,
    'open',
    'machine',
    'Everybody in the mail domain opens soon after each send, campaign after campaign: a mail gateway loads the images.'
  ),
  STRUCT(
    'open_honeypot',
    1,
    'open',
    'machine',
    'The contact clicked a link of the e-mail that no person sees, minutes before at most: see the setting honeypot_links.'
  ),
  STRUCT(
    'open_with_clicks',
    1,
    'open',
    'machine',
    'The open came within seconds of clicks by a machine: a security scanner loads the images too, or its click counts as an open.'
  )
]) AS rules
