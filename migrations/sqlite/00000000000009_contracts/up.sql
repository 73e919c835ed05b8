CREATE TABLE contracts (
  id TEXT PRIMARY KEY, version BIGINT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, entered_by TEXT NOT NULL,
  shared BOOLEAN NOT NULL, counts BOOLEAN NOT NULL,
  complex_id TEXT NOT NULL REFERENCES complexes (id), company_id TEXT NOT NULL REFERENCES companies (id),
  county TEXT NOT NULL, township TEXT NOT NULL, community TEXT NOT NULL,
  effective_from DATE NOT NULL, effective_to DATE, last_day DATE, interim_until DATE, interim BOOLEAN NOT NULL,
  project_manager TEXT NOT NULL, filing_number TEXT, filing_office TEXT, filing_year BIGINT, filing_serial BIGINT,
  filed_on DATE, review_due_on DATE, removal_id TEXT REFERENCES measures (id), handover_due_on DATE,
  handover_done_on DATE, terms TEXT NOT NULL, proceedings TEXT NOT NULL, created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX contracts_county ON contracts (county, id);
CREATE INDEX contracts_county_state ON contracts (county, state, id);
CREATE INDEX contracts_township ON contracts (township, id);
CREATE INDEX contracts_township_state ON contracts (township, state, id);
CREATE INDEX contracts_community ON contracts (community, id);
CREATE INDEX contracts_company ON contracts (company_id, id);
CREATE INDEX contracts_complex ON contracts (complex_id, id);
CREATE UNIQUE INDEX contracts_filing ON contracts (filing_office, filing_year, filing_serial);

-- Who served until now becomes a contract that an office put on record and that is not filed; a service has the id of
-- the contract that it follows from.
INSERT INTO contracts (
  id, version, kind, state, entered_by, shared, counts, complex_id, company_id, county, township, community,
  effective_from, effective_to, interim, project_manager, terms, proceedings, created_at, updated_at
)
SELECT id, 1, 'regular', 'draft', 'office', TRUE, TRUE, complex_id, company_id, county, township, community,
  effective_from, effective_to, FALSE, project_manager, '{}', '{}', created_at, created_at
FROM complex_services;
