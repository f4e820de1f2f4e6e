# Les mots des messages envoyés, par ordre alphabétique.
letter-account_asked-link = Voir la demande et, s’il le faut, la refuser
letter-account_asked-not-you = Si personne chez vous ne l’a demandé, refusez-le tout de suite sur votre page, puis appelez l’opérateur.
letter-account_asked-subject = Un autre compte bancaire est demandé pour votre structure
letter-account_asked-text = Bonjour, un autre compte bancaire est demandé pour les paiements de votre structure : { $name }.
letter-account_asked-you = Si c’est bien vous, une seconde personne doit encore le confirmer. Il sert 7 jours après sa confirmation.
letter-alarm-chain_fork = Deux enregistrements ont la même place dans la chaîne d’un appareil : il a été copié, ou une ancienne copie a été remise.
letter-alarm-chain_fork-do = Regarder, et retirer l’appareil s’il le faut
letter-alarm-chain_gap = Des ateliers pris sans réseau par un appareil ne sont jamais arrivés : tant qu’ils ne sont pas envoyés, ils ne sont pas payés.
letter-alarm-chain_gap-do = Retrouver l’appareil, l’allumer et lui donner du réseau
letter-alarm-conflicts = Un appareil ou son lieu a plus de litiges dans un mois que ce qu’un appareil peut coûter : il lui faut du réseau plus souvent.
letter-alarm-conflicts-do = Voir ce que les appareils ont coûté
letter-alarm-device = Appareil « { $name } ».
letter-alarm-forged = Des pass jamais émis ont été présentés avec une bonne signature : quelqu’un a une copie de cette clé.
letter-alarm-forged-do = Voir les clés, et déclarer la fuite
letter-alarm-gap = Appareil « { $name } » : { $count ->
    [one] { $count } enregistrement manque.
   *[other] { $count } enregistrements manquent.
}
letter-alarm-key = Clé { $name }.
letter-alarm-key_compromised = Une clé est déclarée volée : les pass qu’elle a signés restent valables, elle ne signe plus rien. Publiez une liste sans elle pour les scanners, et faites signer une autre clé.
letter-alarm-key_compromised-do = Voir les clés
letter-alarm-more = { $count ->
    [one] Une autre est à voir sur les pages.
   *[other] { $count } autres sont à voir sur les pages.
}
letter-alarm-quarantine = Des enregistrements d’un appareil sont mis de côté : leurs ateliers ne comptent qu’après une décision.
letter-alarm-quarantine-do = Décider
letter-alarm-subject = Des appareils ou des clés demandent votre attention
letter-alarm-text = Bonjour { $name }, voici ce qui demande un regard :
letter-automatic = Ce message est automatique. Merci de ne pas y répondre.
letter-dispute-dismissed-subject = Votre réclamation n’est pas retenue
letter-dispute-dismissed-text = Bonjour, une seconde personne a examiné la réclamation de votre structure ({ $name }) : la décision reste la même. La page dit pourquoi.
letter-dispute-link = Voir la réclamation
letter-dispute-open-subject = Votre réclamation est bien reçue
letter-dispute-open-text = Bonjour, la réclamation de votre structure ({ $name }) est bien reçue. Une personne qui n’a pas pris la première décision va l’examiner ; vous serez prévenus.
letter-dispute-upheld-subject = Votre réclamation est acceptée
letter-dispute-upheld-text = Bonjour, une seconde personne a examiné la réclamation de votre structure ({ $name }) : vous avez raison. La page dit ce qui suit.
letter-invitation-link = Choisir mon mot de passe
letter-invitation-subject = Votre accès à Pass numérique
letter-invitation-text = Bonjour { $name }, un accès à Pass numérique a été créé pour vous. Choisissez votre mot de passe :
letter-link-life = Ce lien sert une seule fois, pendant 30 minutes. Ensuite, demandez-en un autre sur la page de connexion : « Mot de passe oublié ».
letter-not-you = Si vous n’attendiez pas ce message, ne faites rien.
letter-pass-attached = Le pass est joint à ce message (PDF). Imprimez-le, ou montrez-le sur votre téléphone.
letter-pass-keep = Gardez-le pour vous : une personne qui a ce pass peut l’utiliser à votre place.
letter-pass-subject = Votre pass numérique
letter-pass-text = Bonjour, voici votre pass numérique. Il vous ouvre { $workshops }, sans rien payer, jusqu’au { $day }.
letter-pass-wrong = Ce message ne vous est pas destiné ? Supprimez-le, et prévenez la structure qui l’a envoyé.
letter-payment_failed-do = Vérifiez ce compte avec votre banque. S’il a changé, indiquez l’autre IBAN sur la page de votre structure : deux personnes le confirment.
letter-payment_failed-subject = La banque n’a pas pris le virement à votre structure
letter-payment_failed-text = Bonjour, la banque n’a pas pris le virement de { $amount } au compte { $iban } de votre structure.
letter-payment_sent-link = Voir ce qu’il paie
letter-payment_sent-subject = Un virement à votre structure est en route
letter-payment_sent-text = Bonjour, un virement de { $amount } à votre structure est en route. Sa référence sur votre relevé de compte : { $reference }.
letter-payment_sent-wrong = Ce montant n’est pas celui que vous attendiez ? Faites une réclamation sur la page du virement.
letter-payment_waits-bank_account_new = Pourquoi : votre nouveau compte bancaire ne peut pas encore servir. Vous n’avez rien à faire.
letter-payment_waits-link = La page de votre structure
letter-payment_waits-next = Rien n’est perdu : ce montant sera versé avec le prochain remboursement.
letter-payment_waits-no_bank_account = Pourquoi : nous ne connaissons pas votre compte bancaire. Indiquez votre IBAN sur la page de votre structure.
letter-payment_waits-not_approved = Pourquoi : votre structure n’est pas validée. Appelez l’opérateur.
letter-payment_waits-subject = Votre structure n’a pas pu être payée
letter-payment_waits-text = Bonjour, votre structure a gagné { $amount } jusqu’au { $day }, mais n’a pas pu être payée.
letter-reminder-ending-subject = Votre pass numérique se termine bientôt
letter-reminder-ending-text = Bonjour, votre pass numérique se termine le { $day }. Il vous reste { $workshops } : prenez rendez-vous.
letter-reminder-stop-link = Ne plus recevoir de rappel
letter-reminder-stop-text = Vous avez accepté ces rappels. Pour ne plus en recevoir :
letter-reminder-unused-subject = Pensez à votre pass numérique
letter-reminder-unused-text = Bonjour, votre pass numérique vous attend. Il vous ouvre { $workshops } jusqu’au { $day } : prenez rendez-vous.
letter-reset-link = Choisir un autre mot de passe
letter-reset-subject = Choisir un autre mot de passe
letter-reset-text = Bonjour, vous avez demandé un autre mot de passe pour Pass numérique. Choisissez-le ici :
sms-pass = Votre pass numérique ({ $workshops }) : { $link }
sms-reminder-ending = Votre pass numérique se termine le { $date }. Prenez rendez-vous. Stop : { $link }
sms-reminder-unused = Pensez à votre pass numérique, valable jusqu’au { $date }. Stop : { $link }
