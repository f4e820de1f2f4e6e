//! What happened, by whom: the journal's events.
//! No figures.

reads!("audit", AuditRead, EventView from events,
    list_events at "/v1/audit/events", read_event at "/v1/audit/events/{id}");
