ALTER TABLE usage_month DROP COLUMN guaranteed_cents;
ALTER TABLE usage_day DROP COLUMN guaranteed_cents;
ALTER TABLE programme DROP COLUMN reserves;
DROP TABLE conflict_against;
DROP TABLE conflict;
