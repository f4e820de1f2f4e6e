DELETE FROM message WHERE kind NOT IN ('invitation', 'reset', 'pass', 'reminder');
ALTER TABLE message DROP CONSTRAINT message_kind_check;
ALTER TABLE message ADD CONSTRAINT message_kind_check CHECK (kind IN ('invitation', 'reset', 'pass', 'reminder'));
DROP TRIGGER payment_people ON payment;
DROP FUNCTION payment_people();
CREATE OR REPLACE FUNCTION settlement_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM payment JOIN bank_account ON bank_account.id = payment.account
        WHERE payment.settlement = NEW.id AND bank_account.entered_by = NEW.approved_by
    ) THEN
        RAISE EXCEPTION 'whoever entered an account does not approve its payment';
    END IF;
    RETURN NEW;
END $$;
ALTER TABLE bank_account DROP COLUMN asked_by;
DROP TABLE bank_account_asked;
DROP TABLE hold;
DROP FUNCTION hold_second_person();
