# The words of messages that are sent, in alphabetical order.
letter-account_asked-link = See what was asked, and refuse it if need be
letter-account_asked-not-you = If nobody of yours asked for it, refuse it on your page at once, then call the operator.
letter-account_asked-subject = Another bank account was asked for in the name of your organisation
letter-account_asked-text = Hello, another bank account was asked for to pay your organisation to: { $name }.
letter-account_asked-you = If it was you, a second person has to confirm it. It is used 7 days after that.
letter-alarm-chain_fork = Two records have the same place in the chain of a device: it was copied, or an old copy of it was put back.
letter-alarm-chain_fork-do = Look at it, and withdraw the device if need be
letter-alarm-chain_gap = Workshops that a device took without network never arrived: those not handed over are not paid.
letter-alarm-chain_gap-do = Find the device, switch it on, and bring it to a network
letter-alarm-conflicts = A device or its venue has more conflicts in a month than one device may cost: it should hear of the network more often.
letter-alarm-conflicts-do = See what devices have cost
letter-alarm-device = Device “{ $name }”.
letter-alarm-forged = Passes that were never issued were shown with a good signature: somebody has a copy of this key.
letter-alarm-forged-do = See the keys, and declare that it leaked
letter-alarm-gap = Device “{ $name }”: { $count ->
    [one] { $count } record is missing.
   *[other] { $count } records are missing.
}
letter-alarm-key = Key { $name }.
letter-alarm-key_compromised = A key was declared to have leaked: what it issued is honoured, it signs nothing more. Publish a set without it for scanners, and let another key sign.
letter-alarm-key_compromised-do = See the keys
letter-alarm-more = { $count ->
    [one] One more is found on the pages.
   *[other] { $count } more are found on the pages.
}
letter-alarm-quarantine = Records of a device were put aside: their workshops count only once somebody has decided.
letter-alarm-quarantine-do = Decide about them
letter-alarm-subject = Devices or keys need to be looked at
letter-alarm-text = Hello { $name }, this needs somebody to look at it:
letter-automatic = This message is automatic. Please do not answer it.
letter-dispute-dismissed-subject = Your dispute was not upheld
letter-dispute-dismissed-text = Hello, a second person has looked at the dispute of your organisation ({ $name }), and the decision stays as it is. The page says why.
letter-dispute-link = See the dispute
letter-dispute-open-subject = Your dispute was received
letter-dispute-open-text = Hello, the dispute of your organisation ({ $name }) was received. Somebody who did not take the first decision will look at it, and you will be told.
letter-dispute-upheld-subject = Your dispute was upheld
letter-dispute-upheld-text = Hello, a second person has looked at the dispute of your organisation ({ $name }): you are right. The page says what follows.
letter-invitation-link = Choose my password
letter-invitation-subject = Your access to Pass numérique
letter-invitation-text = Hello { $name }, an access to Pass numérique was made for you. Choose your password:
letter-link-life = This link works once, for 30 minutes. After that, ask for another on the log-in page: “Forgotten password”.
letter-not-you = If you did not expect this message, do nothing.
letter-pass-attached = The pass is attached to this message (PDF). Print it, or show it on your phone.
letter-pass-keep = Keep it to yourself: a person who has this pass can use it in your place.
letter-pass-subject = Your pass numérique
letter-pass-text = Hello, here is your pass numérique. It opens { $workshops } to you, free of charge, until { $day }.
letter-pass-wrong = This message is not for you? Delete it, and tell the organisation that sent it.
letter-payment_failed-do = Check this account with your bank. If it has changed, enter the other IBAN on the page of your organisation: two people confirm it.
letter-payment_failed-subject = The bank did not take the payment to your organisation
letter-payment_failed-text = Hello, the bank did not take the payment of { $amount } to the account { $iban } of your organisation.
letter-payment_sent-link = See what it pays
letter-payment_sent-subject = A payment to your organisation is on its way
letter-payment_sent-text = Hello, a payment of { $amount } to your organisation is on its way. Its reference on your account statement: { $reference }.
letter-payment_sent-wrong = The amount is not what you expected? Open a dispute on the page of the payment.
letter-payment_waits-bank_account_new = Why: your new bank account cannot be used yet. You have nothing to do.
letter-payment_waits-link = The page of your organisation
letter-payment_waits-next = Nothing is lost: the amount will be paid with the next run.
letter-payment_waits-no_bank_account = Why: we do not know your bank account. Enter your IBAN on the page of your organisation.
letter-payment_waits-not_approved = Why: your organisation is not approved. Call the operator.
letter-payment_waits-subject = Your organisation could not be paid
letter-payment_waits-text = Hello, your organisation has earned { $amount } up to { $day }, but could not be paid.
letter-reminder-ending-subject = Your pass numérique ends soon
letter-reminder-ending-text = Hello, your pass numérique ends on { $day }. You have { $workshops } left: make an appointment.
letter-reminder-stop-link = No more reminders
letter-reminder-stop-text = You agreed to these reminders. To get no more:
letter-reminder-unused-subject = Think of your pass numérique
letter-reminder-unused-text = Hello, your pass numérique is waiting for you. It opens { $workshops } to you until { $day }: make an appointment.
letter-reset-link = Choose another password
letter-reset-subject = Choose another password
letter-reset-text = Hello, you asked for another password for Pass numérique. Choose it here:
sms-pass = Your pass numérique ({ $workshops }): { $link }
sms-reminder-ending = Your pass numérique ends on { $date }. Make an appointment. Stop: { $link }
sms-reminder-unused = Think of your pass numérique, valid until { $date }. Stop: { $link }
