-- Cycles of star ratings, the ratings in them, and the plaques.
CREATE TABLE rating_cycles (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, county TEXT NOT NULL,
  township TEXT NOT NULL, period_from DATE NOT NULL, period_to DATE NOT NULL, opens_on DATE NOT NULL, closes_on DATE NOT NULL,
  policy_version BIGINT NOT NULL, state TEXT NOT NULL, published_on DATE, bulk TEXT NOT NULL, created_by TEXT NOT NULL,
  created_at {instant} NOT NULL, updated_at {instant} NOT NULL
);
CREATE INDEX rating_cycles_county ON rating_cycles (county, id);
CREATE INDEX rating_cycles_township ON rating_cycles (township, id);

-- One rating of a complex in a cycle: what is searched, counted and flipped at one instant. What it says stands beside, in
-- rating_contents, so that a cycle of thousands is published by one short statement.
CREATE TABLE ratings (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, cycle_id {id} NOT NULL REFERENCES rating_cycles (id),
  complex_id {id} NOT NULL REFERENCES complexes (id), company_id {id} NOT NULL REFERENCES companies (id),
  county TEXT NOT NULL, township TEXT NOT NULL, community TEXT NOT NULL, state TEXT NOT NULL,
  shared BOOLEAN NOT NULL, is_current BOOLEAN NOT NULL, pending BOOLEAN NOT NULL,
  total BIGINT, raw_star BIGINT, final_star BIGINT, objections_open BIGINT NOT NULL,
  period_from DATE NOT NULL, period_to DATE NOT NULL, announced_on DATE, announcement_ends_on DATE, published_on DATE,
  superseded_on DATE, withdrawn_on DATE, focus_since DATE, corrects {id}, policy_version BIGINT NOT NULL,
  created_at {instant} NOT NULL, updated_at {instant} NOT NULL
);
-- One live rating of a complex in a cycle.
CREATE UNIQUE INDEX ratings_live ON ratings (cycle_id, complex_id) WHERE state <> 'withdrawn';
CREATE INDEX ratings_complex ON ratings (complex_id, period_to, id);
CREATE INDEX ratings_current ON ratings (complex_id) WHERE is_current;
CREATE INDEX ratings_cycle ON ratings (cycle_id, id);
CREATE INDEX ratings_pending ON ratings (company_id, id) WHERE pending;
CREATE INDEX ratings_company ON ratings (company_id, shared, id);
-- What is on its way to publication, for the inbox of each office; and what was published on a day, for lists as of it.
CREATE INDEX ratings_county_open ON ratings (county, published_on, id);
CREATE INDEX ratings_township_open ON ratings (township, published_on, id);
CREATE INDEX ratings_community_open ON ratings (community, published_on, id);
CREATE INDEX ratings_company_open ON ratings (company_id, published_on, id);
CREATE INDEX ratings_county ON ratings (county, id);
CREATE INDEX ratings_township ON ratings (township, id);
CREATE INDEX ratings_community ON ratings (community, id);
CREATE INDEX ratings_county_focus ON ratings (county, focus_since, id) WHERE is_current AND focus_since IS NOT NULL;
CREATE INDEX ratings_township_focus ON ratings (township, focus_since, id) WHERE is_current AND focus_since IS NOT NULL;
CREATE INDEX ratings_community_focus ON ratings (community, focus_since, id) WHERE is_current AND focus_since IS NOT NULL;

CREATE TABLE rating_contents (
  rating_id {id} PRIMARY KEY REFERENCES ratings (id), sheets TEXT NOT NULL, proceedings TEXT NOT NULL, stars TEXT NOT NULL
);

-- Plaques: what hangs at the gate. One that hung stays known.
CREATE TABLE plaques (
  number TEXT PRIMARY KEY, rating_id {id} NOT NULL REFERENCES ratings (id), complex_id {id} NOT NULL REFERENCES complexes (id),
  company_id {id} NOT NULL REFERENCES companies (id), county TEXT NOT NULL, township TEXT NOT NULL, community TEXT NOT NULL,
  stars BIGINT NOT NULL, state TEXT NOT NULL, issued_on DATE NOT NULL, ended_on DATE
);
CREATE INDEX plaques_rating ON plaques (rating_id);
CREATE UNIQUE INDEX plaques_valid ON plaques (complex_id) WHERE state = 'valid';

-- The ratings that a removal rests on, beside the violations.
CREATE TABLE measure_rating_grounds (
  measure_id {id} NOT NULL REFERENCES measures (id), rating_id {id} NOT NULL REFERENCES ratings (id),
  PRIMARY KEY (measure_id, rating_id)
);
CREATE INDEX measure_rating_grounds_rating ON measure_rating_grounds (rating_id);
