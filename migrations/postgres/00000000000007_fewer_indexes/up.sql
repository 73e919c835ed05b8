-- 21 indexes on violations were most of the cost of reporting one. A company and a complex narrow more than any territory
-- does: one index each, read in the order of the list, with what is left to compare in the index itself.
DROP INDEX violations_company;
DROP INDEX violations_company_state;
DROP INDEX violations_complex;
DROP INDEX violations_complex_state;
DROP INDEX violations_county_company;
DROP INDEX violations_county_complex;
DROP INDEX violations_township_company;
DROP INDEX violations_township_complex;
DROP INDEX violations_community_company;
DROP INDEX violations_community_complex;
DROP INDEX violations_by_reporter;
DROP INDEX violations_of_fact;
CREATE INDEX violations_company ON violations (company_id, found_on, id, state, township, community);
CREATE INDEX violations_complex ON violations (complex_id, found_on, id, state);
