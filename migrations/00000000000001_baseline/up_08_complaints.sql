-- Complaints: tickets, what happened to each, who follows it, and the cards of its deadlines. Whatever a person told us or is
-- named in lies sealed in encrypted_texts; there is nothing personal in these tables but the account of whoever follows.
CREATE TABLE complaints (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, kind TEXT NOT NULL, channel TEXT NOT NULL, category TEXT NOT NULL,
  organisation TEXT, state TEXT NOT NULL, is_open BOOLEAN NOT NULL, complex_id {id} REFERENCES complexes (id),
  company_id {id} REFERENCES companies (id), with_company BOOLEAN NOT NULL, county TEXT NOT NULL, township TEXT NOT NULL,
  community TEXT NOT NULL, confidentiality TEXT NOT NULL, is_public BOOLEAN NOT NULL, handler_role TEXT NOT NULL,
  handler_division TEXT NOT NULL, supervising_role TEXT NOT NULL, supervising_division TEXT NOT NULL, hotline_number TEXT,
  submitted_at {instant} NOT NULL, resolve_due {instant} NOT NULL, next_at {instant}, accepted_on_time BOOLEAN,
  resolved_on_time BOOLEAN, working_minutes BIGINT, satisfaction BIGINT, reopened BOOLEAN NOT NULL, red_cards BIGINT NOT NULL,
  course TEXT NOT NULL, updated_at {instant} NOT NULL
);
-- The number of a hotline's ticket is its own, once in a county; offices of townships look for it, too.
CREATE UNIQUE INDEX complaints_hotline ON complaints (hotline_number, county);
CREATE INDEX complaints_county ON complaints (county, id);
CREATE INDEX complaints_county_open ON complaints (county, is_open, resolve_due, id);
CREATE INDEX complaints_county_submitted ON complaints (county, submitted_at);
CREATE INDEX complaints_township ON complaints (township, id);
CREATE INDEX complaints_township_open ON complaints (township, is_open, resolve_due, id);
CREATE INDEX complaints_township_submitted ON complaints (township, submitted_at);
CREATE INDEX complaints_community ON complaints (community, id);
CREATE INDEX complaints_community_open ON complaints (community, is_open, resolve_due, id);
CREATE INDEX complaints_community_submitted ON complaints (community, submitted_at);
CREATE INDEX complaints_handler ON complaints (handler_role, handler_division, id);
CREATE INDEX complaints_handler_open ON complaints (handler_role, handler_division, is_open, resolve_due, id);
CREATE INDEX complaints_supervising_open ON complaints (supervising_role, supervising_division, is_open, resolve_due, id);
CREATE INDEX complaints_company ON complaints (company_id, id);
CREATE INDEX complaints_company_open ON complaints (company_id, is_open, resolve_due, id);
CREATE INDEX complaints_complex ON complaints (complex_id, id);
CREATE INDEX complaints_complex_category ON complaints (complex_id, category, submitted_at);
CREATE INDEX complaints_public ON complaints (is_public, submitted_at, id);
-- What the clock has to look at next.
CREATE INDEX complaints_next ON complaints (next_at, id);
-- What is public of a county's tickets, newest first (Open311).
CREATE INDEX complaints_public_county ON complaints (county, is_public, submitted_at, id);

CREATE TABLE complaint_steps (
  id {id} PRIMARY KEY, complaint_id {id} NOT NULL REFERENCES complaints (id), kind TEXT NOT NULL, audience TEXT NOT NULL,
  at {instant} NOT NULL, actor TEXT NOT NULL, facts TEXT NOT NULL
);
CREATE INDEX complaint_steps_complaint ON complaint_steps (complaint_id, id);

-- Who is told: whoever complained, and everyone who follows. Subjects are compared in one case and width; `sub` holds that form.
CREATE TABLE complaint_followers (
  complaint_id {id} NOT NULL REFERENCES complaints (id), iss TEXT NOT NULL, sub TEXT NOT NULL, is_owner BOOLEAN NOT NULL,
  followed_at {instant} NOT NULL, PRIMARY KEY (complaint_id, iss, sub)
);
CREATE INDEX complaint_followers_account ON complaint_followers (iss, sub, complaint_id);

-- A deadline gives each card once.
CREATE TABLE complaint_cards (
  complaint_id {id} NOT NULL REFERENCES complaints (id), deadline TEXT NOT NULL, colour TEXT NOT NULL, due_at {instant} NOT NULL,
  issued_at {instant} NOT NULL, handler_role TEXT NOT NULL, handler_division TEXT NOT NULL,
  PRIMARY KEY (complaint_id, deadline, colour, due_at)
);

-- Personal data: texts that are sealed under a data key, and the blind index that a caller is found by.
CREATE TABLE encrypted_texts (
  owner_id {id} NOT NULL, purpose TEXT NOT NULL, subject_id {id} NOT NULL,
  -- A key is not forgotten while something lies under it, whoever writes meanwhile.
  data_key TEXT NOT NULL REFERENCES data_keys (id),
  encrypted {bytes} NOT NULL,
  PRIMARY KEY (owner_id, purpose)
);
CREATE INDEX encrypted_texts_subject ON encrypted_texts (subject_id, purpose);
CREATE INDEX encrypted_texts_key ON encrypted_texts (data_key, owner_id, purpose);

CREATE TABLE phone_indexes (
  subject_id {id} NOT NULL, index_key TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (subject_id, digest)
);
CREATE INDEX phone_indexes_digest ON phone_indexes (digest, subject_id);
CREATE INDEX phone_indexes_key ON phone_indexes (index_key, subject_id);
