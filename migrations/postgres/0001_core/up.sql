-- The core: who takes part, programmes, vouchers, the journal and what is folded from it.

-- `fillfactor`: what is updated often leaves its page room for the next version, which then needs no
-- new entry in any index.
CREATE TABLE head (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    account BIGINT NOT NULL,
    funder BIGINT NOT NULL,
    issuer BIGINT NOT NULL,
    organisation BIGINT NOT NULL,
    venue BIGINT NOT NULL,
    person BIGINT NOT NULL,
    programme BIGINT NOT NULL,
    voucher BIGINT NOT NULL
) WITH (fillfactor = 10);

CREATE TABLE funder (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE issuer (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    suspended BIGINT NOT NULL CHECK (suspended IN (0, 1))
);

CREATE TABLE organisation (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    siret TEXT,
    approval TEXT NOT NULL CHECK (approval IN ('pending', 'approved', 'suspended')),
    approvals TEXT NOT NULL
);

CREATE TABLE venue (
    id BIGINT NOT NULL PRIMARY KEY,
    organisation BIGINT NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    postcode TEXT NOT NULL,
    commune TEXT NOT NULL,
    territory TEXT NOT NULL,
    source TEXT,
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    openings TEXT NOT NULL,
    UNIQUE (organisation, source)
);

CREATE TABLE venue_detail (
    venue BIGINT NOT NULL PRIMARY KEY REFERENCES venue (id),
    record TEXT NOT NULL,
    latitude_microdegrees BIGINT,
    longitude_microdegrees BIGINT
);

CREATE TABLE person (
    id BIGINT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('operator', 'auditor', 'analyst', 'manager', 'agent', 'supervisor', 'scanner')),
    tenant BIGINT,
    password_hash TEXT NOT NULL,
    revoked BIGINT NOT NULL CHECK (revoked IN (0, 1)),
    raised_day BIGINT,
    raised_to BIGINT
);

CREATE TABLE programme (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id BETWEEN 1 AND 65535),
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    terms TEXT NOT NULL,
    earlier TEXT NOT NULL,
    next_number BIGINT NOT NULL,
    next_ordinal BIGINT NOT NULL,
    closed BIGINT NOT NULL CHECK (closed IN (0, 1))
);

CREATE TABLE admission (
    programme BIGINT NOT NULL REFERENCES programme (id),
    venue BIGINT NOT NULL REFERENCES venue (id),
    PRIMARY KEY (programme, venue)
);

CREATE TABLE allocation (
    programme BIGINT NOT NULL REFERENCES programme (id),
    issuer BIGINT NOT NULL REFERENCES issuer (id),
    granted BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    PRIMARY KEY (programme, issuer),
    CHECK (taken BETWEEN 0 AND granted)
);

CREATE TABLE voucher (
    number BIGINT NOT NULL PRIMARY KEY,
    issued_seq BIGINT NOT NULL,
    batch BIGINT,
    id BIGINT NOT NULL UNIQUE CHECK (id >= 0),
    programme BIGINT NOT NULL,
    version BIGINT NOT NULL,
    issuer BIGINT NOT NULL,
    agent BIGINT,
    payload BYTEA NOT NULL,
    workshops BIGINT NOT NULL CHECK (workshops BETWEEN 1 AND 10),
    first_day BIGINT NOT NULL,
    last_day BIGINT NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('stock', 'active', 'suspended', 'cancelled', 'replaced')),
    life TEXT NOT NULL,
    money TEXT NOT NULL CHECK (money IN ('none', 'committed', 'releasable', 'released')),
    free TEXT NOT NULL,
    uses TEXT NOT NULL,
    predecessor BIGINT,
    successor BIGINT,
    begun BIGINT NOT NULL CHECK (begun IN (0, 1)),
    last_event BIGINT,
    reference TEXT NOT NULL UNIQUE,
    code_tag BYTEA NOT NULL UNIQUE
) WITH (fillfactor = 70);

CREATE TABLE batch (
    seq BIGINT NOT NULL PRIMARY KEY,
    programme BIGINT NOT NULL,
    version BIGINT NOT NULL,
    issuer BIGINT NOT NULL,
    agent BIGINT,
    workshops BIGINT NOT NULL CHECK (workshops BETWEEN 1 AND 10),
    count BIGINT NOT NULL CHECK (count BETWEEN 1 AND 100000),
    stock BIGINT NOT NULL CHECK (stock IN (0, 1)),
    first_number BIGINT NOT NULL,
    first_ordinal BIGINT NOT NULL,
    minted BIGINT NOT NULL,
    CHECK (minted BETWEEN 0 AND count)
);

CREATE TABLE account (
    id BIGINT NOT NULL PRIMARY KEY,
    programme BIGINT NOT NULL,
    version BIGINT NOT NULL,
    funder BIGINT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('funding', 'available', 'guarantee', 'committed', 'releasable', 'earned', 'in_payment', 'paid', 'receivable', 'returned')),
    organisation BIGINT NOT NULL,
    debit_cents BIGINT NOT NULL,
    credit_cents BIGINT NOT NULL,
    UNIQUE (programme, version, organisation, funder, stage),
    CHECK (stage = 'funding' OR credit_cents >= debit_cents)
) WITH (fillfactor = 20);

CREATE TABLE event (
    seq BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    occurred_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    actor BIGINT,
    device BIGINT,
    programme BIGINT,
    voucher BIGINT,
    -- The event before of the same voucher: its history is found from its end, by number alone.
    previous BIGINT,
    reverses BIGINT,
    content TEXT NOT NULL,
    hash BYTEA NOT NULL
);

CREATE TABLE posting (
    event BIGINT NOT NULL,
    line BIGINT NOT NULL,
    account BIGINT NOT NULL,
    amount_cents BIGINT NOT NULL CHECK (amount_cents <> 0),
    debit_after BIGINT NOT NULL,
    credit_after BIGINT NOT NULL,
    PRIMARY KEY (event, line)
);

-- The last event of each business day of a programme: as of a day is as of its last event.
CREATE TABLE day_end (
    programme BIGINT NOT NULL,
    day BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (programme, day)
) WITH (fillfactor = 20);

CREATE TABLE request (
    scope TEXT NOT NULL,
    id BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    outcome TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (id, scope)
);

CREATE TABLE redemption (
    seq BIGINT NOT NULL PRIMARY KEY,
    voucher BIGINT NOT NULL,
    programme BIGINT NOT NULL,
    venue BIGINT NOT NULL,
    organisation BIGINT NOT NULL,
    issuer BIGINT NOT NULL,
    territory TEXT NOT NULL,
    workshops BIGINT NOT NULL,
    content TEXT NOT NULL,
    occurred_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    actor BIGINT
);

CREATE TABLE refused_scan (
    scope TEXT NOT NULL,
    request BYTEA NOT NULL,
    reason TEXT NOT NULL,
    voucher BIGINT NOT NULL,
    programme BIGINT NOT NULL,
    issuer BIGINT NOT NULL,
    venue BIGINT NOT NULL,
    organisation BIGINT NOT NULL,
    actor BIGINT,
    device BIGINT,
    at BIGINT NOT NULL,
    PRIMARY KEY (scope, request)
);

CREATE TABLE failed_scan (
    organisation BIGINT NOT NULL,
    venue BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    reason TEXT NOT NULL,
    times BIGINT NOT NULL CHECK (times > 0),
    PRIMARY KEY (organisation, venue, hour, reason)
);

CREATE TABLE workshop (
    programme BIGINT NOT NULL,
    version BIGINT NOT NULL,
    number BIGINT NOT NULL,
    redemption BIGINT NOT NULL,
    PRIMARY KEY (programme, version, number)
);

CREATE TABLE usage_day (
    day BIGINT NOT NULL,
    programme BIGINT NOT NULL,
    issuer BIGINT NOT NULL,
    venue BIGINT NOT NULL,
    territory TEXT NOT NULL,
    service TEXT NOT NULL,
    funder BIGINT NOT NULL,
    stocked BIGINT NOT NULL,
    activated BIGINT NOT NULL,
    handed_over BIGINT NOT NULL,
    workshops_issued BIGINT NOT NULL,
    started BIGINT NOT NULL,
    days_to_start BIGINT NOT NULL,
    received BIGINT NOT NULL,
    redemptions BIGINT NOT NULL,
    workshops_used BIGINT NOT NULL,
    workshops_single BIGINT NOT NULL,
    workshops_group BIGINT NOT NULL,
    redemptions_timed BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    exhausted BIGINT NOT NULL,
    expired BIGINT NOT NULL,
    workshops_expired BIGINT NOT NULL,
    cancelled BIGINT NOT NULL,
    workshops_cancelled BIGINT NOT NULL,
    replaced BIGINT NOT NULL,
    reversals BIGINT NOT NULL,
    deposited_cents BIGINT NOT NULL,
    committed_cents BIGINT NOT NULL,
    earned_cents BIGINT NOT NULL,
    given_back_cents BIGINT NOT NULL,
    PRIMARY KEY (day, programme, issuer, venue, territory, service, funder)
) WITH (fillfactor = 30);

-- Public keys alone: private ones never stand in a database.
CREATE TABLE voucher_key (
    kid BYTEA NOT NULL PRIMARY KEY CHECK (length(kid) = 4),
    public_key BYTEA NOT NULL UNIQUE CHECK (length(public_key) = 32),
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'retired', 'compromised')),
    purpose TEXT NOT NULL CHECK (purpose IN ('first', 'rotation', 'spare')),
    added_seq BIGINT NOT NULL UNIQUE,
    added_at BIGINT NOT NULL,
    activated_at BIGINT,
    ended_at BIGINT,
    first_day BIGINT,
    last_day BIGINT,
    verifies_until BIGINT,
    CHECK (state NOT IN ('active', 'retired') OR first_day IS NOT NULL),
    CHECK (state <> 'retired' OR (last_day IS NOT NULL AND verifies_until IS NOT NULL))
);

CREATE TABLE key_set (
    sequence BIGINT NOT NULL PRIMARY KEY CHECK (sequence > 0),
    root BYTEA NOT NULL CHECK (length(root) = 32),
    expires_at BIGINT NOT NULL,
    text TEXT NOT NULL
);

-- Good signatures over what was never issued, by the hour; a counter, not an event.
CREATE TABLE alarm (
    kid BYTEA NOT NULL,
    venue BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    times BIGINT NOT NULL CHECK (times > 0),
    PRIMARY KEY (kid, venue, hour)
);

CREATE INDEX posting_account ON posting (account, event);
-- One reversal of a redemption; most events reverse nothing, and are not in it.
CREATE UNIQUE INDEX event_reverses ON event (reverses) WHERE reverses IS NOT NULL;
-- Also for a venue: its organisation comes with it.
CREATE INDEX redemption_organisation ON redemption (organisation, seq, venue);
CREATE INDEX event_issued ON event (actor, day) WHERE kind IN ('voucher_issued', 'voucher_stocked');
CREATE INDEX voucher_open ON voucher (last_day, number) WHERE money IN ('committed', 'releasable') OR standing = 'stock';
CREATE INDEX voucher_releasable ON voucher (number) WHERE money = 'releasable';
CREATE INDEX voucher_stock ON voucher (issuer, programme, first_day) WHERE standing = 'stock' AND money = 'none';
CREATE INDEX voucher_issuer ON voucher (issuer, number);
CREATE INDEX refused_scan_at ON refused_scan (at);
CREATE INDEX voucher_batch ON voucher (batch, number) WHERE batch IS NOT NULL;
CREATE INDEX batch_open ON batch (seq) WHERE minted < count;

INSERT INTO head VALUES (1, 0, decode(repeat('00', 32), 'hex'), 0, 0, 0, 0, 0, 0, 0, 0);

-- What has happened is never edited: the database itself refuses.
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
