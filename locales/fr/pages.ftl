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
   *[cancel] Annuler définitivement
}
change-means = { $name ->
    [activate] Le pass devient utilisable aujourd’hui et son budget est engagé. Sa durée de validité commence à courir.
    [replace] Le pass actuel ne sera plus accepté nulle part. Un nouveau pass est créé avec les ateliers restants et la même date de fin.
    [suspend] Le pass est refusé partout jusqu’à son rétablissement. Rien n’est perdu.
    [reinstate] Le pass est de nouveau accepté.
   *[cancel] Le pass ne sera plus jamais accepté. Les ateliers restants reviennent aux financeurs. Pour un pass perdu, choisissez plutôt « Remplacer ».
}
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
done-reinstate = Le pass est rétabli.
done-replace = L’ancien pass est remplacé. Voici le nouveau.
done-reversal = La validation est annulée.
done-suspend = Le pass est suspendu.
earlier = Plus anciens
earned = Montant
email = Adresse e-mail
issue-button = Délivrer le pass
issue-stock = Pass à remettre plus tard (carnet)
issue-stock-hint = Le pass n’engage aucun budget tant qu’il n’est pas activé à la remise.
issue-title = Délivrer un pass
issuer = Prescripteur
last-day = Valable jusqu’au
left = Ateliers restants
log-in = Se connecter
log-out = Se déconnecter
login-title = Se connecter
manual-code = Code à saisir :
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
service-access = Accès à internet et matériel
service-administrative_help = Aide aux démarches administratives
service-affordable_equipment = Acquisition de matériel à prix solidaire
service-employment = Insertion professionnelle
service-everyday_tools = Maîtrise des outils numériques du quotidien
service-leisure = Loisirs et créations
service-parenting = Parentalité et éducation
service-security = Utilisation sécurisée du numérique
service-understanding = Compréhension du monde numérique
skip = Aller au contenu
state = État
state-active = Actif
state-cancelled = Annulé
state-exhausted = Épuisé
state-expired = Expiré
state-replaced = Remplacé
state-stock = En stock
state-suspended = Suspendu
suspend-title = Suspendre ce pass ?
territory = Territoire
territory-hint = Code du département, par exemple 13.
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
