-- Files of complaints: the ticket that a file came with, its copy without notes, and when it was erased. Names lie sealed
-- in `sealed_texts`; a name that still stands here is sealed by the service and then empty.
ALTER TABLE attachments RENAME COLUMN public_key TO stripped_key;
ALTER TABLE attachments RENAME COLUMN public_sha256 TO stripped_sha256;
ALTER TABLE attachments RENAME COLUMN public_size TO stripped_size;
ALTER TABLE attachments ADD COLUMN complaint_id uuid;
ALTER TABLE attachments ADD COLUMN erased_at timestamptz;
DROP INDEX attachments_by_public_object;
CREATE INDEX attachments_by_stripped_object ON attachments (stripped_key) WHERE stripped_key IS NOT NULL;
CREATE INDEX attachments_of_complaint ON attachments (complaint_id, id) WHERE complaint_id IS NOT NULL;
CREATE INDEX attachments_to_erase ON attachments (erased_at) WHERE erased_at IS NOT NULL AND object_key <> '';
CREATE INDEX attachments_to_seal ON attachments (id) WHERE name <> '';

UPDATE attachments SET complaint_id = owner_id WHERE owner_kind = 'complaint';
UPDATE attachments SET complaint_id = (SELECT complaint_id FROM complaint_steps WHERE complaint_steps.id = attachments.owner_id)
  WHERE owner_kind = 'complaint_step';
-- What was handed on to a case before copies were stripped belongs to its ticket still.
UPDATE attachments SET complaint_id = (SELECT origin.complaint_id FROM attachments AS origin
    WHERE origin.object_key = attachments.object_key AND origin.complaint_id IS NOT NULL LIMIT 1)
  WHERE complaint_id IS NULL;

-- Stored answers that hold personal data are found by what they are about.
CREATE INDEX idempotency_keys_by_resource ON idempotency_keys (resource_id) WHERE resource_id IS NOT NULL;
