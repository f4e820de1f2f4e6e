-- What was printed, by whom: a pass, or a part of a batch. Paper is bearer value, so it is printed
-- once without a reason, and every other time with one.

CREATE TABLE printing (
    id TEXT NOT NULL PRIMARY KEY,
    voucher BIGINT REFERENCES voucher (id),
    batch BIGINT REFERENCES batch (seq),
    part BIGINT,
    format TEXT NOT NULL,
    person BIGINT NOT NULL REFERENCES person (id),
    printed_at BIGINT NOT NULL,
    reason TEXT,
    CHECK ((voucher IS NULL) = (batch IS NOT NULL)),
    CHECK ((batch IS NULL) = (part IS NULL))
);

CREATE UNIQUE INDEX printing_first_voucher ON printing (voucher) WHERE reason IS NULL;
CREATE UNIQUE INDEX printing_first_part ON printing (batch, part) WHERE reason IS NULL;
CREATE INDEX printing_voucher ON printing (voucher);
CREATE INDEX printing_batch ON printing (batch);
