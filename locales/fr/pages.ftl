# Les mots des pages, par ordre alphabétique.
accessibility-audited = Audit du { $day }, par { $name }.
accessibility-audited-by = Fait par
accessibility-audited-on = Jour de l’audit
accessibility-commits = { $name } s’engage à rendre ses pages accessibles à tous (article 47 de la loi n° 2005-102 du 11 février 2005).
accessibility-conformity = { $name ->
    [full] Totalement conforme
    [partial] Partiellement conforme
   *[none] Non conforme, ou pas encore audité
}
accessibility-contact = Une difficulté ?
accessibility-contact-how = Dites-nous ce qui vous arrête, nous vous donnerons l’information autrement :
accessibility-contact-label = Adresse ou téléphone pour signaler une difficulté
accessibility-exceptions = Ce qui n’est pas accessible
accessibility-exceptions-label = Ce qui n’est pas accessible, une ligne pour chaque point
accessibility-foot = { $name ->
    [full] Accessibilité : totalement conforme
    [partial] Accessibilité : partiellement conforme
   *[none] Accessibilité : non conforme
}
accessibility-form-about = Ce que vous déclarez au public après un audit.
accessibility-form-title = Déclaration d’accessibilité
accessibility-is = { $name ->
    [full] Ces pages sont en conformité totale avec le RGAA 4.
    [partial] Ces pages sont en conformité partielle avec le RGAA 4.
   *[none] Ces pages ne sont pas en conformité avec le RGAA 4.
}
accessibility-made = Déclaration faite le { $name }.
accessibility-never-audited = Aucun audit de conformité n’a encore été fait. Les pages sont vérifiées à chaque version par des essais automatiques dans un navigateur.
accessibility-rights = Voies de recours
accessibility-rights-how = Si nous ne vous répondons pas de façon satisfaisante :
accessibility-rights-post = par courrier, gratuit et sans timbre : Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07.
accessibility-rights-write = écrivez au Défenseur des droits, sur son site ou à son délégué dans votre région ;
accessibility-state = État de conformité
accessibility-title = Déclaration d’accessibilité
accessibility-wrong-audited-by = Indiquez qui a fait l’audit.
accessibility-wrong-audited-on = Indiquez le jour de l’audit, passé : sans audit, les pages sont déclarées non conformes.
accessibility-wrong-conformity = Choisissez un état de conformité.
accessibility-wrong-contact = Indiquez une adresse ou un téléphone, en une ligne.
accessibility-wrong-exceptions = Ce texte a 4 000 caractères au plus, tous visibles.
account = Compte
account-title = Mon compte
activate-scan-code = QR code ou code du pass
activate-scan-done = Pass { $name } activé.
activate-scan-hint = Avec une douchette, scannez : rien d’autre à faire. Avec un téléphone, visez le QR code : la page du pass propose de l’activer.
activate-scan-how = Remettez le pass, puis scannez son QR code ou saisissez son code. Sa validité commence aujourd’hui.
activate-scan-see = Voir le pass
activate-scan-title = Activer des pass d’un carnet
activate-title = Activer ce pass ?
activated = Activée
added = Ajoutée
address = Adresse
again-copy = Une copie pour la même personne
again-failed = L’imprimante a échoué
again-first = C’est la première fois
again-spoilt = Le papier est abîmé
all-issuers = Tous les prescripteurs
all-programmes = Tous les dispositifs
all-venues = Tous les lieux
allocations = Dotations
api-keys-about = Pour le logiciel d’un lieu ou d’un prescripteur.
api-keys-new = Créer une clé
api-keys-new-means = Le logiciel agira en votre nom, avec le rôle choisi.
api-keys-none = Aucune clé.
api-keys-revoke = Révoquer
api-keys-revoke-button = Révoquer cette clé
api-keys-revoke-means = Le logiciel qui s’en sert s’arrête tout de suite.
api-keys-secret = Voici la clé
api-keys-secret-once = Copiez cette clé maintenant et gardez-la en lieu sûr. Elle ne sera plus jamais affichée.
api-keys-title = Clés d’API
appointment-at = Jour et heure
appointment-no-place = Sans lieu précis
appointment-no-time = Indiquez le jour et l’heure du rendez-vous.
appointment-not-then = Le rendez-vous doit être entre aujourd’hui et le dernier jour du pass.
appointment-place = Lieu
appointment-title = Premier rendez-vous (facultatif)
approval-approved = Agréée
approval-pending = En attente d’agrément
approval-suspended = Suspendue
back-to-account = Revenir à mon compte
back-to-start = Revenir à l’accueil
balance = Solde
batch-active = Utilisables dès maintenant
batch-kind = Usage
batch-list = Liste des références (CSV)
batch-minting = En fabrication
batch-number = Lot
batch-ready = Prêt
batch-stock = À remettre plus tard (carnet)
batch-title = Lot { $name }
batches-about = Beaucoup de pass en une fois, et leurs planches à imprimer.
batches-new = Préparer un lot
batches-new-button = Préparer ce lot
batches-new-means = Tout le lot est réservé d’un coup, ou rien. La fabrication se poursuit en arrière-plan.
batches-none = Aucun lot.
batches-print = Imprimer les planches
batches-print-button = Préparer le document (PDF)
batches-print-means = Un document contient 1 000 pass au plus. Sa préparation prend quelques secondes.
batches-progress = Fabrication
batches-title = Lots de pass
beneficiary-active = Ce pass est utilisable.
beneficiary-cancelled = Ce pass est annulé.
beneficiary-exhausted = Vous avez suivi tous les ateliers de ce pass.
beneficiary-expired = Ce pass n’est plus valable : sa date est passée.
beneficiary-free = Les ateliers sont gratuits pour vous. Vous n’avez rien à payer.
beneficiary-how = Comment l’utiliser
beneficiary-how-call = Prenez rendez-vous.
beneficiary-how-choose = Choisissez un lieu près de chez vous.
beneficiary-how-show = Montrez votre pass au début de l’atelier.
beneficiary-left = { $count ->
    [one] atelier à suivre
   *[other] ateliers à suivre
}
beneficiary-of = Ce pass en comptait { $count }.
beneficiary-replaced = Ce pass est remplacé par un nouveau. Utilisez le nouveau.
beneficiary-stock = Ce pass n’est pas encore activé. Demandez à la personne qui vous l’a donné.
beneficiary-suspended = Ce pass est suspendu. Demandez à la personne qui vous l’a donné.
beneficiary-taken = Ateliers suivis
beneficiary-title = Votre pass numérique
beneficiary-until = Votre pass est valable jusqu’au
budget = Budget
by-funder = Financeur
by-funder-none = Tous financeurs
by-issuer = Prescripteur
by-issuer-none = Sans prescripteur
by-month = Mois
by-month-none = Sans mois
by-none = Total
by-none-none = Total
by-programme = Dispositif
by-programme-none = Sans dispositif
by-service = Service
by-service-none = Service non précisé
by-territory = Territoire
by-territory-none = Sans territoire
by-venue = Lieu
by-venue-none = Pas encore de lieu
by-whom = Par
cancel-title = Annuler ce pass ?
change-back = Ne rien changer
change-button = { $name ->
    [activate] Activer et remettre
    [replace] Remplacer (perdu, volé, abîmé)
    [suspend] Suspendre
    [reinstate] Rétablir
    [wrong-recipient] Annuler ce pass et en créer un autre
   *[cancel] Annuler définitivement
}
change-means = { $name ->
    [activate] Le pass devient utilisable aujourd’hui et son budget est engagé. Sa durée de validité commence à courir.
    [replace] Le pass actuel ne sera plus accepté nulle part. Un nouveau pass est créé avec les ateliers restants et la même date de fin.
    [suspend] Le pass est refusé partout jusqu’à son rétablissement. Rien n’est perdu.
    [reinstate] Le pass est de nouveau accepté.
    [wrong-recipient] Le pass envoyé ne sera plus accepté nulle part. Un nouveau pass est créé avec les ateliers restants et la même date de fin, à envoyer à la bonne personne.
   *[cancel] Le pass ne sera plus jamais accepté. Les ateliers restants reviennent aux financeurs. Pour un pass perdu, choisissez plutôt « Remplacer ».
}
changes = Que voulez-vous faire ?
channel-email = E-mail
channel-sms = SMS
co-funders = Financeurs
code = Code
code-hint = Les 6 chiffres que montre l’application de votre téléphone, ou un de vos codes de secours.
code-other-account = Se connecter à un autre compte
code-title = Votre code
commune = Commune
credit = Crédit
day-fr = ven.
day-mo = lun.
day-off = fermé
day-sa = sam.
day-su = dim.
day-th = jeu.
day-tu = mar.
day-we = mer.
debit = Débit
done-accessibility = Déclaration enregistrée.
done-activate = Le pass est activé.
done-cancel = Le pass est annulé.
done-factor-off = La double vérification est arrêtée.
done-issued = Le pass est délivré.
done-looks = Enregistré. Les autres serveurs suivent en une minute.
done-own-password = Votre mot de passe est changé. Vos autres appareils sont déconnectés.
done-password = Le mot de passe est enregistré. Connectez-vous.
done-reinstate = Le pass est rétabli.
done-replace = L’ancien pass est remplacé. Voici le nouveau.
done-reversal = La validation est annulée.
done-saved = C’est enregistré.
done-sent = Le pass est en route. L’état de l’envoi est indiqué plus bas.
done-session-ended = Ce navigateur est déconnecté.
done-suspend = Le pass est suspendu.
done-too-late = Trop de temps a passé. Connectez-vous de nouveau.
done-wrong-recipient = L’ancien pass ne vaut plus rien. Voici le nouveau, à envoyer à la bonne personne.
earlier = Plus anciens
early-first_key = Première clé du service
early-key_compromised = La clé précédente a fuité
early-key_lost = La clé précédente est perdue
early-none = Aucune : attendre les 7 jours
earned = Montant
email = Adresse e-mail
ended = Arrêtée
event-allocated = Ateliers attribués
event-api_key_added = Clé d’API créée
event-api_key_revoked = Clé d’API révoquée
event-batch_minted = Lot en fabrication
event-batch_opened = Lot ouvert
event-body = Contenu
event-daily_limit_raised = Limite du jour relevée
event-device_added = Appareil ajouté
event-device_changed = Appareil modifié
event-device_enrolled = Appareil enrôlé
event-device_invited = Nouveau lien d’enrôlement
event-device_revoked = Appareil révoqué
event-funded = Fonds enregistrés
event-funder_added = Financeur ajouté
event-funder_changed = Financeur modifié
event-hash = Empreinte
event-issuer_added = Prescripteur ajouté
event-issuer_changed = Prescripteur modifié
event-issuer_suspended = Prescripteur suspendu ou rétabli
event-key_activated = Clé activée
event-key_added = Clé ajoutée
event-key_compromised = Clé compromise
event-key_retired = Clé retirée
event-key_set_published = Jeu de clés publié
event-kind = Évènement
event-number = N°
event-organisation_added = Structure ajoutée
event-organisation_approval = Agrément d’une structure
event-organisation_changed = Structure modifiée
event-programme_added = Dispositif créé
event-programme_amended = Règles du dispositif modifiées
event-programme_closed = Dispositif clos
event-record_decided = Enregistrement tranché
event-record_quarantined = Enregistrement mis de côté
event-redeemed = Ateliers validés
event-restored = Sauvegarde restaurée
event-reversed = Validation annulée
event-title = Évènement { $name }
event-user_added = Personne ajoutée
event-user_changed = Personne modifiée
event-user_revoked = Accès retiré
event-venue_added = Lieu ajouté
event-venue_admitted = Lieu admis
event-venue_changed = Lieu modifié
event-venue_opened = Lieu ouvert ou fermé
event-voucher_activated = Pass activé
event-voucher_cancelled = Pass annulé
event-voucher_expired = Pass expiré
event-voucher_issued = Pass délivré
event-voucher_reinstated = Pass rétabli
event-voucher_released = Pass libéré
event-voucher_replaced = Pass remplacé
event-voucher_stocked = Pass mis en stock
event-voucher_suspended = Pass suspendu
event-withdrawn = Fonds rendus
events-about = Tout ce qui s’est passé, et par qui.
events-none = Rien ne s’est encore passé.
events-title = Journal
expires = Expire
factor-begin = Commencer
factor-confirm = Activer
factor-is-off = Désactivée.
factor-is-on = Activée.
factor-look = Voir ou arrêter
factor-means = À chaque connexion, après le mot de passe, un code que seul votre téléphone connaît vous est demandé. Un mot de passe volé ne suffit plus.
factor-needed = Votre rôle le demande : activez la double vérification pour continuer.
factor-on = La double vérification est activée.
factor-password-hint = Pour être sûr que c’est vous.
factor-qr-alt = QR code à lire avec l’application
factor-remove = Arrêter la double vérification
factor-remove-means = Nouveau téléphone ? Arrêtez-la ici, puis activez-la de nouveau avec ce téléphone.
factor-set-up = Activer
factor-step-app = Ouvrez sur votre téléphone une application de codes (FreeOTP, Aegis, Google Authenticator…).
factor-step-code = Tapez ici les 6 chiffres qu’elle montre.
factor-step-scan = Avec elle, lisez ce QR code.
factor-step-type = Sans appareil photo, tapez cette clé :
factor-title = Double vérification
field-address = Adresse
field-agent_daily_limit = Pass par agent et par jour
field-amount = Montant en euros
field-commune = Commune
field-count = Nombre de pass
field-day = Jour
field-early = Raison de ne pas attendre
field-email = Adresse e-mail
field-expires = Expire le
field-first_day = Premier jour
field-format = Format
field-fund-by = Nature
field-funder = Financeur
field-issuer = Prescripteur
field-issuing_stops_days = Arrêt des remises, en jours avant la fin
field-last_day = Dernier jour
field-late_limit_days = Délai des validations hors ligne, en jours
field-limit = Pass ce jour-là
field-name = Nom
field-new-password = Nouveau mot de passe
field-part = Pass à imprimer
field-password = Mot de passe
field-payer = Qui paie les lieux
field-postcode = Code postal
field-price_cents = Prix d’un atelier en euros
field-programme = Dispositif
field-reason = Pourquoi encore une fois ?
field-reminders = Proposer des rappels par e-mail ou SMS
field-role = Rôle
field-service_required = Le service rendu doit être indiqué
field-services = Services admis (aucun coché : tous)
field-siret = SIRET (facultatif)
field-stock = À remettre plus tard (carnet)
field-territory = Territoire
field-time_zone = Fuseau horaire
field-tolerance_days = Tolérance après la date imprimée, en jours
field-undo_minutes = Annulation possible pendant, en minutes
field-validity_days = Validité d’un pass en jours
field-venue-number = Numéro du lieu
field-venues_listed = Seulement les lieux admis un à un
field-weight = Sa part
field-workshops = Ateliers par pass
field-workshops-granted = Ateliers
field-workshops_a_day = Ateliers d’un pass par jour, au plus
field-workshops_a_venue = Ateliers d’un pass par lieu, au plus
field-workshops_max = Ateliers par pass, au plus
field-workshops_min = Ateliers par pass, au moins
field-wrong = « { $name } » n’est pas valable. Corrigez ce champ.
first-day = Remis le
following = Suite de la liste
forgot-button = Recevoir un lien
forgot-done = Si cette adresse a un compte, un lien vient de lui être envoyé. Il sert une seule fois, pendant 30 minutes.
forgot-hint = Indiquez l’adresse de votre compte. Vous recevez un lien pour choisir un autre mot de passe.
forgot-link = Mot de passe oublié ?
forgot-title = Mot de passe oublié
format = Format
format-cards = Cartes à découper, 10 par page
format-pages = Un pass par page
format-quarters = Quarts de page, 4 par page
fund-deposit = Versement reçu
fund-pledge = Engagement du financeur
funders-about = Qui paie les ateliers, et leurs analystes.
funders-change = Modifier ce financeur
funders-new = Ajouter un financeur
funders-none = Aucun financeur. Ajoutez le premier.
funders-person = Ajouter une personne
funders-title = Financeurs
granted = Attribués
hint-count = 100 000 au plus.
hint-expires = Deux ans au plus.
hint-new-password = Laissez vide pour garder l’ancien. Sinon, 12 caractères au moins.
hint-password = Laissez vide pour inviter la personne à choisir le sien. Sinon, 12 caractères au moins.
hint-siret = 14 chiffres.
hint-territory = Code du département, par exemple 13.
hint-time_zone = Par exemple Europe/Paris ou Indian/Reunion.
hint-validity_days = Vide : jusqu’à la fin du dispositif.
hint-venue-number = Le dernier nombre de l’adresse de sa page.
hint-weight = Un nombre entier : 60 et 40, par exemple.
hint-workshops_a_day = Vide : sans limite.
hint-workshops_a_venue = Vide : sans limite.
import-added = { $count ->
    [one] { $count } lieu ajouté
   *[other] { $count } lieux ajoutés
}
import-approve = Agréer tout de suite les structures nouvelles
import-button = Importer
import-changed = { $count ->
    [one] { $count } lieu modifié
   *[other] { $count } lieux modifiés
}
import-done = Le fichier est lu.
import-error = Erreur
import-errors = { $count ->
    [one] { $count } erreur : sa ligne est laissée de côté
   *[other] { $count } erreurs : leurs lignes sont laissées de côté
}
import-field = Champ
import-file = Fichier de lieux
import-file-hint = Au format national des lieux de médiation, en CSV ou en JSON, 32 Mo au plus.
import-line = Ligne
import-message = Problème
import-more = { $count ->
    [one] … et { $count } autre
   *[other] … et { $count } autres
}
import-no-file = Choisissez un fichier qui n’est pas vide.
import-organisations = { $count ->
    [one] { $count } structure nouvelle
   *[other] { $count } structures nouvelles
}
import-problems = Ce qui ne va pas
import-severity = Gravité
import-title = Importer des lieux
import-unchanged = { $count ->
    [one] { $count } lieu déjà à jour
   *[other] { $count } lieux déjà à jour
}
import-warning = Avertissement
invitation-link = Voici le lien d’invitation
invitation-link-once = Aucun e-mail n’est envoyé par ce service. Remettez ce lien à la personne : il sert une fois, pendant 30 minutes, et ne sera plus affiché.
issue-anyway = Délivrer un autre pass quand même
issue-button = Délivrer le pass
issue-stock = Pass à remettre plus tard (carnet)
issue-stock-hint = Le pass n’engage aucun budget tant qu’il n’est pas activé à la remise.
issue-title = Délivrer un pass
issuer = Prescripteur
issuers-about = Les structures qui remettent les pass, et leurs agents.
issuers-change = Modifier ce prescripteur
issuers-new = Ajouter un prescripteur
issuers-none = Aucun prescripteur. Ajoutez le premier.
issuers-person = Ajouter une personne
issuers-resume = Lever la suspension
issuers-resume-button = Lever la suspension
issuers-resume-means = Ses agents peuvent de nouveau délivrer des pass.
issuers-suspend = Suspendre
issuers-suspend-button = Suspendre ce prescripteur
issuers-suspend-means = Ses agents ne peuvent plus délivrer de pass. Les pass déjà remis restent valables.
issuers-title = Prescripteurs
key-active = Active
key-compromised = Compromise
key-pending = En attente
key-retired = Retirée
key-test = D’essai
key-title = Clé { $name }
keys-about = Les clés qui signent les pass, et leur rotation.
keys-activate = Activer
keys-activate-button = Activer cette clé
keys-compromise = Déclarer compromise
keys-compromise-button = Déclarer cette clé compromise
keys-compromise-means = La clé a fuité : elle ne signe plus rien. C’est définitif. Les pass qu’elle a signés restent honorés en ligne.
keys-new = Lancer une rotation
keys-new-button = Lancer la rotation
keys-new-means = Une nouvelle clé est annoncée, puis signe après 7 jours. Relancer ne fait pas de mal.
keys-none = Aucune clé.
keys-retire = Retirer
keys-retire-button = Retirer cette clé
keys-retire-means = La clé ne signe plus rien de nouveau. Elle vérifie encore.
keys-title = Clés de signature
kid = Clé
language-name = Français
last-day = Valable jusqu’au
last-used = Dernier usage
ledger-about = Chaque compte, ses débits, ses crédits et ses lignes.
ledger-none = Aucun compte.
ledger-title = Comptes
left = Ateliers restants
list-done = { $count ->
    [one] Le pass est délivré.
   *[other] Les { $count } pass sont délivrés.
}
list-empty = Ce fichier n’a pas de ligne sous ses titres.
list-file = Fichier CSV
list-file-hint = Deux colonnes, avec leurs titres : « référence » (la vôtre, sans nom de personne) et « ateliers ». L’une des deux suffit. 200 lignes au plus.
list-headings = La première ligne doit porter les titres « référence » et « ateliers », et aucun autre.
list-issue = { $count ->
    [one] Délivrer le pass
   *[other] Délivrer les { $count } pass
}
list-line-cells = Il y a plus ou moins de cellules que de titres.
list-line-twice = La même référence est déjà à la ligne { $count }.
list-line-unreadable = Cette ligne n’est pas lisible (guillemets ?). Les suivantes ne sont pas lues.
list-line-workshops = Le nombre d’ateliers n’est pas permis par ce dispositif.
list-lines = Les lignes
list-look = Voir les lignes
list-means = Un pass par ligne. Rien n’est délivré avant que vous ayez vu les lignes.
list-passes = { $count ->
    [one] { $count } pass.
   *[other] { $count } pass.
}
list-print = { $count ->
    [one] Imprimer le pass
   *[other] Imprimer les { $count } pass
}
list-reference = Référence
list-rest = { $count ->
    [one] Délivrer le pass qui manque
   *[other] Délivrer les { $count } pass qui manquent
}
list-same = Certaines références ont déjà un pass, indiqué dans leur ligne. Vérifiez avant de délivrer.
list-see = Voir le pass
list-stock = À activer plus tard.
list-stopped = Arrêté à la ligne { $count } ; les lignes d’avant sont délivrées.
list-title = Délivrer d’après une liste
list-too-long = Ce fichier a plus de { $count } lignes. Partagez-le en plusieurs.
list-usual = Ateliers des lignes qui ne le disent pas
list-voucher = Pass
list-way = Délivrer plusieurs pass d’après une liste (tableur)
list-workshops = { $count ->
    [one] { $count } atelier en tout.
   *[other] { $count } ateliers en tout.
}
list-workshops-head = Ateliers
list-wrong = Corrigez ces lignes dans votre tableur, puis choisissez de nouveau le fichier. Rien n’est délivré.
log-in = Se connecter
log-out = Se déconnecter
login-title = Se connecter
looks-about = Ce que montrent l’en-tête de chaque page et le papier.
looks-accent = Couleur des liens et des boutons
looks-accent-hint = Assez foncée pour être lue sur fond clair. Elle est éclaircie d’elle-même sur fond sombre.
looks-accent-wrong = Une couleur s’écrit #rrvvbb.
looks-contrast = Cette couleur ne se lit pas sur fond clair : son contraste est de { $contrast }, il en faut { $needed }. Choisissez-la plus foncée.
looks-logo = Logo (facultatif)
looks-logo-hint = Une image PNG ou JPEG de 1 Mo au plus.
looks-logo-wrong = Ce fichier n’est pas une image PNG ou JPEG de 1 Mo au plus.
looks-name = Nom de l’opérateur
looks-name-wrong = Le nom a de 1 à 40 caractères, tous visibles.
looks-save = Enregistrer
looks-title = Nom, couleur et logo
looks-without = Sans logo
manual-code = Code à saisir :
message-failed = Non envoyé
message-kind-pass = Pass
message-kind-reminder = Rappel
message-sent = Envoyé
message-waiting = En cours d’envoi
mistakes = Il y a un problème
month-1 = janvier
month-10 = octobre
month-11 = novembre
month-12 = décembre
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
name = Nom
near-any-need = Tous les besoins
near-distance = { $count ->
    [0] à moins d’1 km
   *[other] à { $count } km
}
near-find = Trouver des lieux
near-hint = Les trois lieux les plus proches seront imprimés sur le pass.
near-label = Commune ou code postal
near-need = Besoin
near-none = Aucun lieu connu pour « { $name } ». Essayez le code postal ou une commune voisine.
near-phone = tél. { $name }
near-title = Où aller
no-funder = Aucun
none-such = Rien ne correspond à cette recherche.
nothing-yet = Rien pour l’instant.
occurred = Survenu
older = Pass plus anciens
organisation = Structure
organisations-about = Les structures qui accueillent et qui sont payées.
organisations-approve = Agréer
organisations-approve-button = Agréer cette structure
organisations-approve-means = Ses lieux peuvent valider des pass et sont payés.
organisations-change = Modifier cette structure
organisations-new = Ajouter une structure
organisations-none = Aucune structure. Importez des lieux ou ajoutez-en une.
organisations-person = Ajouter une personne
organisations-suspend = Suspendre
organisations-suspend-button = Suspendre cette structure
organisations-suspend-means = Ses lieux ne peuvent plus valider de pass. Ce qui est dû reste dû.
organisations-title = Structures d’accueil
organisations-venue = Ajouter un lieu
other-language = English
own-password-means = Vos autres appareils seront déconnectés.
own-password-title = Changer mon mot de passe
own-reference = Votre référence
own-reference-hint = Par exemple un numéro de dossier, jamais un nom. Vous seuls la voyez ; elle est effacée 30 jours après la fin du pass.
own-reference-label = Votre référence (facultatif)
own-reference-same = Un pass a déjà été délivré sous la référence « { $name } ».
own-reference-same-advice = S’il est perdu, remplacez-le plutôt que d’en délivrer un autre.
own-reference-wrong = Votre référence a 60 caractères au plus, visibles.
paper-appointment = Votre premier rendez-vous
paper-card = Carte à découper et à garder sur vous
paper-code = Sans le QR, donnez ce code :
paper-help = Une question ? Pass perdu ?
paper-help-ask = Demandez à la personne qui vous a remis ce pass.
paper-qr = QR code du pass. Prenez-le en photo avec un téléphone : vous voyez les ateliers qui restent.
paper-reference = Référence à dire au téléphone :
paper-specimen = SPÉCIMEN
paper-step-bring = Venez avec ce pass, sur papier ou sur votre téléphone.
paper-step-choose = Choisissez un lieu. Appelez-le pour prendre rendez-vous.
paper-step-free = Vous ne payez rien : le pass paie l’atelier.
paper-step-keep = Gardez ce pass jusqu’au dernier atelier.
paper-step-show = Montrez le QR code au début de l’atelier.
paper-steps = Comment utiliser votre pass
paper-stub = Talon pour la structure qui remet le pass
paper-valid-from-activation = { $count ->
    [one] Valable { $count } jour à partir de la remise
   *[other] Valable { $count } jours à partir de la remise
}
paper-valid-until = Valable jusqu’au { $name }
paper-venues = Où aller près de chez vous
part = Pass
pass = Pass
passes = Pass
password = Mot de passe
password-button = Enregistrer le mot de passe
password-hint = Entre 12 et 128 caractères. Plusieurs mots au hasard font un bon mot de passe.
password-new = Nouveau mot de passe
password-old = Mot de passe actuel
password-old-wrong = Ce n’est pas votre mot de passe actuel.
password-title = Choisir un mot de passe
password-wrong = Ce n’est pas votre mot de passe.
payer-funder = Le financeur lui-même
payer-mandated_body = Un organisme mandaté
payer-operator = L’opérateur
people = Personnes
postings = Écritures
price = Prix d’un atelier
print-again = Imprimer encore une fois
print-again-means = Ce pass est déjà imprimé. Un pass perdu ou volé se remplace : ne l’imprimez pas une seconde fois.
print-again-title = Imprimer encore une fois ?
print-log = Impressions
printed = Imprimé le
product = Pass numérique
programme = Dispositif
programme-closed = Clos
programme-coming = À venir
programme-open = Ouvert
programme-over = Terminé
programmes-about = Règles, financeurs, budget et dotations.
programmes-allocations = Attribuer des ateliers
programmes-allocations-means = Le nombre s’ajoute à la dotation. Un nombre négatif en reprend.
programmes-change = Modifier les règles
programmes-change-means = Les pass déjà émis gardent leur prix et leur partage.
programmes-close = Clore
programmes-close-button = Clore ce dispositif
programmes-close-means = Plus aucun pass ne sera délivré. C’est définitif. Les pass en circulation restent valables.
programmes-funds = Enregistrer des fonds
programmes-new = Créer un dispositif
programmes-none = Aucun dispositif. Créez d’abord ses financeurs, puis le dispositif.
programmes-title = Dispositifs
programmes-venues = Admettre un lieu
programmes-withdrawals = Rendre des fonds
programmes-withdrawals-means = Seul l’argent disponible peut être rendu.
qr-alt = QR code du pass
ready = Utilisable à partir du
recorded = Enregistré
recovery-kept = J’ai noté ces codes
recovery-left = { $count ->
    [0] Il ne reste aucun code de secours. Arrêtez la double vérification puis activez-la de nouveau pour en avoir d’autres.
    [one] Il reste { $count } code de secours.
   *[other] Il reste { $count } codes de secours.
}
recovery-means = La double vérification est activée. Notez ces codes et gardez-les en lieu sûr, loin de votre téléphone : chacun remplace une fois le code du téléphone, si vous le perdez. Ils ne seront plus montrés.
recovery-title = Vos codes de secours
redemptions-none = Aucun atelier n’a encore été validé ici.
redemptions-title = Ateliers validés
reference = Référence
reference-or-own = Référence du pass, ou la vôtre
reinstate-title = Rétablir ce pass ?
remaining = Restants
replace-title = Remplacer ce pass ?
replaced-by = Remplacé par
replaces = Remplace
report-as-of = Chiffres à l’évènement n°
report-before = avant : { $name }
report-by = Détail par
report-cancelled = Ateliers annulés
report-chart = Ateliers émis et suivis
report-chart-alt = Ateliers émis et suivis : les valeurs sont dans le tableau qui suit.
report-committed = Engagé
report-csv = Télécharger les données (CSV)
report-days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
report-days-to-start = Délai avant le premier atelier
report-earned = Dû aux lieux
report-expired = Ateliers expirés
report-from = Du
report-given-back = Rendu aux financeurs
report-handed-over = Pass remis
report-issued = Ateliers émis
report-money-outstanding = Encore engagé
report-nothing = Rien ne s’est passé dans cette période. Élargissez les dates ou les filtres.
report-of-territory = Territoire { $name }
report-outstanding = Ateliers restants
report-pdf = Télécharger pour imprimer (PDF)
report-period-from = À partir du { $name }
report-period-to = Jusqu’au { $name }
report-show = Afficher
report-started = Pass utilisés
report-started-rate = Pass utilisés au moins une fois
report-title = Bilan
report-to = Au
report-total = Total
report-used = Ateliers suivis
report-used-rate = Ateliers suivis sur émis
report-xlsx = Télécharger pour tableur (XLSX)
reversal-button = Annuler la validation
reversal-means = Les ateliers reviennent sur le pass et le montant n’est plus dû au lieu.
reversal-title = Annuler cette validation ?
role = Rôle
role-agent = Prescripteur
role-analyst = Financeur
role-auditor = Auditeur
role-manager = Responsable des prescripteurs
role-operator = Opérateur
role-scanner = Validation des pass
role-supervisor = Responsable des lieux
save = Enregistrer
search = Rechercher
search-name = Nom
secret-kept = C’est noté
see-predecessor = Voir l’ancien pass
see-successor = Voir le nouveau pass
selection = Afficher
selection-all = Tous les pass
selection-ending = Se terminent dans 30 jours ou moins
selection-unused = Jamais utilisés
send-button = Envoyer le pass
send-by = Par
send-history = Envois
send-language = Langue du message
send-reminders = La personne accepte des rappels
send-reminders-hint = Deux au plus. Son contact est alors gardé, chiffré, jusqu’à 30 jours après la fin du pass. Sinon il est effacé dès l’envoi.
send-title = Envoyer le pass
send-to = Adresse ou numéro de mobile
send-to-wrong = Indiquez une adresse e-mail, ou un numéro de mobile, selon le moyen choisi.
send-wrong-recipient = Mauvais destinataire ?
service-access = Accès à internet et matériel
service-administrative_help = Aide aux démarches administratives
service-affordable_equipment = Acquisition de matériel à prix solidaire
service-employment = Insertion professionnelle
service-everyday_tools = Maîtrise des outils numériques du quotidien
service-leisure = Loisirs et créations
service-parenting = Parentalité et éducation
service-security = Utilisation sécurisée du numérique
service-understanding = Compréhension du monde numérique
session-begun = ouverte le { $name }
session-end = Déconnecter
session-here = ce navigateur
session-seen = Utilisée le { $name }
sessions = Où vous êtes connecté
sessions-hint = Une connexion dure 12 heures au plus.
short-hint = Votre pass s’affiche ici. Ne partagez pas ce lien.
short-keep = Montrez cet écran au début de l’atelier.
short-show = Afficher mon pass
short-title = Votre pass numérique
show-all = Tout afficher
siret = SIRET
skip = Aller au contenu
stage-available = Disponible
stage-committed = Engagé
stage-earned = Dû aux lieux
stage-funding = Fonds reçus
stage-guarantee = Garantie
stage-in_payment = En paiement
stage-paid = Payé
stage-receivable = À recouvrer
stage-releasable = À libérer
stage-returned = Rendu
standing-active = Actif
standing-over = Expirée
standing-revoked = Accès retiré
standing-suspended = Suspendu
state = État
state-active = Actif
state-cancelled = Annulé
state-exhausted = Épuisé
state-expired = Expiré
state-replaced = Remplacé
state-stock = En stock
state-suspended = Suspendu
stop-button = Ne plus recevoir de rappel
stop-done = C’est fait. Votre contact est effacé. Votre pass reste valable.
stop-means = Votre contact sera effacé tout de suite. Votre pass reste valable.
stop-title = Arrêter les rappels
suspend-title = Suspendre ce pass ?
taken = Délivrés
tenant = Pour
territory = Territoire
territory-hint = Code du département, par exemple 13.
the-service = Le service
trouble-contact_unreadable = le contact ne peut pas être lu
trouble-fault = une erreur s’est produite
trouble-login_refused = le service d’envoi refuse notre accès
trouble-not_set_up = l’envoi n’est plus configuré
trouble-outdated = le pass a changé entre-temps
trouble-recipient_refused = l’adresse ou le numéro est refusé
trouble-server_busy = le service d’envoi demande d’attendre
trouble-unreachable = le service d’envoi ne répond pas
undo = Annuler
undone = Annulé
users-about = Qui peut se connecter, et avec quel rôle.
users-change = Modifier
users-factor = Arrêter sa double vérification
users-factor-button = Arrêter la double vérification
users-factor-means = La personne se connectera avec son seul mot de passe. Soyez sûr que c’est elle qui le demande : rappelez-la à un numéro que vous connaissez.
users-invite = Inviter à choisir un mot de passe
users-invite-button = Envoyer l’invitation
users-invite-means = La personne reçoit un lien pour choisir un nouveau mot de passe. L’ancien reste valable jusque-là.
users-limit = Relever la limite du jour
users-limit-means = Pour ce jour seulement, la personne peut délivrer davantage de pass.
users-new = Ajouter une personne
users-none = Personne.
users-revoke = Retirer l’accès
users-revoke-button = Retirer l’accès
users-revoke-means = La personne est déconnectée tout de suite et ne pourra plus se connecter. C’est définitif.
users-title = Personnes
validity = Validité
validity-from-activation = Compte à partir de l’activation
venue = Lieu
venue-closed = Fermé
venue-open = Ouvert
venues-about = Où les ateliers ont lieu.
venues-change = Modifier ce lieu
venues-close = Fermer
venues-close-button = Fermer ce lieu
venues-close-means = Ce lieu ne pourra plus valider de pass.
venues-export = Exporter (fichier national)
venues-none = Aucun lieu. Importez-les du fichier national.
venues-open = Ouvrir
venues-open-button = Ouvrir ce lieu
venues-open-means = Ce lieu peut de nouveau valider des pass.
venues-title = Lieux
verifies-until = Vérifie jusqu’au
voucher-changes = Que voulez-vous faire ?
voucher-print = Imprimer le pass (PDF)
voucher-title = Pass { $name }
vouchers-all = Voir tous les pass
vouchers-none = Aucun pass n’a encore été délivré.
vouchers-none-such = Aucun pass ne correspond à cette recherche.
vouchers-reference-wrong = Cette référence n’est pas valable : elle a la forme XXXX-XXXX-X, comme imprimé sur le pass.
vouchers-title = Mes pass
way-issue = Délivrer un pass
way-manage = Administration
way-redemptions = Ateliers validés
way-reports = Bilan
way-scan = Scanner un pass
way-vouchers = Mes pass
ways = Navigation principale
weekday-1 = lundi
weekday-2 = mardi
weekday-3 = mercredi
weekday-4 = jeudi
weekday-5 = vendredi
weekday-6 = samedi
weekday-7 = dimanche
when = Quand
why-again = Pourquoi encore
workshops = Ateliers
workshops-count = { $count ->
    [one] { $count } atelier
   *[other] { $count } ateliers
}
workshops-left-of = { $count ->
    [0] aucun atelier
    [one] { $count } atelier
   *[other] { $count } ateliers
}
workshops-number = Nombre d’ateliers
workshops-of = sur { $count }
wrong-recipient-title = Mauvais destinataire ?
