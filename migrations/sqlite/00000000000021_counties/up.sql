-- Policies and calendars belong to a county; those of county '' are the deployment's own and hold where a county has none.
-- A version takes effect only after a second person approved it.
CREATE TABLE county_policies (
  version BIGINT PRIMARY KEY, county TEXT NOT NULL, effective_from DATE NOT NULL, title TEXT NOT NULL,
  digest TEXT NOT NULL, document TEXT NOT NULL, submitted_at BIGINT NOT NULL, submitted_iss TEXT NOT NULL,
  submitted_sub TEXT NOT NULL, published_at BIGINT, approved_iss TEXT, approved_sub TEXT
);
INSERT INTO county_policies
SELECT p.version,
  CASE WHEN p.version = 1 THEN '' ELSE COALESCE(
    (SELECT e.county FROM ledger_events e WHERE e.kind = 'policy.published' AND e.subject_kind = 'policy'
      AND e.subject_id = CAST(p.version AS TEXT) AND e.county <> '' LIMIT 1),
    (SELECT MIN(c.county) FROM complexes c HAVING MIN(c.county) = MAX(c.county)), '') END,
  p.effective_from, p.title, p.digest, p.document, p.published_at, '', p.published_by, p.published_at, NULL, NULL
FROM policies p;
DROP TABLE policies;
ALTER TABLE county_policies RENAME TO policies;
CREATE INDEX policies_by_county ON policies (county, version);
CREATE INDEX policies_published ON policies (version) WHERE published_at IS NOT NULL;

CREATE TABLE county_calendar_years (
  county TEXT NOT NULL, year BIGINT NOT NULL, version BIGINT NOT NULL, document TEXT NOT NULL, updated_at BIGINT NOT NULL,
  PRIMARY KEY (county, year)
);
INSERT INTO county_calendar_years SELECT '', year, version, document, updated_at FROM calendar_years;
DROP TABLE calendar_years;
ALTER TABLE county_calendar_years RENAME TO calendar_years;

-- A company may owe the same to two counties.
DROP INDEX measures_open_key;
CREATE UNIQUE INDEX measures_open_key ON measures (county, company_id, key) WHERE state IN ('proposed', 'approved');
