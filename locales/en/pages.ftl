# The words of the pages, in alphabetical order.
accessibility-audited = Audit of { $day }, by { $name }.
accessibility-audited-by = Made by
accessibility-audited-on = Day of the audit
accessibility-commits = { $name } commits to pages that everybody can use (art. 47 of the French law 2005-102 of 11 February 2005).
accessibility-conformity = { $name ->
    [full] Fully conforming
    [partial] Partly conforming
   *[none] Not conforming, or not audited yet
}
accessibility-contact = A difficulty?
accessibility-contact-how = Tell us what stops you, and we give you the information in another way:
accessibility-contact-label = Address or telephone number for difficulties
accessibility-exceptions = What is not accessible
accessibility-exceptions-label = What is not accessible, a line each
accessibility-foot = { $name ->
    [full] Accessibility: fully conforming
    [partial] Accessibility: partly conforming
   *[none] Accessibility: not conforming
}
accessibility-form-about = What you declare to everybody after an audit.
accessibility-form-title = Accessibility statement
accessibility-is = { $name ->
    [full] These pages fully follow RGAA 4, the French rules of accessibility.
    [partial] These pages follow RGAA 4, the French rules of accessibility, in part.
   *[none] These pages do not follow RGAA 4, the French rules of accessibility.
}
accessibility-made = Statement made on { $name }.
accessibility-never-audited = No audit was made yet. The pages of every version are checked by tests in a browser.
accessibility-rights = Your rights
accessibility-rights-how = If our answer does not help:
accessibility-rights-post = by post, free and without a stamp: Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07.
accessibility-rights-write = write to the Défenseur des droits, on its site or to its delegate in your region;
accessibility-state = Conformity
accessibility-title = Accessibility statement
accessibility-wrong-audited-by = Say who made the audit.
accessibility-wrong-audited-on = Give the day of the audit, in the past: without one the pages are declared not conforming.
accessibility-wrong-conformity = Choose a conformity.
accessibility-wrong-contact = Give an address or a telephone number, in one line.
accessibility-wrong-exceptions = This text has at most 4,000 characters, all visible.
account = Account
account-title = My account
activate-scan-code = QR code or code of the pass
activate-scan-done = Pass { $name } activated.
activate-scan-hint = With a hand scanner, just scan. With a telephone, point at the QR code: the page of the pass offers to activate it.
activate-scan-how = Hand over the pass, then scan its QR code or type its code. It is valid from today.
activate-scan-see = See the pass
activate-scan-title = Activate passes of a booklet
activate-title = Activate this pass?
activated = Activated
added = Added
address = Address
again-copy = A copy for the same person
again-failed = The printer failed
again-first = It is the first time
again-spoilt = The paper is spoilt
all-issuers = All issuers
all-programmes = All programmes
all-venues = All venues
allocations = Allocations
api-keys-about = For the software of a venue or an issuer.
api-keys-new = Make a key
api-keys-new-means = The software will act in your name, with the chosen role.
api-keys-none = No key yet.
api-keys-revoke = Revoke
api-keys-revoke-button = Revoke this key
api-keys-revoke-means = The software that uses it stops at once.
api-keys-secret = Here is the key
api-keys-secret-once = Copy this key now and keep it safe. It will never be shown again.
api-keys-title = API keys
appointment-at = Day and time
appointment-no-place = No place in particular
appointment-no-time = Give the day and the time of the appointment.
appointment-not-then = The appointment must be between today and the last day of the pass.
appointment-place = Place
appointment-title = First appointment (optional)
approval-approved = Approved
approval-pending = Awaiting approval
approval-suspended = Suspended
back-to-account = Back to my account
back-to-start = Back to the start
balance = Balance
batch-active = Usable at once
batch-kind = Use
batch-list = List of references (CSV)
batch-minting = Being minted
batch-number = Batch
batch-ready = Ready
batch-stock = To be handed over later (stock)
batch-title = Batch { $name }
batches-about = Many passes at once, and their sheets to print.
batches-new = Prepare a batch
batches-new-button = Prepare this batch
batches-new-means = The whole batch is taken at once, or nothing. Minting goes on in the background.
batches-none = No batch yet.
batches-print = Print the sheets
batches-print-button = Prepare the document (PDF)
batches-print-means = A document holds 1,000 passes at most. It takes some seconds to prepare.
batches-progress = Minting
batches-title = Batches
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
budget = Budget
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
by-whom = By
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
changes = What do you want to do?
channel-email = E-mail
channel-sms = SMS
co-funders = Funders
code = Code
code-hint = The 6 digits that your telephone’s application shows, or one of your recovery codes.
code-other-account = Log in to another account
code-title = Your code
commune = Municipality
credit = Credit
day-fr = Fri
day-mo = Mon
day-off = closed
day-sa = Sat
day-su = Sun
day-th = Thu
day-tu = Tue
day-we = Wed
debit = Debit
done-accessibility = Statement saved.
done-activate = The pass is activated.
done-cancel = The pass is cancelled.
done-factor-off = Two-step log-in is off.
done-issued = The pass is issued.
done-looks = Saved. Other servers follow within a minute.
done-own-password = Your password is changed. Your other devices are logged out.
done-password = The password is saved. Log in.
done-reinstate = The pass is reinstated.
done-replace = The old pass is replaced. Here is the new one.
done-reversal = The redemption is undone.
done-saved = Saved.
done-sent = The pass is on its way. What becomes of it is told below.
done-session-ended = That browser is logged out.
done-suspend = The pass is suspended.
done-too-late = That took too long. Log in again.
done-wrong-recipient = The old pass is worth nothing any more. Here is the new one, for the right person.
earlier = Earlier
early-first_key = First key of the service
early-key_compromised = The key before leaked
early-key_lost = The key before is lost
early-none = None: wait for the 7 days
earned = Amount
email = E-mail address
ended = Ended
event-allocated = Workshops allocated
event-api_key_added = API key made
event-api_key_revoked = API key revoked
event-batch_minted = Batch minted
event-batch_opened = Batch opened
event-body = Content
event-daily_limit_raised = Day’s limit raised
event-device_added = Device added
event-device_changed = Device changed
event-device_enrolled = Device enrolled
event-device_invited = New enrolment link
event-device_revoked = Device revoked
event-funded = Funds booked in
event-funder_added = Funder added
event-funder_changed = Funder changed
event-hash = Hash
event-issuer_added = Issuer added
event-issuer_changed = Issuer changed
event-issuer_suspended = Issuer suspended or resumed
event-key_activated = Key activated
event-key_added = Key added
event-key_compromised = Key compromised
event-key_retired = Key retired
event-key_set_published = Key set published
event-kind = Event
event-number = No.
event-organisation_added = Organisation added
event-organisation_approval = Organisation’s approval
event-organisation_changed = Organisation changed
event-programme_added = Programme added
event-programme_amended = Programme’s terms changed
event-programme_closed = Programme closed
event-record_decided = Record decided
event-record_quarantined = Record put aside
event-redeemed = Workshops redeemed
event-restored = Backup restored
event-reversed = Redemption reversed
event-title = Event { $name }
event-user_added = Person added
event-user_changed = Person changed
event-user_revoked = Access revoked
event-venue_added = Venue added
event-venue_admitted = Venue admitted
event-venue_changed = Venue changed
event-venue_opened = Venue opened or closed
event-voucher_activated = Pass activated
event-voucher_cancelled = Pass cancelled
event-voucher_expired = Pass expired
event-voucher_issued = Pass issued
event-voucher_reinstated = Pass reinstated
event-voucher_released = Pass released
event-voucher_replaced = Pass replaced
event-voucher_stocked = Pass put in stock
event-voucher_suspended = Pass suspended
event-withdrawn = Funds given back
events-about = Everything that happened, and by whom.
events-none = Nothing has happened yet.
events-title = Journal
expires = Expires
factor-begin = Begin
factor-confirm = Turn on
factor-is-off = Off.
factor-is-on = On.
factor-look = Look at it or turn it off
factor-means = At each log-in, after your password, a code that only your telephone knows is asked for. A stolen password is no longer enough.
factor-needed = Your role asks for it: turn two-step log-in on to go on.
factor-on = Two-step log-in is on.
factor-password-hint = To be sure that it is you.
factor-qr-alt = QR code to be read with the application
factor-remove = Turn two-step log-in off
factor-remove-means = A new telephone? Turn it off here, then on again with that telephone.
factor-set-up = Turn on
factor-step-app = On your telephone, open an application for codes (FreeOTP, Aegis, Google Authenticator…).
factor-step-code = Type here the 6 digits that it shows.
factor-step-scan = With it, read this QR code.
factor-step-type = Without a camera, type this key:
factor-title = Two-step log-in
field-address = Address
field-agent_daily_limit = Passes per agent and day
field-amount = Amount in euros
field-commune = Municipality
field-count = Number of passes
field-day = Day
field-early = Reason not to wait
field-email = E-mail address
field-expires = Expires on
field-first_day = First day
field-format = Format
field-fund-by = Kind
field-funder = Funder
field-issuer = Issuer
field-issuing_stops_days = Issuing stops, in days before the end
field-last_day = Last day
field-late_limit_days = Limit for offline records, in days
field-limit = Passes on that day
field-name = Name
field-new-password = New password
field-part = Passes to print
field-password = Password
field-payer = Who pays the venues
field-postcode = Postcode
field-price_cents = Price of a workshop in euros
field-programme = Programme
field-reason = Why once more?
field-reminders = Offer reminders by e-mail or SMS
field-role = Role
field-service_required = The service given must be told
field-services = Services admitted (none ticked: all)
field-siret = SIRET (optional)
field-stock = To be handed over later (stock)
field-territory = Territory
field-time_zone = Time zone
field-tolerance_days = Tolerance after the printed day, in days
field-undo_minutes = Undo open for, in minutes
field-validity_days = Validity of a pass in days
field-venue-number = Number of the venue
field-venues_listed = Only venues admitted one by one
field-weight = Its share
field-workshops = Workshops of each pass
field-workshops-granted = Workshops
field-workshops_a_day = Workshops of a pass in a day, at most
field-workshops_a_venue = Workshops of a pass at a venue, at most
field-workshops_max = Workshops of a pass, at most
field-workshops_min = Workshops of a pass, at least
field-wrong = “{ $name }” is not valid. Correct this field.
first-day = Handed over
following = More of the list
forgot-button = Get a link
forgot-done = If this address has an account, a link was just sent to it. It works once, for 30 minutes.
forgot-hint = Give the address of your account. You get a link to choose another password.
forgot-link = Forgotten password?
forgot-title = Forgotten password
format = Format
format-cards = Cards to cut, 10 a page
format-pages = One pass a page
format-quarters = Quarters of a page, 4 a page
fund-deposit = Deposit received
fund-pledge = Funder’s pledge
funders-about = Who pays for workshops, and their analysts.
funders-change = Change this funder
funders-new = Add a funder
funders-none = No funder yet. Add the first one.
funders-person = Add a person
funders-title = Funders
granted = Granted
hint-count = At most 100,000.
hint-expires = Two years at most.
hint-new-password = Leave empty to keep the old one. Otherwise at least 12 characters.
hint-password = Leave empty to invite the person to choose one. Otherwise at least 12 characters.
hint-siret = 14 digits.
hint-territory = Code of the département, for example 13.
hint-time_zone = For example Europe/Paris or Indian/Reunion.
hint-validity_days = Empty: until the programme ends.
hint-venue-number = The last number in the address of its page.
hint-weight = A whole number: 60 and 40, for example.
hint-workshops_a_day = Empty: no limit.
hint-workshops_a_venue = Empty: no limit.
import-added = { $count ->
    [one] { $count } venue added
   *[other] { $count } venues added
}
import-approve = Approve new organisations at once
import-button = Import
import-changed = { $count ->
    [one] { $count } venue changed
   *[other] { $count } venues changed
}
import-done = The file was read.
import-error = Error
import-errors = { $count ->
    [one] { $count } error: its line was left out
   *[other] { $count } errors: their lines were left out
}
import-field = Field
import-file = File of venues
import-file-hint = In the national schema of mediation venues, CSV or JSON, 32 MB at most.
import-line = Line
import-message = Problem
import-more = { $count ->
    [one] … and { $count } more
   *[other] … and { $count } more
}
import-no-file = Choose a file that is not empty.
import-organisations = { $count ->
    [one] { $count } new organisation
   *[other] { $count } new organisations
}
import-problems = What is wrong
import-severity = Severity
import-title = Import venues
import-unchanged = { $count ->
    [one] { $count } venue already up to date
   *[other] { $count } venues already up to date
}
import-warning = Warning
invitation-link = Here is the invitation link
invitation-link-once = This service sends no e-mail. Hand this link to the person: it works once, for 30 minutes, and will not be shown again.
issue-anyway = Issue another pass anyway
issue-button = Issue the pass
issue-stock = To be handed over later (carnet)
issue-stock-hint = The pass holds no budget until it is activated at hand-over.
issue-title = Issue a pass
issuer = Issuer
issuers-about = The bodies that hand passes out, and their agents.
issuers-change = Change this issuer
issuers-new = Add an issuer
issuers-none = No issuer yet. Add the first one.
issuers-person = Add a person
issuers-resume = Lift the suspension
issuers-resume-button = Lift the suspension
issuers-resume-means = Its agents can issue passes again.
issuers-suspend = Suspend
issuers-suspend-button = Suspend this issuer
issuers-suspend-means = Its agents can issue no more passes. Passes already handed over stay valid.
issuers-title = Issuers
key-active = Active
key-compromised = Compromised
key-pending = Pending
key-retired = Retired
key-test = Test
key-title = Key { $name }
keys-about = The keys that sign passes, and their rotation.
keys-activate = Activate
keys-activate-button = Activate this key
keys-compromise = Declare compromised
keys-compromise-button = Declare this key compromised
keys-compromise-means = The key leaked: it signs nothing more. This is final. Passes it signed are still honoured online.
keys-new = Begin a rotation
keys-new-button = Begin the rotation
keys-new-means = A new key is announced, then signs after 7 days. Sending this again does no harm.
keys-none = No key.
keys-retire = Retire
keys-retire-button = Retire this key
keys-retire-means = The key signs nothing new. It goes on verifying.
keys-title = Voucher keys
kid = Key
language-name = English
last-day = Valid until
last-used = Last used
ledger-about = Every account, its debits, credits and lines.
ledger-none = No account yet.
ledger-title = Ledger
left = Workshops left
list-done = { $count ->
    [one] The pass is issued.
   *[other] The { $count } passes are issued.
}
list-empty = This file has no line below its headings.
list-file = CSV file
list-file-hint = Two columns, with their headings: “reference” (your own, nobody’s name) and “workshops”. One of the two is enough. 200 lines at most.
list-headings = The first line must hold the headings “reference” and “workshops”, and no other.
list-issue = { $count ->
    [one] Issue the pass
   *[other] Issue the { $count } passes
}
list-line-cells = There are more or fewer cells than headings.
list-line-twice = The same reference stands on line { $count } already.
list-line-unreadable = This line cannot be read (quotes?). Those below are not read.
list-line-workshops = The programme does not allow this number of workshops.
list-lines = The lines
list-look = Look at the lines
list-means = One pass a line. Nothing is issued before you have seen the lines.
list-passes = { $count ->
    [one] { $count } pass.
   *[other] { $count } passes.
}
list-print = { $count ->
    [one] Print the pass
   *[other] Print the { $count } passes
}
list-reference = Reference
list-rest = { $count ->
    [one] Issue the pass that is missing
   *[other] Issue the { $count } passes that are missing
}
list-same = Some references have a pass already, shown on their line. Check before you issue.
list-see = See the pass
list-stock = To be activated later.
list-stopped = Stopped at line { $count }; the lines before it are issued.
list-title = Issue from a list
list-too-long = This file has more than { $count } lines. Split it.
list-usual = Workshops of lines that do not say
list-voucher = Pass
list-way = Issue several passes from a list (spreadsheet)
list-workshops = { $count ->
    [one] { $count } workshop in all.
   *[other] { $count } workshops in all.
}
list-workshops-head = Workshops
list-wrong = Correct these lines in your spreadsheet, then choose the file again. Nothing is issued.
log-in = Log in
log-out = Log out
login-title = Log in
looks-about = What the head of every page and paper show.
looks-accent = Colour of links and buttons
looks-accent-hint = Dark enough to be read on a light ground. On a dark ground it is lightened by itself.
looks-accent-wrong = A colour is written #rrggbb.
looks-contrast = This colour cannot be read on a light ground: its contrast is { $contrast }, { $needed } is needed. Choose a darker one.
looks-logo = Logo (optional)
looks-logo-hint = A PNG or JPEG picture, 1 MB at most.
looks-logo-wrong = This file is not a PNG or JPEG picture of 1 MB at most.
looks-name = Name of the operator
looks-name-wrong = A name has 1 to 40 characters, all visible.
looks-save = Save
looks-title = Name, colour and logo
looks-without = Without a logo
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
name = Name
near-any-need = Any need
near-distance = { $count ->
    [0] less than 1 km away
   *[other] { $count } km away
}
near-find = Find places
near-hint = The three nearest places will be printed on the pass.
near-label = Town or postcode
near-need = Need
near-none = No place is known for “{ $name }”. Try the postcode or a town nearby.
near-phone = tel. { $name }
near-title = Where to go
no-funder = None
none-such = Nothing matches this search.
nothing-yet = Nothing yet.
occurred = Occurred
older = Older passes
organisation = Organisation
organisations-about = The bodies that run venues and are paid.
organisations-approve = Approve
organisations-approve-button = Approve this organisation
organisations-approve-means = Its venues may redeem passes and are paid.
organisations-change = Change this organisation
organisations-new = Add an organisation
organisations-none = No organisation yet. Import venues or add one.
organisations-person = Add a person
organisations-suspend = Suspend
organisations-suspend-button = Suspend this organisation
organisations-suspend-means = Its venues can redeem no more passes. What is owed stays owed.
organisations-title = Organisations
organisations-venue = Add a venue
other-language = Français
own-password-means = Your other devices will be logged out.
own-password-title = Change my password
own-reference = Your reference
own-reference-hint = A file number for instance, never a name. You alone see it; it is erased 30 days after the pass ends.
own-reference-label = Your reference (optional)
own-reference-same = A pass was already issued under the reference “{ $name }”.
own-reference-same-advice = If it is lost, replace it rather than issue another one.
own-reference-wrong = Your reference has at most 60 characters, all visible.
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
part = Passes
pass = Pass
passes = Passes
password = Password
password-button = Save the password
password-hint = Between 12 and 128 characters. Several random words make a good password.
password-new = New password
password-old = Present password
password-old-wrong = This is not your present password.
password-title = Choose a password
password-wrong = This is not your password.
payer-funder = The funder itself
payer-mandated_body = A mandated body
payer-operator = The operator
people = People
postings = Postings
price = Price of a workshop
print-again = Print once more
print-again-means = This pass was printed before. A lost or stolen pass is replaced: do not print it a second time.
print-again-title = Print once more?
print-log = Printing
printed = Printed on
product = Pass numérique
programme = Programme
programme-closed = Closed
programme-coming = Coming
programme-open = Open
programme-over = Ended
programmes-about = Terms, funders, budget and allocations.
programmes-allocations = Allocate workshops
programmes-allocations-means = The number is added to the allocation. A negative one takes back.
programmes-change = Change the terms
programmes-change-means = Passes already issued keep their price and shares.
programmes-close = Close
programmes-close-button = Close this programme
programmes-close-means = No more passes will be issued. This is final. Passes in circulation stay valid.
programmes-funds = Book funds in
programmes-new = Add a programme
programmes-none = No programme yet. Add its funders first, then the programme.
programmes-title = Programmes
programmes-venues = Admit a venue
programmes-withdrawals = Give funds back
programmes-withdrawals-means = Only available money can be given back.
qr-alt = QR code of the pass
ready = May sign from
recorded = Recorded
recovery-kept = I have noted these codes
recovery-left = { $count ->
    [0] No recovery code is left. Turn two-step log-in off and on again to get others.
    [one] { $count } recovery code is left.
   *[other] { $count } recovery codes are left.
}
recovery-means = Two-step log-in is on. Note these codes and keep them safe, away from your telephone: each replaces its code once, if you lose it. They are not shown again.
recovery-title = Your recovery codes
redemptions-none = No workshop has been redeemed here yet.
redemptions-title = Redemptions
reference = Reference
reference-or-own = Reference of the pass, or yours
reinstate-title = Reinstate this pass?
remaining = Remaining
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
report-of-territory = Territory { $name }
report-outstanding = Workshops left
report-pdf = Download to print (PDF)
report-period-from = From { $name }
report-period-to = Until { $name }
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
role = Role
role-agent = Agent
role-analyst = Funder’s analyst
role-auditor = Auditor
role-manager = Issuer’s manager
role-operator = Operator
role-scanner = Scanner
role-supervisor = Venue supervisor
save = Save
search = Search
search-name = Name
secret-kept = I have kept it
see-predecessor = See the old pass
see-successor = See the new pass
selection = Show
selection-all = All passes
selection-ending = Ending within 30 days
selection-unused = Never used
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
session-begun = begun on { $name }
session-end = Log out
session-here = this browser
session-seen = Used on { $name }
sessions = Where you are logged in
sessions-hint = A log-in lasts 12 hours at most.
short-hint = Your pass is shown here. Do not share this link.
short-keep = Show this screen at the beginning of the workshop.
short-show = Show my pass
short-title = Your pass numérique
show-all = Show all
siret = SIRET
skip = Skip to content
stage-available = Available
stage-committed = Committed
stage-earned = Earned by venues
stage-funding = Funding
stage-guarantee = Guarantee
stage-in_payment = In payment
stage-paid = Paid
stage-receivable = Receivable
stage-releasable = Releasable
stage-returned = Returned
standing-active = Active
standing-over = Expired
standing-revoked = Revoked
standing-suspended = Suspended
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
taken = Handed out
tenant = Works for
territory = Territory
territory-hint = Code of the département, for example 13.
the-service = The service
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
users-about = Who can log in, and with which role.
users-change = Change
users-factor = Turn off their two-step log-in
users-factor-button = Turn off two-step log-in
users-factor-means = They will log in with their password alone. Be sure that it is them who ask: call them back at a number that you know.
users-invite = Invite to choose a password
users-invite-button = Send the invitation
users-invite-means = The person gets a link to choose a new password. The old one works until then.
users-limit = Raise the day’s limit
users-limit-means = For that day alone, the person may issue more passes.
users-new = Add a person
users-none = Nobody.
users-revoke = Revoke access
users-revoke-button = Revoke access
users-revoke-means = The person is logged out at once and can log in no more. This is final.
users-title = People
validity = Validity
validity-from-activation = Counts from its activation
venue = Venue
venue-closed = Closed
venue-open = Open
venues-about = Where workshops take place.
venues-change = Change this venue
venues-close = Close
venues-close-button = Close this venue
venues-close-means = This venue will redeem no more passes.
venues-export = Export (national file)
venues-none = No venue yet. Import them from the national file.
venues-open = Open
venues-open-button = Open this venue
venues-open-means = This venue may redeem passes again.
venues-title = Venues
verifies-until = Verifies until
voucher-changes = What do you want to do?
voucher-print = Print the pass (PDF)
voucher-title = Pass { $name }
vouchers-all = See all passes
vouchers-none = No pass has been issued yet.
vouchers-none-such = No pass matches this search.
vouchers-reference-wrong = This reference is not valid: it looks like XXXX-XXXX-X, as printed on the pass.
vouchers-title = My passes
way-issue = Issue a pass
way-manage = Administration
way-redemptions = Redemptions
way-reports = Report
way-scan = Scan a pass
way-vouchers = My passes
ways = Main navigation
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
when = When
why-again = Why again
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
