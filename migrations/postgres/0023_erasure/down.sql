DROP INDEX event_revoked;
