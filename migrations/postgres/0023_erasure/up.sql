-- Who was revoked, and when: a year later they are erased. Most events revoke nobody, and are not in it.
CREATE INDEX event_revoked ON event (recorded_at) WHERE kind = 'user_revoked';
