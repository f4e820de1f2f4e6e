# What `pass-numerique scan` says, the device without a browser.
scan-bad-feed = The list of passes is not signed as it must be: it is left aside. Tell the operator.
scan-bad-keys = The key set is not accepted: { $why }. Tell the operator.
scan-claimed = noted, to be confirmed: a typed code cannot be verified without the service
scan-counted = accepted: { $left } left, valid until { $day }
scan-enrolled = Device enrolled: { $device }
scan-never = never
scan-recorded = accepted, to be confirmed: { $left } left, valid until { $day }
scan-recorded-old = accepted at your own risk, to be confirmed: the device has heard nothing for more than 7 days; { $left } left, valid until { $day }
scan-refused = refused: { $why }
scan-settled = from before: { $what }
scan-state = Device { $device } of { $service }
    records: { $recorded }, to be sent: { $waiting }, to be looked at: { $problems }, unanswered: { $unsettled }
    passes known: { $vouchers }, list complete: { $feed }, keys valid until: { $keys }
scan-state-revoked = Device { $device } of { $service }, revoked: it only hands over what it has
    records: { $recorded }, to be sent: { $waiting }, to be looked at: { $problems }, unanswered: { $unsettled }
scan-synced = synchronised: { $counted } counted, { $refused } refused, { $waiting } waiting for a decision, { $problems } to be looked at
scan-unclear = no answer from the service, which will be asked again. Here: { $why }
