CREATE TABLE divisions (
  code TEXT PRIMARY KEY, level TEXT NOT NULL, name TEXT NOT NULL, parent_code TEXT
);
CREATE INDEX divisions_by_parent ON divisions (parent_code, code);

CREATE TABLE companies (
  id TEXT PRIMARY KEY, version BIGINT NOT NULL, uscc TEXT NOT NULL, uscc_override_reason TEXT, name TEXT NOT NULL,
  legal_representative TEXT NOT NULL, service_hotline TEXT NOT NULL, parent_id TEXT REFERENCES companies (id),
  county TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX companies_uscc ON companies (uscc);
CREATE INDEX companies_by_parent ON companies (parent_id);

-- Every division, at each level, in which a company is owned, serves, served or has applied.
CREATE TABLE company_areas (company_id TEXT NOT NULL REFERENCES companies (id), area TEXT NOT NULL, PRIMARY KEY (area, company_id));

-- For which companies a USCC speaks: its own, and its branches.
CREATE TABLE company_families (uscc TEXT NOT NULL, company_id TEXT NOT NULL REFERENCES companies (id), PRIMARY KEY (uscc, company_id));
CREATE INDEX company_families_by_company ON company_families (company_id);

CREATE TABLE complexes (
  id TEXT PRIMARY KEY, version BIGINT NOT NULL, name TEXT NOT NULL, county TEXT NOT NULL, township TEXT NOT NULL,
  community TEXT NOT NULL, grid TEXT, address TEXT NOT NULL, longitude DOUBLE PRECISION, latitude DOUBLE PRECISION,
  area_m2 BIGINT, households BIGINT, buildings BIGINT, delivered_on DATE, self_governance TEXT NOT NULL,
  created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);
CREATE INDEX complexes_by_county ON complexes (county, id);
CREATE INDEX complexes_by_township ON complexes (township, id);
CREATE INDEX complexes_by_community ON complexes (community, id);

CREATE TABLE complex_services (
  id TEXT PRIMARY KEY, complex_id TEXT NOT NULL REFERENCES complexes (id), company_id TEXT NOT NULL REFERENCES companies (id),
  project_manager TEXT NOT NULL, effective_from DATE NOT NULL, effective_to DATE, county TEXT NOT NULL,
  township TEXT NOT NULL, community TEXT NOT NULL, created_at BIGINT NOT NULL
);
CREATE INDEX complex_services_by_complex ON complex_services (complex_id, effective_from);
CREATE INDEX complex_services_by_company ON complex_services (company_id, complex_id);

CREATE TABLE violations (
  id TEXT PRIMARY KEY, version BIGINT NOT NULL, act TEXT NOT NULL, clause BIGINT, subject_kind TEXT NOT NULL,
  subject_name TEXT, company_id TEXT REFERENCES companies (id), complex_id TEXT REFERENCES complexes (id),
  county TEXT NOT NULL, township TEXT NOT NULL, community TEXT NOT NULL, lead_role TEXT NOT NULL, state TEXT NOT NULL,
  found_on DATE NOT NULL, reported_at BIGINT NOT NULL, reporter_iss TEXT NOT NULL, reporter_sub TEXT NOT NULL,
  source TEXT NOT NULL, description TEXT NOT NULL, evidence TEXT NOT NULL, report TEXT NOT NULL,
  policy_version BIGINT NOT NULL, notified BOOLEAN NOT NULL, statement_due_on DATE, appeal_due_on DATE, decided_on DATE,
  revoked_on DATE, rectified_on DATE, proceedings TEXT NOT NULL, updated_at BIGINT NOT NULL
);
CREATE INDEX violations_county ON violations (county, found_on, id);
CREATE INDEX violations_county_state ON violations (county, state, found_on, id);
CREATE INDEX violations_township ON violations (township, found_on, id);
CREATE INDEX violations_township_state ON violations (township, state, found_on, id);
CREATE INDEX violations_community ON violations (community, found_on, id);
CREATE INDEX violations_community_state ON violations (community, state, found_on, id);
CREATE INDEX violations_company ON violations (company_id, found_on, id);
CREATE INDEX violations_company_state ON violations (company_id, state, found_on, id);
CREATE INDEX violations_complex ON violations (complex_id, found_on, id);
CREATE INDEX violations_complex_state ON violations (complex_id, state, found_on, id);
CREATE INDEX violations_county_company ON violations (county, company_id, found_on, id);
CREATE INDEX violations_county_act ON violations (county, act, found_on, id);
CREATE INDEX violations_county_complex ON violations (county, complex_id, found_on, id);
CREATE INDEX violations_township_company ON violations (township, company_id, found_on, id);
CREATE INDEX violations_township_act ON violations (township, act, found_on, id);
CREATE INDEX violations_township_complex ON violations (township, complex_id, found_on, id);
CREATE INDEX violations_community_company ON violations (community, company_id, found_on, id);
CREATE INDEX violations_community_act ON violations (community, act, found_on, id);
CREATE INDEX violations_community_complex ON violations (community, complex_id, found_on, id);
CREATE INDEX violations_by_reporter ON violations (reporter_sub, reporter_iss, found_on, id);
CREATE INDEX violations_of_fact ON violations (company_id, complex_id, found_on, act);

-- Who may see a violation beside the offices of its territory: the role that leads its act, those it is referred to
-- (area: their division), and the companies that it is against or that reported it (area: their USCC).
CREATE TABLE violation_audiences (
  role TEXT NOT NULL, area TEXT NOT NULL, violation_id TEXT NOT NULL REFERENCES violations (id),
  PRIMARY KEY (role, area, violation_id)
);
CREATE INDEX violation_audiences_by_violation ON violation_audiences (violation_id);

CREATE TABLE measures (
  id TEXT PRIMARY KEY, version BIGINT NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
  company_id TEXT NOT NULL REFERENCES companies (id), complex_id TEXT REFERENCES complexes (id),
  violation_id TEXT REFERENCES violations (id), county TEXT NOT NULL, township TEXT NOT NULL, community TEXT NOT NULL,
  office_role TEXT NOT NULL, office_division TEXT NOT NULL, approver_role TEXT, level BIGINT, legal_basis TEXT,
  policy_version BIGINT NOT NULL, reason_zh TEXT NOT NULL, reason_en TEXT NOT NULL, due_on DATE NOT NULL,
  cancelled_by_system BOOLEAN NOT NULL, reverses TEXT REFERENCES measures (id),
  notified BOOLEAN NOT NULL, hearing_request_due_on DATE, proceedings TEXT NOT NULL, created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX measures_county ON measures (county, id);
CREATE INDEX measures_county_state ON measures (county, state, id);
CREATE INDEX measures_township ON measures (township, id);
CREATE INDEX measures_township_state ON measures (township, state, id);
CREATE INDEX measures_community ON measures (community, id);
CREATE INDEX measures_community_state ON measures (community, state, id);
CREATE INDEX measures_company ON measures (company_id, id);
CREATE INDEX measures_company_state ON measures (company_id, state, id);
CREATE INDEX measures_complex ON measures (complex_id, id);
CREATE INDEX measures_complex_state ON measures (complex_id, state, id);
CREATE INDEX measures_county_company ON measures (county, company_id, id);
CREATE INDEX measures_county_kind ON measures (county, kind, id);
CREATE INDEX measures_county_office ON measures (county, office_role, id);
CREATE INDEX measures_township_company ON measures (township, company_id, id);
CREATE INDEX measures_township_kind ON measures (township, kind, id);
CREATE INDEX measures_township_office ON measures (township, office_role, id);
CREATE INDEX measures_community_company ON measures (community, company_id, id);
CREATE INDEX measures_community_kind ON measures (community, kind, id);
CREATE INDEX measures_community_office ON measures (community, office_role, id);
CREATE INDEX measures_office ON measures (office_role, office_division, id);
CREATE INDEX measures_office_state ON measures (office_role, office_division, state, id);
CREATE INDEX measures_by_violation ON measures (violation_id);
-- One open measure per company and key: two reconciliations at once cannot both create it.
CREATE UNIQUE INDEX measures_open_key ON measures (company_id, key) WHERE state IN ('proposed', 'approved');

CREATE TABLE measure_grounds (
  measure_id TEXT NOT NULL REFERENCES measures (id), violation_id TEXT NOT NULL REFERENCES violations (id),
  PRIMARY KEY (measure_id, violation_id)
);
CREATE INDEX measure_grounds_by_violation ON measure_grounds (violation_id);

CREATE TABLE listings (
  id TEXT PRIMARY KEY, version BIGINT NOT NULL, kind TEXT NOT NULL, company_id TEXT NOT NULL REFERENCES companies (id),
  county TEXT NOT NULL, measure_id TEXT NOT NULL REFERENCES measures (id), legal_basis TEXT NOT NULL, reason TEXT NOT NULL,
  publicity TEXT NOT NULL, listed_from DATE NOT NULL, listed_until DATE NOT NULL, removed_on DATE, removal_reason TEXT,
  repair TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);
CREATE INDEX listings_by_county ON listings (county, id);
CREATE INDEX listings_by_county_kind ON listings (county, kind, id);
CREATE INDEX listings_by_company ON listings (company_id, id);

CREATE TABLE policies (
  version BIGINT PRIMARY KEY, effective_from DATE NOT NULL, title TEXT NOT NULL, digest TEXT NOT NULL,
  document TEXT NOT NULL, published_at BIGINT NOT NULL, published_by TEXT NOT NULL
);

CREATE TABLE calendar_years (
  year BIGINT PRIMARY KEY, version BIGINT NOT NULL, document TEXT NOT NULL, updated_at BIGINT NOT NULL
);

-- Append only. The leaf is the text that is sealed; the columns beside it only serve reading.
CREATE TABLE ledger_events (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject_kind TEXT NOT NULL, subject_id TEXT NOT NULL, county TEXT,
  township TEXT, community TEXT, company_id TEXT, audience TEXT NOT NULL, actor_iss TEXT NOT NULL, actor_sub TEXT NOT NULL,
  actor_role TEXT NOT NULL, actor_client TEXT, request_id TEXT NOT NULL, policy_version BIGINT,
  recorded_at BIGINT NOT NULL, leaf TEXT NOT NULL
);
CREATE INDEX ledger_events_by_subject ON ledger_events (subject_id, id);

-- Salts of personal fields, outside the ledger: erasing them makes the digests in the leaves meaningless (PIPL 47).
CREATE TABLE ledger_salts (event_id TEXT NOT NULL, field TEXT NOT NULL, salt TEXT NOT NULL, PRIMARY KEY (event_id, field));

CREATE TABLE idempotency_keys (
  scope TEXT PRIMARY KEY, request TEXT NOT NULL, resource_id TEXT, status INTEGER NOT NULL, etag TEXT, location TEXT,
  body BLOB NOT NULL, created_at BIGINT NOT NULL
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
