ALTER TABLE measures DROP COLUMN suspended_on;
ALTER TABLE listings DROP COLUMN suspended_on;
