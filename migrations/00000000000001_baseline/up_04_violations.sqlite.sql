-- SQLite takes every indexed column to be as narrow as any other, unless it is told. These are a large county's: a million
-- violations, 300 companies, 3,000 complexes. Fixed figures, so that a plan never changes with the data.
ANALYZE policies;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('violations', 'violations_county', '1000000 250000 300 1'),
    ('violations', 'violations_county_state', '1000000 250000 50000 100 1'),
    ('violations', 'violations_county_act', '1000000 250000 5000 10 1'),
    ('violations', 'violations_township', '1000000 60000 60 1'),
    ('violations', 'violations_township_state', '1000000 60000 12000 20 1'),
    ('violations', 'violations_township_act', '1000000 60000 4000 5 1'),
    ('violations', 'violations_community', '1000000 10000 10 1'),
    ('violations', 'violations_community_state', '1000000 10000 5000 5 1'),
    ('violations', 'violations_community_act', '1000000 10000 4000 2 1'),
    ('violations', 'violations_company', '1000000 3000 4 1 1 1 1'),
    ('violations', 'violations_complex', '1000000 300 2 1 1'),
    ('violations', 'sqlite_autoindex_violations_1', '1000000 1');
ANALYZE sqlite_schema;
