DROP INDEX revocations_by_reach;
CREATE INDEX revocations_by_county ON revocations (county, id);
ALTER TABLE revocations DROP COLUMN reach;
DROP TABLE company_changes;
ALTER TABLE companies DROP COLUMN division;
