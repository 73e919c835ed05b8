-- As for violations: which columns narrow is told, for a large county with a million tickets of 300 companies at 3,000
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
    ('complaints', 'complaints_supervising_open', '1000000 120000 6000 3000 2 1'),
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
