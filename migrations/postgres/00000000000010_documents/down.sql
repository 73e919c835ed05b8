DROP TABLE document_contents;
DROP TABLE documents;
DROP TABLE document_counters;
DROP INDEX company_areas_by_company;
DROP TABLE offices;
