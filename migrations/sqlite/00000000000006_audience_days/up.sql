-- The day of finding beside each audience: a company's or partner's list is read in its order, and not sorted whole for
-- every page.
ALTER TABLE violation_audiences ADD COLUMN found_on DATE NOT NULL DEFAULT '1970-01-01';
UPDATE violation_audiences SET found_on = (SELECT found_on FROM violations WHERE id = violation_id);
CREATE INDEX violation_audiences_by_day ON violation_audiences (role, area, found_on, violation_id);
