DROP TABLE phone_indexes;
DROP TABLE sealed_texts;
