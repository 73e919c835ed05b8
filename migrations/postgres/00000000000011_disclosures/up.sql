-- The six disclosures, every version of them: what is searched and counted. What they say stands beside, in
-- disclosure_contents, so that a survey of a whole county reads nothing else than it needs.
CREATE TABLE disclosures (
  id uuid PRIMARY KEY, version BIGINT NOT NULL, number BIGINT NOT NULL, kind TEXT NOT NULL,
  complex_id uuid NOT NULL REFERENCES complexes (id), company_id uuid NOT NULL REFERENCES companies (id),
  county TEXT NOT NULL, township TEXT NOT NULL, community TEXT NOT NULL, state TEXT NOT NULL, is_current BOOLEAN NOT NULL,
  published_on DATE NOT NULL, period_from DATE, period_to DATE, submitted_on DATE NOT NULL, decided_on DATE,
  verified_on DATE, replaced_on DATE, exceeds_contract BIGINT NOT NULL, not_in_contract BIGINT NOT NULL,
  compared_with uuid, policy_version BIGINT NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL
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
  disclosure_id uuid PRIMARY KEY REFERENCES disclosures (id), content TEXT NOT NULL, proof TEXT NOT NULL,
  findings TEXT NOT NULL, verification TEXT NOT NULL, submitted_by TEXT NOT NULL
);

-- Who serves the complexes of a territory; and, for the trend, who served one on a day.
CREATE INDEX complex_services_county ON complex_services (county, complex_id, company_id, effective_from, effective_to);
CREATE INDEX complex_services_township ON complex_services (township, complex_id, company_id, effective_from, effective_to);
CREATE INDEX complex_services_community ON complex_services (community, complex_id, company_id, effective_from, effective_to);
CREATE INDEX complex_services_of_company ON complex_services (complex_id, company_id, effective_from, effective_to);

CREATE TABLE typical_cases (
  id uuid PRIMARY KEY, version BIGINT NOT NULL, violation_id uuid NOT NULL REFERENCES violations (id), act TEXT NOT NULL,
  company_id uuid NOT NULL REFERENCES companies (id), complex_id uuid REFERENCES complexes (id), county TEXT NOT NULL,
  township TEXT NOT NULL, community TEXT NOT NULL, state TEXT NOT NULL, title TEXT NOT NULL, summary TEXT NOT NULL,
  published_on DATE NOT NULL, published_by TEXT NOT NULL, withdrawn_on DATE, withdrawal TEXT NOT NULL,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL
);
-- One live case of a violation.
CREATE UNIQUE INDEX typical_cases_live ON typical_cases (violation_id) WHERE state = 'published';
CREATE INDEX typical_cases_county ON typical_cases (county, id);
CREATE INDEX typical_cases_county_state ON typical_cases (county, state, id);
CREATE INDEX typical_cases_township ON typical_cases (township, id);
CREATE INDEX typical_cases_township_state ON typical_cases (township, state, id);
CREATE INDEX typical_cases_community ON typical_cases (community, id);
CREATE INDEX typical_cases_community_state ON typical_cases (community, state, id);
CREATE INDEX typical_cases_company ON typical_cases (company_id, id);
CREATE INDEX typical_cases_complex ON typical_cases (complex_id, id);
