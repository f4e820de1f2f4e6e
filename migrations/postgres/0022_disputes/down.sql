DELETE FROM message WHERE kind IN ('alarm', 'payment_sent', 'dispute');
ALTER TABLE message DROP CONSTRAINT message_kind_check;
ALTER TABLE message ADD CONSTRAINT message_kind_check CHECK (kind IN ('invitation', 'reset', 'pass', 'reminder', 'payment_waits', 'payment_failed', 'account_asked', 'programmes'));
DROP TABLE watched;
DROP TABLE dispute;
DROP FUNCTION dispute_second_person();
