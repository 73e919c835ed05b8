-- The registers that everything else refers to: divisions, offices, companies, complexes, and who serves which.

CREATE TABLE divisions (
  code TEXT PRIMARY KEY, level TEXT NOT NULL, name TEXT NOT NULL, parent_code TEXT
);
CREATE INDEX divisions_by_parent ON divisions (parent_code, code);

-- The directory of offices: one for each role and division.
CREATE TABLE offices (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, role TEXT NOT NULL, division TEXT NOT NULL, county TEXT NOT NULL,
  township TEXT NOT NULL, community TEXT NOT NULL, name TEXT NOT NULL, phone TEXT NOT NULL, complaint_phone TEXT,
  hours TEXT NOT NULL, address TEXT, document_prefix TEXT, created_at {instant} NOT NULL, updated_at {instant} NOT NULL
);
CREATE UNIQUE INDEX offices_role_division ON offices (role, division);
CREATE UNIQUE INDEX offices_prefix ON offices (county, document_prefix);
CREATE INDEX offices_county ON offices (county, id);
CREATE INDEX offices_county_role ON offices (county, role, id);
CREATE INDEX offices_division ON offices (division, id);

CREATE TABLE companies (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, uscc TEXT NOT NULL, uscc_override_reason TEXT, name TEXT NOT NULL,
  legal_representative TEXT NOT NULL, service_hotline TEXT NOT NULL, parent_id {id} REFERENCES companies (id),
  county TEXT NOT NULL,
  -- The office that keeps a company's file: the county, or the township whose office registered it.
  division TEXT NOT NULL DEFAULT '',
  created_at {instant} NOT NULL, updated_at {instant} NOT NULL
);
CREATE UNIQUE INDEX companies_uscc ON companies (uscc);
CREATE INDEX companies_by_parent ON companies (parent_id);

-- Changes of a company that another office proposes, or that need a second person.
CREATE TABLE company_changes (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, company_id {id} NOT NULL REFERENCES companies (id), state TEXT NOT NULL,
  change TEXT NOT NULL, reason TEXT NOT NULL, proposed_by TEXT NOT NULL, decision TEXT NOT NULL, created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  -- What the change was made from: it is not carried out over something newer.
  before TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX company_changes_by_company ON company_changes (company_id, id);
-- For the inbox of the office that keeps a company's file.
CREATE INDEX company_changes_by_state ON company_changes (state, company_id);

-- Every division, at each level, in which a company is owned, serves, served or has applied.
CREATE TABLE company_areas (
  company_id {id} NOT NULL REFERENCES companies (id), area TEXT NOT NULL, PRIMARY KEY (area, company_id)
);
-- For the counties of a company: the offices that it may look up.
CREATE INDEX company_areas_by_company ON company_areas (company_id, area);

-- For which companies a USCC speaks: its own, and its branches.
CREATE TABLE company_families (
  uscc TEXT NOT NULL, company_id {id} NOT NULL REFERENCES companies (id), PRIMARY KEY (uscc, company_id)
);
CREATE INDEX company_families_by_company ON company_families (company_id);

CREATE TABLE complexes (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, name TEXT NOT NULL, county TEXT NOT NULL, township TEXT NOT NULL,
  community TEXT NOT NULL, grid TEXT, address TEXT NOT NULL, longitude DOUBLE PRECISION, latitude DOUBLE PRECISION,
  area_m2 BIGINT, households BIGINT, buildings BIGINT, delivered_on DATE, self_governance TEXT NOT NULL,
  created_at {instant} NOT NULL, updated_at {instant} NOT NULL
);
CREATE INDEX complexes_by_county ON complexes (county, id);
CREATE INDEX complexes_by_township ON complexes (township, id);
CREATE INDEX complexes_by_community ON complexes (community, id);
-- Complexes around a point (Open311).
CREATE INDEX complexes_by_place ON complexes (latitude, longitude);

-- Who serves a complex from when to when. A service has the id of the contract that it follows from.
CREATE TABLE complex_services (
  id {id} PRIMARY KEY, complex_id {id} NOT NULL REFERENCES complexes (id), company_id {id} NOT NULL REFERENCES companies (id),
  project_manager TEXT NOT NULL, effective_from DATE NOT NULL, effective_to DATE, county TEXT NOT NULL,
  township TEXT NOT NULL, community TEXT NOT NULL, created_at {instant} NOT NULL
);
CREATE INDEX complex_services_by_complex ON complex_services (complex_id, effective_from);
CREATE INDEX complex_services_by_company ON complex_services (company_id, complex_id);
-- Who serves the complexes of a territory; and, for the trend, who served one on a day.
CREATE INDEX complex_services_county ON complex_services (county, complex_id, company_id, effective_from, effective_to);
CREATE INDEX complex_services_township ON complex_services (township, complex_id, company_id, effective_from, effective_to);
CREATE INDEX complex_services_community ON complex_services (community, complex_id, company_id, effective_from, effective_to);
CREATE INDEX complex_services_of_company ON complex_services (complex_id, company_id, effective_from, effective_to);
