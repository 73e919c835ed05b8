-- The form in which names are searched, as `characters::search_key` makes it: NFKC, lower case, no spaces. On SQLite the
-- program gives each connection a function of this name.
CREATE FUNCTION search_fold(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT regexp_replace(lower(normalize(given, NFKC)), '\s', '', 'g') $$;
