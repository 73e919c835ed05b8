-- Subjects are compared in one case and width. Where an index finds somebody by the subject, it holds that form. A database
-- folds ASCII only, which is what the subjects of issuers are made of.
-- Where one person followed under two spellings, the row of the ticket's owner stays, else the earlier.
DELETE FROM complaint_followers
WHERE EXISTS (
  SELECT 1 FROM complaint_followers other
  WHERE other.complaint_id = complaint_followers.complaint_id AND other.iss = complaint_followers.iss
    AND other.sub <> complaint_followers.sub AND lower(other.sub) = lower(complaint_followers.sub)
    AND ((other.is_owner AND NOT complaint_followers.is_owner)
      OR (other.is_owner = complaint_followers.is_owner
        AND (other.followed_at, other.sub) < (complaint_followers.followed_at, complaint_followers.sub)))
);
UPDATE complaint_followers SET sub = lower(sub) WHERE sub <> lower(sub);

ALTER TABLE ledger_entries ADD COLUMN actor_key TEXT NOT NULL DEFAULT '';
UPDATE ledger_entries SET actor_key = lower(actor_sub);
DROP INDEX ledger_entries_by_actor;
CREATE INDEX ledger_entries_by_actor ON ledger_entries (actor_key, seq);
