DROP INDEX violation_audiences_by_day;
ALTER TABLE violation_audiences DROP COLUMN found_on;
