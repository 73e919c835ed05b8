-- Until when an open ticket that nobody has accepted is to be accepted; null once it is, or is not open. Figures count by it.
ALTER TABLE complaints ADD COLUMN accept_due timestamptz;
UPDATE complaints SET accept_due = (course::jsonb ->> 'accept_due')::timestamptz
WHERE is_open AND course::jsonb ->> 'accepted_at' IS NULL AND course::jsonb ->> 'accept_due' IS NOT NULL;
