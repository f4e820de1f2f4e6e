DROP TABLE paid_order;
DELETE FROM message WHERE kind = 'programmes';
ALTER TABLE message DROP CONSTRAINT message_kind_check;
ALTER TABLE message ADD CONSTRAINT message_kind_check CHECK (kind IN ('invitation', 'reset', 'pass', 'reminder', 'payment_waits', 'payment_failed', 'account_asked'));
DROP TABLE programme_alert;
ALTER TABLE programme DROP COLUMN ended_day;
DROP TABLE audit_run;
