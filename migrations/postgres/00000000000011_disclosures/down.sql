DROP TABLE typical_cases;
DROP INDEX complex_services_of_company;
DROP INDEX complex_services_community;
DROP INDEX complex_services_township;
DROP INDEX complex_services_county;
DROP TABLE disclosure_contents;
DROP TABLE disclosures;
