ALTER TABLE revocations DROP COLUMN residents;
DROP TABLE company_changes;
ALTER TABLE companies DROP COLUMN division;
