-- Inspections: visits, the part of each office in them, the hazards that they found, and the keys under which phones sent results.
CREATE TABLE inspections (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, state TEXT NOT NULL, planned BOOLEAN NOT NULL, inspected BOOLEAN NOT NULL,
  complex_id {id} NOT NULL REFERENCES complexes (id), company_id {id} REFERENCES companies (id), county TEXT NOT NULL,
  township TEXT NOT NULL, community TEXT NOT NULL, planned_on DATE NOT NULL, done_on DATE, purpose TEXT,
  planned_by TEXT NOT NULL, cancellation TEXT NOT NULL, policy_version BIGINT NOT NULL, created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
);
CREATE INDEX inspections_county ON inspections (county, id);
CREATE INDEX inspections_county_state ON inspections (county, state, planned_on);
CREATE INDEX inspections_township ON inspections (township, id);
CREATE INDEX inspections_township_state ON inspections (township, state, planned_on);
CREATE INDEX inspections_community ON inspections (community, id);
CREATE INDEX inspections_community_state ON inspections (community, state, planned_on);
CREATE INDEX inspections_company ON inspections (company_id, id);
CREATE INDEX inspections_complex ON inspections (complex_id, id);

CREATE TABLE inspection_parts (
  id {id} PRIMARY KEY, inspection_id {id} NOT NULL REFERENCES inspections (id), role TEXT NOT NULL, division TEXT NOT NULL,
  checklist TEXT NOT NULL, state TEXT NOT NULL, complex_id {id} NOT NULL REFERENCES complexes (id),
  company_id {id} REFERENCES companies (id), county TEXT NOT NULL, township TEXT NOT NULL, community TEXT NOT NULL,
  planned_on DATE NOT NULL, inspected_at {instant}, inspected_on DATE, is_last BOOLEAN NOT NULL, passed BIGINT NOT NULL,
  failed BIGINT NOT NULL, not_applicable BIGINT NOT NULL, result TEXT NOT NULL, submitted_by TEXT NOT NULL,
  submitted_at {instant}, policy_version BIGINT NOT NULL
);
CREATE UNIQUE INDEX inspection_parts_office ON inspection_parts (inspection_id, role, checklist);
CREATE INDEX inspection_parts_of_office ON inspection_parts (role, division, state, inspection_id);
CREATE INDEX inspection_parts_complex ON inspection_parts (complex_id, checklist, is_last);
-- When each complex was inspected last by each checklist, and what a period holds: covering, in each level of territory.
CREATE INDEX inspection_parts_county_last ON inspection_parts (county, is_last, complex_id, checklist, inspected_on);
CREATE INDEX inspection_parts_township_last ON inspection_parts (township, is_last, complex_id, checklist, inspected_on);
CREATE INDEX inspection_parts_community_last ON inspection_parts (community, is_last, complex_id, checklist, inspected_on);
CREATE INDEX inspection_parts_county_done ON inspection_parts (county, state, inspected_on, checklist, complex_id);
CREATE INDEX inspection_parts_township_done ON inspection_parts (township, state, inspected_on, checklist, complex_id);
CREATE INDEX inspection_parts_community_done ON inspection_parts (community, state, inspected_on, checklist, complex_id);
CREATE INDEX inspection_parts_county_planned ON inspection_parts (county, state, planned_on, checklist, complex_id);
CREATE INDEX inspection_parts_township_planned ON inspection_parts (township, state, planned_on, checklist, complex_id);
CREATE INDEX inspection_parts_community_planned ON inspection_parts (community, state, planned_on, checklist, complex_id);

CREATE TABLE hazards (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, inspection_id {id} NOT NULL REFERENCES inspections (id),
  part_id {id} NOT NULL REFERENCES inspection_parts (id), checklist TEXT NOT NULL, item TEXT NOT NULL, state TEXT NOT NULL,
  complex_id {id} NOT NULL REFERENCES complexes (id), company_id {id} REFERENCES companies (id), county TEXT NOT NULL,
  township TEXT NOT NULL, community TEXT NOT NULL, role TEXT NOT NULL, division TEXT NOT NULL, found_on DATE NOT NULL,
  due_on DATE NOT NULL, rectified_on DATE, closed_on DATE, missed BOOLEAN NOT NULL, description TEXT NOT NULL,
  evidence TEXT NOT NULL, steps TEXT NOT NULL, policy_version BIGINT NOT NULL, created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  -- How grave it is.
  severity TEXT NOT NULL DEFAULT 'general'
);
-- An item of a result makes one hazard.
CREATE UNIQUE INDEX hazards_item ON hazards (part_id, item);
CREATE INDEX hazards_county ON hazards (county, id);
CREATE INDEX hazards_county_state ON hazards (county, state, due_on);
CREATE INDEX hazards_county_found ON hazards (county, found_on);
CREATE INDEX hazards_township ON hazards (township, id);
CREATE INDEX hazards_township_state ON hazards (township, state, due_on);
CREATE INDEX hazards_township_found ON hazards (township, found_on);
CREATE INDEX hazards_community ON hazards (community, id);
CREATE INDEX hazards_community_state ON hazards (community, state, due_on);
CREATE INDEX hazards_community_found ON hazards (community, found_on);
CREATE INDEX hazards_office ON hazards (role, division, state, id);
CREATE INDEX hazards_company ON hazards (company_id, id);
CREATE INDEX hazards_complex ON hazards (complex_id, id);

-- A result that a phone sent under its key is taken once for ever.
CREATE TABLE inspection_keys (
  office TEXT NOT NULL, key {id} NOT NULL, digest TEXT NOT NULL, inspection_id {id} NOT NULL, received_at {instant} NOT NULL,
  PRIMARY KEY (office, key)
);
