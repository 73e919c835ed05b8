-- Complaints: tickets, what happened to each, who follows it, and the cards of its deadlines. Whatever a person told us or is
-- named in lies sealed in sealed_texts; there is nothing personal in these tables but the account of whoever follows.
CREATE TABLE complaints (
  id TEXT PRIMARY KEY, version BIGINT NOT NULL, kind TEXT NOT NULL, channel TEXT NOT NULL, category TEXT NOT NULL,
  organisation TEXT, state TEXT NOT NULL, is_open BOOLEAN NOT NULL, complex_id TEXT REFERENCES complexes (id),
  company_id TEXT REFERENCES companies (id), with_company BOOLEAN NOT NULL, county TEXT NOT NULL, township TEXT NOT NULL,
  community TEXT NOT NULL, secrecy TEXT NOT NULL, is_public BOOLEAN NOT NULL, handler_role TEXT NOT NULL,
  handler_division TEXT NOT NULL, supervisor_role TEXT NOT NULL, supervisor_division TEXT NOT NULL, hotline_number TEXT,
  submitted_at BIGINT NOT NULL, resolve_due BIGINT NOT NULL, next_at BIGINT, accepted_on_time BOOLEAN,
  resolved_on_time BOOLEAN, working_minutes BIGINT, satisfaction BIGINT, reopened BOOLEAN NOT NULL, red_cards BIGINT NOT NULL,
  course TEXT NOT NULL, updated_at BIGINT NOT NULL
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
CREATE INDEX complaints_supervisor_open ON complaints (supervisor_role, supervisor_division, is_open, resolve_due, id);
CREATE INDEX complaints_company ON complaints (company_id, id);
CREATE INDEX complaints_company_open ON complaints (company_id, is_open, resolve_due, id);
CREATE INDEX complaints_complex ON complaints (complex_id, id);
CREATE INDEX complaints_complex_category ON complaints (complex_id, category, submitted_at);
CREATE INDEX complaints_public ON complaints (is_public, submitted_at, id);
-- What the clock has to look at next.
CREATE INDEX complaints_next ON complaints (next_at, id);

CREATE TABLE complaint_steps (
  id TEXT PRIMARY KEY, complaint_id TEXT NOT NULL REFERENCES complaints (id), kind TEXT NOT NULL, audience TEXT NOT NULL,
  at BIGINT NOT NULL, actor TEXT NOT NULL, facts TEXT NOT NULL
);
CREATE INDEX complaint_steps_complaint ON complaint_steps (complaint_id, id);

-- Who is told: whoever complained, and everyone who follows.
CREATE TABLE complaint_followers (
  complaint_id TEXT NOT NULL REFERENCES complaints (id), iss TEXT NOT NULL, sub TEXT NOT NULL, is_owner BOOLEAN NOT NULL,
  followed_at BIGINT NOT NULL, PRIMARY KEY (complaint_id, iss, sub)
);
CREATE INDEX complaint_followers_account ON complaint_followers (iss, sub, complaint_id);

-- A deadline gives each card once.
CREATE TABLE complaint_cards (
  complaint_id TEXT NOT NULL REFERENCES complaints (id), deadline TEXT NOT NULL, colour TEXT NOT NULL, due_at BIGINT NOT NULL,
  issued_at BIGINT NOT NULL, handler_role TEXT NOT NULL, handler_division TEXT NOT NULL,
  PRIMARY KEY (complaint_id, deadline, colour, due_at)
);

-- As in migration 7: which columns narrow is told, for a large county with a million tickets of 300 companies at 3,000
-- complexes. Untold, SQLite takes the tickets of all companies to be as few as those of one.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('complaints', 'complaints_hotline', '1000000 7 1'),
    ('complaints', 'complaints_county', '1000000 250000 1'),
    ('complaints', 'complaints_county_open', '1000000 250000 125000 2 1'),
    ('complaints', 'complaints_county_submitted', '1000000 250000 1'),
    ('complaints', 'complaints_township', '1000000 60000 1'),
    ('complaints', 'complaints_township_open', '1000000 60000 30000 2 1'),
    ('complaints', 'complaints_township_submitted', '1000000 60000 1'),
    ('complaints', 'complaints_community', '1000000 10000 1'),
    ('complaints', 'complaints_community_open', '1000000 10000 5000 2 1'),
    ('complaints', 'complaints_community_submitted', '1000000 10000 1'),
    ('complaints', 'complaints_handler', '1000000 80000 5000 1'),
    ('complaints', 'complaints_handler_open', '1000000 80000 5000 2500 2 1'),
    ('complaints', 'complaints_supervisor_open', '1000000 120000 6000 3000 2 1'),
    ('complaints', 'complaints_company', '1000000 3000 1'),
    ('complaints', 'complaints_company_open', '1000000 3000 1500 2 1'),
    ('complaints', 'complaints_complex', '1000000 300 1'),
    ('complaints', 'complaints_complex_category', '1000000 300 12 1'),
    ('complaints', 'complaints_public', '1000000 500000 1 1'),
    ('complaints', 'complaints_next', '1000000 2 1'),
    ('complaints', 'sqlite_autoindex_complaints_1', '1000000 1'),
    ('complaint_steps', 'complaint_steps_complaint', '5000000 5 1'),
    ('complaint_followers', 'complaint_followers_account', '400000 200000 2 1'),
    ('complaint_followers', 'sqlite_autoindex_complaint_followers_1', '400000 2 2 1');
ANALYZE sqlite_schema;
