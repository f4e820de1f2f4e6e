# Les mots des pages, par ordre alphabétique.
activate-title = Activer ce pass ?
all-issuers = Tous les prescripteurs
all-programmes = Tous les dispositifs
all-venues = Tous les lieux
back-to-start = Revenir à l’accueil
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
channel-email = E-mail
channel-sms = SMS
day-fr = ven.
day-mo = lun.
day-off = fermé
day-sa = sam.
day-su = dim.
day-th = jeu.
day-tu = mar.
day-we = mer.
done-activate = Le pass est activé.
done-cancel = Le pass est annulé.
done-issued = Le pass est délivré.
done-password = Le mot de passe est enregistré. Connectez-vous.
done-reinstate = Le pass est rétabli.
done-replace = L’ancien pass est remplacé. Voici le nouveau.
done-reversal = La validation est annulée.
done-sent = Le pass est en route. L’état de l’envoi est indiqué plus bas.
done-suspend = Le pass est suspendu.
done-wrong-recipient = L’ancien pass ne vaut plus rien. Voici le nouveau, à envoyer à la bonne personne.
earlier = Plus anciens
earned = Montant
email = Adresse e-mail
forgot-button = Recevoir un lien
forgot-done = Si cette adresse a un compte, un lien vient de lui être envoyé. Il sert une seule fois, pendant 30 minutes.
forgot-hint = Indiquez l’adresse de votre compte. Vous recevez un lien pour choisir un autre mot de passe.
forgot-link = Mot de passe oublié ?
forgot-title = Mot de passe oublié
issue-button = Délivrer le pass
issue-stock = Pass à remettre plus tard (carnet)
issue-stock-hint = Le pass n’engage aucun budget tant qu’il n’est pas activé à la remise.
issue-title = Délivrer un pass
issuer = Prescripteur
language-name = Français
last-day = Valable jusqu’au
left = Ateliers restants
log-in = Se connecter
log-out = Se déconnecter
login-title = Se connecter
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
near-distance = { $count ->
    [0] à moins d’1 km
   *[other] à { $count } km
}
near-find = Trouver des lieux
near-hint = Les trois lieux les plus proches seront imprimés sur le pass.
near-label = Commune ou code postal
near-none = Aucun lieu connu pour « { $name } ». Essayez le code postal ou une commune voisine.
near-phone = tél. { $name }
near-title = Où aller
older = Pass plus anciens
other-language = English
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
pass = Pass
password = Mot de passe
password-button = Enregistrer le mot de passe
password-hint = Entre 12 et 128 caractères. Plusieurs mots au hasard font un bon mot de passe.
password-new = Nouveau mot de passe
password-title = Choisir un mot de passe
product = Pass numérique
programme = Dispositif
qr-alt = QR code du pass
redemptions-none = Aucun atelier n’a encore été validé ici.
redemptions-title = Ateliers validés
reference = Référence
reinstate-title = Rétablir ce pass ?
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
report-outstanding = Ateliers restants
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
search = Rechercher
see-predecessor = Voir l’ancien pass
see-successor = Voir le nouveau pass
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
short-hint = Votre pass s’affiche ici. Ne partagez pas ce lien.
short-keep = Montrez cet écran au début de l’atelier.
short-show = Afficher mon pass
short-title = Votre pass numérique
skip = Aller au contenu
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
territory = Territoire
territory-hint = Code du département, par exemple 13.
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
validity = Validité
validity-from-activation = Compte à partir de l’activation
venue = Lieu
voucher-changes = Que voulez-vous faire ?
voucher-print = Imprimer le pass (PDF)
voucher-title = Pass { $name }
vouchers-all = Voir tous les pass
vouchers-none = Aucun pass n’a encore été délivré.
vouchers-none-such = Aucun pass ne correspond à cette recherche.
vouchers-reference-wrong = Cette référence n’est pas valable : elle a la forme XXXX-XXXX-X, comme imprimé sur le pass.
vouchers-title = Mes pass
way-issue = Délivrer un pass
way-redemptions = Ateliers validés
way-reports = Bilan
way-scan = Scanner un pass
way-vouchers = Mes pass
ways = Navigation principale
when = Quand
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
