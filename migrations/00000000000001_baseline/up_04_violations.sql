-- The nine prohibitions: violations, the measures that follow, the lists that companies are put on, and published cases.

-- 21 indexes on violations were most of the cost of reporting one. A company and a complex narrow more than any territory
-- does: one index each, read in the order of the list, with what is left to compare in the index itself.
CREATE TABLE violations (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, act TEXT NOT NULL, clause BIGINT, subject_kind TEXT NOT NULL,
  subject_name TEXT, company_id {id} REFERENCES companies (id), complex_id {id} REFERENCES complexes (id),
  county TEXT NOT NULL, township TEXT NOT NULL, community TEXT NOT NULL, lead_role TEXT NOT NULL, state TEXT NOT NULL,
  found_on DATE NOT NULL, reported_at {instant} NOT NULL, reporter_iss TEXT NOT NULL, reporter_sub TEXT NOT NULL,
  source TEXT NOT NULL, description TEXT NOT NULL, evidence TEXT NOT NULL, report TEXT NOT NULL,
  policy_version BIGINT NOT NULL, notified BOOLEAN NOT NULL, statement_due_on DATE, appeal_due_on DATE, decided_on DATE,
  revoked_on DATE, rectified_on DATE, proceedings TEXT NOT NULL, updated_at {instant} NOT NULL
);
CREATE INDEX violations_county ON violations (county, found_on, id);
CREATE INDEX violations_county_state ON violations (county, state, found_on, id);
CREATE INDEX violations_township ON violations (township, found_on, id);
CREATE INDEX violations_township_state ON violations (township, state, found_on, id);
CREATE INDEX violations_community ON violations (community, found_on, id);
CREATE INDEX violations_community_state ON violations (community, state, found_on, id);
CREATE INDEX violations_county_act ON violations (county, act, found_on, id);
CREATE INDEX violations_township_act ON violations (township, act, found_on, id);
CREATE INDEX violations_community_act ON violations (community, act, found_on, id);
CREATE INDEX violations_company ON violations (company_id, found_on, id, state, township, community);
CREATE INDEX violations_complex ON violations (complex_id, found_on, id, state);

-- Who may see a violation beside the offices of its territory: the role that leads its act, those it is referred to
-- (area: their division), and the companies that it is against or that reported it (area: their USCC). With the day of
-- finding: a company's or partner's list is read in its order, and not sorted whole for every page.
CREATE TABLE violation_audiences (
  role TEXT NOT NULL, area TEXT NOT NULL, violation_id {id} NOT NULL REFERENCES violations (id), found_on DATE NOT NULL,
  PRIMARY KEY (role, area, violation_id)
);
CREATE INDEX violation_audiences_by_violation ON violation_audiences (violation_id);
CREATE INDEX violation_audiences_by_day ON violation_audiences (role, area, found_on, violation_id);

CREATE TABLE measures (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
  company_id {id} NOT NULL REFERENCES companies (id), complex_id {id} REFERENCES complexes (id),
  violation_id {id} REFERENCES violations (id), county TEXT NOT NULL, township TEXT NOT NULL, community TEXT NOT NULL,
  office_role TEXT NOT NULL, office_division TEXT NOT NULL, approver_role TEXT, level BIGINT, legal_basis TEXT,
  policy_version BIGINT NOT NULL, reason_zh TEXT NOT NULL, reason_en TEXT NOT NULL, due_on DATE NOT NULL,
  cancelled_by_system BOOLEAN NOT NULL, reverses {id} REFERENCES measures (id),
  notified BOOLEAN NOT NULL, hearing_request_due_on DATE, proceedings TEXT NOT NULL, created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  -- Since when a decided measure has no effect because an appeal against one of its grounds is pending.
  suspended_on DATE
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
-- One open measure per county, company and key: two reconciliations at once cannot both create it.
CREATE UNIQUE INDEX measures_open_key ON measures (county, company_id, key) WHERE state IN ('proposed', 'approved');

CREATE TABLE measure_grounds (
  measure_id {id} NOT NULL REFERENCES measures (id), violation_id {id} NOT NULL REFERENCES violations (id),
  PRIMARY KEY (measure_id, violation_id)
);
CREATE INDEX measure_grounds_by_violation ON measure_grounds (violation_id);

CREATE TABLE listings (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, kind TEXT NOT NULL, company_id {id} NOT NULL REFERENCES companies (id),
  county TEXT NOT NULL, measure_id {id} NOT NULL REFERENCES measures (id), legal_basis TEXT NOT NULL, reason TEXT NOT NULL,
  public_reason TEXT NOT NULL, listed_from DATE NOT NULL, listed_until DATE NOT NULL, delisted_on DATE, delisting_reason TEXT,
  repair TEXT NOT NULL, created_at {instant} NOT NULL, updated_at {instant} NOT NULL,
  -- As of the measure that made the entry.
  suspended_on DATE,
  -- The county's refusal of an application for credit repair.
  repair_refusal TEXT NOT NULL DEFAULT 'null'
);
CREATE INDEX listings_by_county ON listings (county, id);
CREATE INDEX listings_by_county_kind ON listings (county, kind, id);
CREATE INDEX listings_by_company ON listings (company_id, id);

CREATE TABLE typical_cases (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, violation_id {id} NOT NULL REFERENCES violations (id), act TEXT NOT NULL,
  company_id {id} NOT NULL REFERENCES companies (id), complex_id {id} REFERENCES complexes (id), county TEXT NOT NULL,
  township TEXT NOT NULL, community TEXT NOT NULL, state TEXT NOT NULL, title TEXT NOT NULL, summary TEXT NOT NULL,
  published_on DATE NOT NULL, published_by TEXT NOT NULL, withdrawn_on DATE, withdrawal TEXT NOT NULL,
  created_at {instant} NOT NULL, updated_at {instant} NOT NULL
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
