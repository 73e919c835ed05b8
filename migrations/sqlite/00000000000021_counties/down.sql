DROP INDEX measures_open_key;
CREATE UNIQUE INDEX measures_open_key ON measures (company_id, key) WHERE state IN ('proposed', 'approved');

CREATE TABLE one_calendar_years (
  year BIGINT PRIMARY KEY, version BIGINT NOT NULL, document TEXT NOT NULL, updated_at BIGINT NOT NULL
);
INSERT INTO one_calendar_years SELECT year, version, document, updated_at FROM calendar_years WHERE county = '';
DROP TABLE calendar_years;
ALTER TABLE one_calendar_years RENAME TO calendar_years;

CREATE TABLE one_policies (
  version BIGINT PRIMARY KEY, effective_from DATE NOT NULL, title TEXT NOT NULL, digest TEXT NOT NULL,
  document TEXT NOT NULL, published_at BIGINT NOT NULL, published_by TEXT NOT NULL
);
INSERT INTO one_policies SELECT version, effective_from, title, digest, document, published_at, submitted_sub FROM policies
  WHERE published_at IS NOT NULL;
DROP TABLE policies;
ALTER TABLE one_policies RENAME TO policies;
