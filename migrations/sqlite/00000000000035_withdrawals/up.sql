-- A policy draft that its county took back.
ALTER TABLE policies ADD COLUMN withdrawn_at BIGINT;

-- The county's refusal of an application for credit repair.
ALTER TABLE listings ADD COLUMN repair_refusal TEXT NOT NULL DEFAULT 'null';

-- For the inbox of the office that keeps a company's file.
CREATE INDEX company_changes_by_state ON company_changes (state, company_id);

-- What the proposed change of a company was made from: it is not carried out over something newer.
ALTER TABLE company_changes ADD COLUMN before TEXT NOT NULL DEFAULT '{}';
