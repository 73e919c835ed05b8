-- The directory of offices: one for each role and division.
CREATE TABLE offices (
  id uuid PRIMARY KEY, version BIGINT NOT NULL, role TEXT NOT NULL, division TEXT NOT NULL, county TEXT NOT NULL,
  township TEXT NOT NULL, community TEXT NOT NULL, name TEXT NOT NULL, phone TEXT NOT NULL, complaint_phone TEXT,
  hours TEXT NOT NULL, address TEXT, document_word TEXT, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX offices_role_division ON offices (role, division);
CREATE UNIQUE INDEX offices_word ON offices (county, document_word);
CREATE INDEX offices_county ON offices (county, id);
CREATE INDEX offices_county_role ON offices (county, role, id);
CREATE INDEX offices_division ON offices (division, id);

-- For the counties of a company: the offices that it may look up.
CREATE INDEX company_areas_by_company ON company_areas (company_id, area);

-- The last number that was given under a word (机关代字) in a year.
CREATE TABLE document_counters (
  county TEXT NOT NULL, word TEXT NOT NULL, year BIGINT NOT NULL, last BIGINT NOT NULL, PRIMARY KEY (county, word, year)
);

CREATE TABLE documents (
  id uuid PRIMARY KEY, version BIGINT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, subject_kind TEXT NOT NULL,
  subject_id uuid NOT NULL, violation_id uuid REFERENCES violations (id), handler_role TEXT, handler_division TEXT,
  county TEXT NOT NULL, township TEXT NOT NULL, community TEXT NOT NULL, company_id uuid REFERENCES companies (id),
  complex_id uuid REFERENCES complexes (id), served boolean NOT NULL, office_role TEXT NOT NULL,
  office_division TEXT NOT NULL, office_name TEXT NOT NULL, number TEXT NOT NULL, title TEXT NOT NULL,
  addressee TEXT NOT NULL, policy_version BIGINT NOT NULL, issued_on DATE NOT NULL, issued_at timestamptz NOT NULL,
  issued_by TEXT NOT NULL, code TEXT NOT NULL, digest TEXT NOT NULL, withdrawn_on DATE, withdrawal_reason TEXT,
  updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX documents_code ON documents (code);
CREATE UNIQUE INDEX documents_number ON documents (county, number);
CREATE INDEX documents_subject ON documents (subject_id, id);
CREATE INDEX documents_violation ON documents (violation_id, id);
CREATE INDEX documents_county ON documents (county, id);
CREATE INDEX documents_county_kind ON documents (county, kind, id);
CREATE INDEX documents_township ON documents (township, id);
CREATE INDEX documents_township_kind ON documents (township, kind, id);
CREATE INDEX documents_community ON documents (community, id);
CREATE INDEX documents_community_kind ON documents (community, kind, id);
CREATE INDEX documents_company ON documents (company_id, id);
CREATE INDEX documents_complex ON documents (complex_id, id);

-- The pages themselves, apart from the rows that lists read.
CREATE TABLE document_contents (document_id uuid PRIMARY KEY REFERENCES documents (id), content bytea NOT NULL);
