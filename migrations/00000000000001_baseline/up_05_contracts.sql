-- Contracts of property service and the six disclosures about each complex.

CREATE TABLE contracts (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, entered_by TEXT NOT NULL,
  shared BOOLEAN NOT NULL, governs BOOLEAN NOT NULL,
  complex_id {id} NOT NULL REFERENCES complexes (id), company_id {id} NOT NULL REFERENCES companies (id),
  county TEXT NOT NULL, township TEXT NOT NULL, community TEXT NOT NULL,
  effective_from DATE NOT NULL, effective_to DATE, last_day DATE, interim_until DATE, interim BOOLEAN NOT NULL,
  project_manager TEXT NOT NULL, filing_number TEXT, filing_office TEXT, filing_year BIGINT, filing_serial BIGINT,
  filed_on DATE, review_due_on DATE, removal_id {id} REFERENCES measures (id), handover_due_on DATE,
  handover_done_on DATE, terms TEXT NOT NULL, proceedings TEXT NOT NULL, created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
);
CREATE INDEX contracts_county ON contracts (county, id);
CREATE INDEX contracts_county_state ON contracts (county, state, id);
CREATE INDEX contracts_township ON contracts (township, id);
CREATE INDEX contracts_township_state ON contracts (township, state, id);
CREATE INDEX contracts_community ON contracts (community, id);
CREATE INDEX contracts_company ON contracts (company_id, id);
CREATE INDEX contracts_complex ON contracts (complex_id, id);
CREATE UNIQUE INDEX contracts_filing ON contracts (filing_office, filing_year, filing_serial);

-- The six disclosures, every version of them: what is searched and counted. What they say stands beside, in
-- disclosure_contents, so that a survey of a whole county reads nothing else than it needs.
CREATE TABLE disclosures (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, number BIGINT NOT NULL, kind TEXT NOT NULL,
  complex_id {id} NOT NULL REFERENCES complexes (id), company_id {id} NOT NULL REFERENCES companies (id),
  county TEXT NOT NULL, township TEXT NOT NULL, community TEXT NOT NULL, state TEXT NOT NULL, is_current BOOLEAN NOT NULL,
  published_on DATE NOT NULL, period_from DATE, period_to DATE, submitted_on DATE NOT NULL, decided_on DATE,
  verified_on DATE, replaced_on DATE, exceeds_contract BIGINT NOT NULL, not_in_contract BIGINT NOT NULL,
  compared_with {id}, policy_version BIGINT NOT NULL, created_at {instant} NOT NULL, updated_at {instant} NOT NULL
);
CREATE UNIQUE INDEX disclosures_number ON disclosures (complex_id, company_id, kind, number);
CREATE INDEX disclosures_complex ON disclosures (complex_id, kind, id);
CREATE INDEX disclosures_company ON disclosures (company_id, is_current, id);
-- What a survey reads of the present: covering, in each level of territory.
CREATE INDEX disclosures_county_current ON disclosures (county, is_current, period_to, state, kind, period_from, published_on,
  decided_on, exceeds_contract, not_in_contract, compared_with, complex_id, company_id, id);
CREATE INDEX disclosures_township_current ON disclosures (township, is_current, period_to, state, kind, period_from, published_on,
  decided_on, exceeds_contract, not_in_contract, compared_with, complex_id, company_id, id);
CREATE INDEX disclosures_community_current ON disclosures (community, is_current, period_to, state, kind, period_from, published_on,
  decided_on, exceeds_contract, not_in_contract, compared_with, complex_id, company_id, id);
-- And of the past: its trend.
CREATE INDEX disclosures_county_verified ON disclosures (county, verified_on, replaced_on, kind, period_from, period_to,
  published_on, complex_id, company_id);
CREATE INDEX disclosures_township_verified ON disclosures (township, verified_on, replaced_on, kind, period_from, period_to,
  published_on, complex_id, company_id);
CREATE INDEX disclosures_community_verified ON disclosures (community, verified_on, replaced_on, kind, period_from, period_to,
  published_on, complex_id, company_id);

CREATE TABLE disclosure_contents (
  disclosure_id {id} PRIMARY KEY REFERENCES disclosures (id), content TEXT NOT NULL, proof TEXT NOT NULL,
  findings TEXT NOT NULL, verification TEXT NOT NULL, submitted_by TEXT NOT NULL
);
