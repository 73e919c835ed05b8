-- __Title__ (__zh__). The indexes serve every filter of the list in the scope of every territory (tests/conventions/plans.rs).
CREATE TABLE __features__ (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, complex_id {id} NOT NULL REFERENCES complexes (id),
  company_id {id} REFERENCES companies (id), county TEXT NOT NULL, township TEXT NOT NULL, community TEXT NOT NULL,
  state TEXT NOT NULL, title TEXT NOT NULL, planned_on DATE NOT NULL, created_by TEXT NOT NULL, outcome TEXT NOT NULL,
  created_at {instant} NOT NULL, updated_at {instant} NOT NULL
);
CREATE INDEX __features___county ON __features__ (county, id);
CREATE INDEX __features___county_state ON __features__ (county, state, id);
CREATE INDEX __features___township ON __features__ (township, id);
CREATE INDEX __features___township_state ON __features__ (township, state, id);
CREATE INDEX __features___community ON __features__ (community, id);
CREATE INDEX __features___community_state ON __features__ (community, state, id);
CREATE INDEX __features___company ON __features__ (company_id, id);
CREATE INDEX __features___complex ON __features__ (complex_id, id);
