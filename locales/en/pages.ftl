# The words of the pages, in alphabetical order.
activate-title = Activate this pass?
all-issuers = All issuers
all-programmes = All programmes
all-venues = All venues
back-to-start = Back to the start
beneficiary-active = This pass can be used.
beneficiary-cancelled = This pass is cancelled.
beneficiary-exhausted = You have been to all the workshops of this pass.
beneficiary-expired = This pass is no longer valid: its date has passed.
beneficiary-free = The workshops are free for you. You have nothing to pay.
beneficiary-how = How to use it
beneficiary-how-call = Make an appointment.
beneficiary-how-choose = Choose a place near you.
beneficiary-how-show = Show your pass when the workshop begins.
beneficiary-left = { $count ->
    [one] workshop to go to
   *[other] workshops to go to
}
beneficiary-of = This pass had { $count }.
beneficiary-replaced = This pass was replaced by a new one. Use the new one.
beneficiary-stock = This pass is not active yet. Ask the person who gave it to you.
beneficiary-suspended = This pass is suspended. Ask the person who gave it to you.
beneficiary-taken = Workshops taken
beneficiary-title = Your pass numérique
beneficiary-until = Your pass is valid until
by-funder = Funder
by-funder-none = All funders
by-issuer = Issuer
by-issuer-none = No issuer
by-month = Month
by-month-none = No month
by-none = Total
by-none-none = Total
by-programme = Programme
by-programme-none = No programme
by-service = Service
by-service-none = Service not told
by-territory = Territory
by-territory-none = No territory
by-venue = Venue
by-venue-none = No venue yet
cancel-title = Cancel this pass?
change-back = Change nothing
change-button = { $name ->
    [activate] Activate and hand over
    [replace] Replace (lost, stolen, damaged)
    [suspend] Suspend
    [reinstate] Reinstate
    [wrong-recipient] Cancel this pass and make another
   *[cancel] Cancel for good
}
change-means = { $name ->
    [activate] The pass can be used from today and its budget is committed. Its validity begins to run.
    [replace] The present pass will no longer be accepted anywhere. A new pass is made with the workshops left and the same last day.
    [suspend] The pass is refused everywhere until it is reinstated. Nothing is lost.
    [reinstate] The pass is accepted again.
    [wrong-recipient] The pass that was sent will be accepted nowhere any more. A new one is made with the workshops that are left and the same last day, to be sent to the right person.
   *[cancel] The pass will never be accepted again. The workshops left go back to the funders. For a lost pass, rather choose “Replace”.
}
channel-email = E-mail
channel-sms = SMS
day-fr = Fri
day-mo = Mon
day-off = closed
day-sa = Sat
day-su = Sun
day-th = Thu
day-tu = Tue
day-we = Wed
done-activate = The pass is activated.
done-cancel = The pass is cancelled.
done-issued = The pass is issued.
done-password = The password is saved. Log in.
done-reinstate = The pass is reinstated.
done-replace = The old pass is replaced. Here is the new one.
done-reversal = The redemption is undone.
done-sent = The pass is on its way. What becomes of it is told below.
done-suspend = The pass is suspended.
done-wrong-recipient = The old pass is worth nothing any more. Here is the new one, for the right person.
earlier = Earlier
earned = Amount
email = E-mail address
forgot-button = Get a link
forgot-done = If this address has an account, a link was just sent to it. It works once, for 30 minutes.
forgot-hint = Give the address of your account. You get a link to choose another password.
forgot-link = Forgotten password?
forgot-title = Forgotten password
issue-button = Issue the pass
issue-stock = To be handed over later (carnet)
issue-stock-hint = The pass holds no budget until it is activated at hand-over.
issue-title = Issue a pass
issuer = Issuer
language-name = English
last-day = Valid until
left = Workshops left
log-in = Log in
log-out = Log out
login-title = Log in
manual-code = Code to type:
message-failed = Not sent
message-kind-pass = Pass
message-kind-reminder = Reminder
message-sent = Sent
message-waiting = Being sent
mistakes = There is a problem
month-1 = January
month-10 = October
month-11 = November
month-12 = December
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
near-distance = { $count ->
    [0] less than 1 km away
   *[other] { $count } km away
}
near-find = Find places
near-hint = The three nearest places will be printed on the pass.
near-label = Town or postcode
near-none = No place is known for “{ $name }”. Try the postcode or a town nearby.
near-phone = tel. { $name }
near-title = Where to go
older = Older passes
other-language = Français
paper-appointment = Your first appointment
paper-card = Card to cut out and keep with you
paper-code = Without the QR, give this code:
paper-help = A question? Lost your pass?
paper-help-ask = Ask the person who gave you this pass.
paper-qr = QR code of the pass. Take a picture of it with a phone to see the workshops that are left.
paper-reference = Reference to say on the phone:
paper-specimen = SPECIMEN
paper-step-bring = Bring this pass, on paper or on your phone.
paper-step-choose = Choose a place. Call it to make an appointment.
paper-step-free = You pay nothing: the pass pays for the workshop.
paper-step-keep = Keep this pass until your last workshop.
paper-step-show = Show the QR code when the workshop begins.
paper-steps = How to use your pass
paper-stub = Stub for whoever hands out the pass
paper-valid-from-activation = { $count ->
    [one] Valid for { $count } day from hand-over
   *[other] Valid for { $count } days from hand-over
}
paper-valid-until = Valid until { $name }
paper-venues = Where to go near you
pass = Pass
password = Password
password-button = Save the password
password-hint = Between 12 and 128 characters. Several random words make a good password.
password-new = New password
password-title = Choose a password
product = Pass numérique
programme = Programme
qr-alt = QR code of the pass
redemptions-none = No workshop has been redeemed here yet.
redemptions-title = Redemptions
reference = Reference
reinstate-title = Reinstate this pass?
replace-title = Replace this pass?
replaced-by = Replaced by
replaces = Replaces
report-as-of = Figures as of event no.
report-before = before: { $name }
report-by = Broken down by
report-cancelled = Workshops cancelled
report-chart = Workshops issued and used
report-chart-alt = Workshops issued and used: the values are in the table below.
report-committed = Committed
report-csv = Download the data (CSV)
report-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
report-days-to-start = Days to the first workshop
report-earned = Owed to venues
report-expired = Workshops expired
report-from = From
report-given-back = Given back to funders
report-handed-over = Passes handed over
report-issued = Workshops issued
report-money-outstanding = Still committed
report-nothing = Nothing happened in this period. Widen the dates or the filters.
report-outstanding = Workshops left
report-show = Show
report-started = Passes used
report-started-rate = Passes used at least once
report-title = Report
report-to = To
report-total = Total
report-used = Workshops used
report-used-rate = Workshops used of issued
report-xlsx = Download for a spreadsheet (XLSX)
reversal-button = Undo the redemption
reversal-means = The workshops go back to the pass and the amount is no longer owed to the venue.
reversal-title = Undo this redemption?
search = Search
see-predecessor = See the old pass
see-successor = See the new pass
send-button = Send the pass
send-by = By
send-history = Messages
send-language = Language of the message
send-reminders = The person agrees to reminders
send-reminders-hint = Two at most. Their contact is then kept, encrypted, until 30 days after the pass ends. Otherwise it is erased once it is sent.
send-title = Send the pass
send-to = Address or mobile number
send-to-wrong = Give an e-mail address, or a mobile number, as you chose.
send-wrong-recipient = Wrong recipient?
service-access = Internet access and equipment
service-administrative_help = Help with administrative procedures
service-affordable_equipment = Affordable equipment
service-employment = Getting into work
service-everyday_tools = Everyday digital tools
service-leisure = Leisure and creation
service-parenting = Parenting and education
service-security = Safe use of digital tools
service-understanding = Understanding the digital world
short-hint = Your pass is shown here. Do not share this link.
short-keep = Show this screen at the beginning of the workshop.
short-show = Show my pass
short-title = Your pass numérique
skip = Skip to content
state = State
state-active = Active
state-cancelled = Cancelled
state-exhausted = Used up
state-expired = Expired
state-replaced = Replaced
state-stock = In stock
state-suspended = Suspended
stop-button = No more reminders
stop-done = Done. Your contact is erased. Your pass stays valid.
stop-means = Your contact will be erased at once. Your pass stays valid.
stop-title = Stop reminders
suspend-title = Suspend this pass?
territory = Territory
territory-hint = Code of the département, for example 13.
trouble-contact_unreadable = the contact cannot be read
trouble-fault = something went wrong
trouble-login_refused = the sending service refuses our access
trouble-not_set_up = sending is not set up any more
trouble-outdated = the pass has changed meanwhile
trouble-recipient_refused = the address or number is refused
trouble-server_busy = the sending service asks to wait
trouble-unreachable = the sending service does not answer
undo = Undo
undone = Undone
validity = Validity
validity-from-activation = Counts from its activation
venue = Venue
voucher-changes = What do you want to do?
voucher-print = Print the pass (PDF)
voucher-title = Pass { $name }
vouchers-all = See all passes
vouchers-none = No pass has been issued yet.
vouchers-none-such = No pass matches this search.
vouchers-reference-wrong = This reference is not valid: it looks like XXXX-XXXX-X, as printed on the pass.
vouchers-title = My passes
way-issue = Issue a pass
way-redemptions = Redemptions
way-reports = Report
way-scan = Scan a pass
way-vouchers = My passes
ways = Main navigation
when = When
workshops = Workshops
workshops-count = { $count ->
    [one] { $count } workshop
   *[other] { $count } workshops
}
workshops-left-of = { $count ->
    [0] no workshop
    [one] { $count } workshop
   *[other] { $count } workshops
}
workshops-number = Number of workshops
workshops-of = of { $count }
wrong-recipient-title = Wrong recipient?
