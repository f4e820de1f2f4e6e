-- The core: who takes part, programmes, vouchers, the journal and what is folded from it.

CREATE TABLE head (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    account INTEGER NOT NULL,
    funder INTEGER NOT NULL,
    issuer INTEGER NOT NULL,
    organisation INTEGER NOT NULL,
    venue INTEGER NOT NULL,
    person INTEGER NOT NULL,
    programme INTEGER NOT NULL,
    voucher INTEGER NOT NULL
) STRICT;

CREATE TABLE funder (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE issuer (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    suspended INTEGER NOT NULL CHECK (suspended IN (0, 1))
) STRICT;

CREATE TABLE organisation (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    siret TEXT,
    approval TEXT NOT NULL CHECK (approval IN ('pending', 'approved', 'suspended')),
    approvals TEXT NOT NULL
) STRICT;

CREATE TABLE venue (
    id INTEGER NOT NULL PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    postcode TEXT NOT NULL,
    commune TEXT NOT NULL,
    territory TEXT NOT NULL,
    source TEXT,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    openings TEXT NOT NULL,
    UNIQUE (organisation, source)
) STRICT;

CREATE TABLE venue_detail (
    venue INTEGER NOT NULL PRIMARY KEY REFERENCES venue (id),
    record TEXT NOT NULL,
    latitude_microdegrees INTEGER,
    longitude_microdegrees INTEGER
) STRICT;

CREATE TABLE person (
    id INTEGER NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('operator', 'auditor', 'analyst', 'manager', 'agent', 'supervisor', 'scanner')),
    tenant INTEGER,
    password_hash TEXT NOT NULL,
    revoked INTEGER NOT NULL CHECK (revoked IN (0, 1)),
    raised_day INTEGER,
    raised_to INTEGER
) STRICT;

CREATE TABLE programme (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id BETWEEN 1 AND 65535),
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    terms TEXT NOT NULL,
    earlier TEXT NOT NULL,
    next_number INTEGER NOT NULL,
    next_ordinal INTEGER NOT NULL,
    closed INTEGER NOT NULL CHECK (closed IN (0, 1))
) STRICT;

CREATE TABLE admission (
    programme INTEGER NOT NULL REFERENCES programme (id),
    venue INTEGER NOT NULL REFERENCES venue (id),
    PRIMARY KEY (programme, venue)
) STRICT, WITHOUT ROWID;

CREATE TABLE allocation (
    programme INTEGER NOT NULL REFERENCES programme (id),
    issuer INTEGER NOT NULL REFERENCES issuer (id),
    granted INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    PRIMARY KEY (programme, issuer),
    CHECK (taken BETWEEN 0 AND granted)
) STRICT, WITHOUT ROWID;

CREATE TABLE voucher (
    number INTEGER NOT NULL PRIMARY KEY,
    issued_seq INTEGER NOT NULL,
    batch INTEGER,
    id INTEGER NOT NULL UNIQUE CHECK (id >= 0),
    programme INTEGER NOT NULL,
    version INTEGER NOT NULL,
    issuer INTEGER NOT NULL,
    agent INTEGER,
    payload BLOB NOT NULL,
    workshops INTEGER NOT NULL CHECK (workshops BETWEEN 1 AND 10),
    first_day INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('stock', 'active', 'suspended', 'cancelled', 'replaced')),
    life TEXT NOT NULL,
    money TEXT NOT NULL CHECK (money IN ('none', 'committed', 'releasable', 'released')),
    free TEXT NOT NULL,
    uses TEXT NOT NULL,
    predecessor INTEGER,
    successor INTEGER,
    begun INTEGER NOT NULL CHECK (begun IN (0, 1)),
    last_event INTEGER,
    reference TEXT NOT NULL UNIQUE,
    code_tag BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE batch (
    seq INTEGER NOT NULL PRIMARY KEY,
    programme INTEGER NOT NULL,
    version INTEGER NOT NULL,
    issuer INTEGER NOT NULL,
    agent INTEGER,
    workshops INTEGER NOT NULL CHECK (workshops BETWEEN 1 AND 10),
    count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 100000),
    stock INTEGER NOT NULL CHECK (stock IN (0, 1)),
    first_number INTEGER NOT NULL,
    first_ordinal INTEGER NOT NULL,
    minted INTEGER NOT NULL,
    CHECK (minted BETWEEN 0 AND count)
) STRICT;

CREATE TABLE account (
    id INTEGER NOT NULL PRIMARY KEY,
    programme INTEGER NOT NULL,
    version INTEGER NOT NULL,
    funder INTEGER NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('funding', 'available', 'guarantee', 'committed', 'releasable', 'earned', 'in_payment', 'paid', 'receivable', 'returned')),
    organisation INTEGER NOT NULL,
    debit_cents INTEGER NOT NULL,
    credit_cents INTEGER NOT NULL,
    UNIQUE (programme, version, organisation, funder, stage),
    CHECK (stage = 'funding' OR credit_cents >= debit_cents)
) STRICT;

CREATE TABLE event (
    seq INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    day INTEGER NOT NULL,
    actor INTEGER,
    device INTEGER,
    programme INTEGER,
    voucher INTEGER,
    -- The event before of the same voucher: its history is found from its end, by number alone.
    previous INTEGER,
    reverses INTEGER,
    content TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE posting (
    event INTEGER NOT NULL,
    line INTEGER NOT NULL,
    account INTEGER NOT NULL,
    amount_cents INTEGER NOT NULL CHECK (amount_cents <> 0),
    debit_after INTEGER NOT NULL,
    credit_after INTEGER NOT NULL,
    PRIMARY KEY (event, line)
) STRICT, WITHOUT ROWID;

-- The last event of each business day of a programme: as of a day is as of its last event.
CREATE TABLE day_end (
    programme INTEGER NOT NULL,
    day INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (programme, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE request (
    scope TEXT NOT NULL,
    id BLOB NOT NULL,
    hash BLOB NOT NULL,
    outcome TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (id, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE redemption (
    seq INTEGER NOT NULL PRIMARY KEY,
    voucher INTEGER NOT NULL,
    programme INTEGER NOT NULL,
    venue INTEGER NOT NULL,
    organisation INTEGER NOT NULL,
    issuer INTEGER NOT NULL,
    territory TEXT NOT NULL,
    workshops INTEGER NOT NULL,
    content TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    actor INTEGER
) STRICT;

CREATE TABLE refused_scan (
    scope TEXT NOT NULL,
    request BLOB NOT NULL,
    reason TEXT NOT NULL,
    voucher INTEGER NOT NULL,
    programme INTEGER NOT NULL,
    issuer INTEGER NOT NULL,
    venue INTEGER NOT NULL,
    organisation INTEGER NOT NULL,
    actor INTEGER,
    device INTEGER,
    at INTEGER NOT NULL,
    PRIMARY KEY (scope, request)
) STRICT, WITHOUT ROWID;

CREATE TABLE failed_scan (
    organisation INTEGER NOT NULL,
    venue INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    reason TEXT NOT NULL,
    times INTEGER NOT NULL CHECK (times > 0),
    PRIMARY KEY (organisation, venue, hour, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE workshop (
    programme INTEGER NOT NULL,
    version INTEGER NOT NULL,
    number INTEGER NOT NULL,
    redemption INTEGER NOT NULL,
    PRIMARY KEY (programme, version, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_day (
    day INTEGER NOT NULL,
    programme INTEGER NOT NULL,
    issuer INTEGER NOT NULL,
    venue INTEGER NOT NULL,
    territory TEXT NOT NULL,
    service TEXT NOT NULL,
    funder INTEGER NOT NULL,
    stocked INTEGER NOT NULL,
    activated INTEGER NOT NULL,
    handed_over INTEGER NOT NULL,
    workshops_issued INTEGER NOT NULL,
    started INTEGER NOT NULL,
    days_to_start INTEGER NOT NULL,
    received INTEGER NOT NULL,
    redemptions INTEGER NOT NULL,
    workshops_used INTEGER NOT NULL,
    workshops_single INTEGER NOT NULL,
    workshops_group INTEGER NOT NULL,
    redemptions_timed INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    exhausted INTEGER NOT NULL,
    expired INTEGER NOT NULL,
    workshops_expired INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    workshops_cancelled INTEGER NOT NULL,
    replaced INTEGER NOT NULL,
    reversals INTEGER NOT NULL,
    deposited_cents INTEGER NOT NULL,
    committed_cents INTEGER NOT NULL,
    earned_cents INTEGER NOT NULL,
    given_back_cents INTEGER NOT NULL,
    PRIMARY KEY (day, programme, issuer, venue, territory, service, funder)
) STRICT, WITHOUT ROWID;

-- Public keys alone: private ones never stand in a database.
CREATE TABLE voucher_key (
    kid BLOB NOT NULL PRIMARY KEY CHECK (length(kid) = 4),
    public_key BLOB NOT NULL UNIQUE CHECK (length(public_key) = 32),
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'retired', 'compromised')),
    purpose TEXT NOT NULL CHECK (purpose IN ('first', 'rotation', 'spare')),
    added_seq INTEGER NOT NULL UNIQUE,
    added_at INTEGER NOT NULL,
    activated_at INTEGER,
    ended_at INTEGER,
    first_day INTEGER,
    last_day INTEGER,
    verifies_until INTEGER,
    CHECK (state NOT IN ('active', 'retired') OR first_day IS NOT NULL),
    CHECK (state <> 'retired' OR (last_day IS NOT NULL AND verifies_until IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE key_set (
    sequence INTEGER NOT NULL PRIMARY KEY CHECK (sequence > 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    expires_at INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;

-- Good signatures over what was never issued, by the hour; a counter, not an event.
CREATE TABLE alarm (
    kid BLOB NOT NULL,
    venue INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    times INTEGER NOT NULL CHECK (times > 0),
    PRIMARY KEY (kid, venue, hour)
) STRICT, WITHOUT ROWID;

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

INSERT INTO head VALUES (1, 0, zeroblob(32), 0, 0, 0, 0, 0, 0, 0, 0);

-- What has happened is never edited: the database itself refuses.
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting
BEGIN SELECT RAISE(ABORT, 'posting is append-only'); END;
CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting
BEGIN SELECT RAISE(ABORT, 'posting is append-only'); END;
