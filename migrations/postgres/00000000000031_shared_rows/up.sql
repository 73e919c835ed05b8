-- The office that keeps a company's file: the county, or the township whose office registered it.
ALTER TABLE companies ADD COLUMN division TEXT NOT NULL DEFAULT '';
UPDATE companies SET division = county;
UPDATE companies SET division = (
  SELECT MIN(a.area) FROM company_areas a WHERE a.company_id = companies.id AND LENGTH(a.area) = 9
)
WHERE EXISTS (
  SELECT 1 FROM ledger_events e WHERE e.kind = 'company.registered' AND e.subject_id = CAST(companies.id AS TEXT)
    AND e.actor_role = 'social_affairs_office'
) AND 1 = (SELECT COUNT(*) FROM company_areas a WHERE a.company_id = companies.id AND LENGTH(a.area) = 9);

-- Changes of a company that another office proposes, or that need a second person.
CREATE TABLE company_changes (
  id uuid PRIMARY KEY, version BIGINT NOT NULL, company_id uuid NOT NULL REFERENCES companies (id), state TEXT NOT NULL,
  change TEXT NOT NULL, reason TEXT NOT NULL, proposed_by TEXT NOT NULL, decision TEXT NOT NULL, created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX company_changes_by_company ON company_changes (company_id, id);

-- The county whose tokens a revocation ends; '' where it ends those of residents too, who belong to no county: every county's
-- administrators see it and may take it back.
ALTER TABLE revocations ADD COLUMN reach TEXT NOT NULL DEFAULT '';
DROP INDEX revocations_by_county;
CREATE INDEX revocations_by_reach ON revocations (reach, id);
