-- Until when an open ticket that nobody has accepted is to be accepted; null once it is, or is not open. Figures count by it.
ALTER TABLE complaints ADD COLUMN accept_due BIGINT;
UPDATE complaints SET accept_due = CAST(strftime('%s', json_extract(course, '$.accept_due')) AS INTEGER) * 1000000
WHERE is_open AND json_extract(course, '$.accepted_at') IS NULL AND json_extract(course, '$.accept_due') IS NOT NULL;
