-- On SQLite the program gives each connection its function search_fold; PostgreSQL needs one in the database.
SELECT 1;
