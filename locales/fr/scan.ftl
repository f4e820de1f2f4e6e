# Ce que dit `pass-numerique scan`, l’appareil sans navigateur.
scan-bad-feed = La liste des pass n’est pas signée comme il faut : elle est laissée de côté. Prévenez l’opérateur.
scan-bad-keys = Le jeu de clés n’est pas accepté : { $why }. Prévenez l’opérateur.
scan-claimed = noté, à confirmer : un code saisi ne se vérifie pas sans le service
scan-counted = accepté : reste { $left }, valable jusqu’au { $day }
scan-enrolled = Appareil enrôlé : { $device }
scan-never = jamais
scan-recorded = accepté, à confirmer : reste { $left }, valable jusqu’au { $day }
scan-recorded-old = accepté à vos risques, à confirmer : l’appareil n’a rien appris depuis plus de 7 jours ; reste { $left }, valable jusqu’au { $day }
scan-refused = refusé : { $why }
scan-settled = d’une fois précédente : { $what }
scan-state = Appareil { $device } de { $service }
    enregistrements : { $recorded }, à envoyer : { $waiting }, à examiner : { $problems }, sans réponse : { $unsettled }
    pass connus : { $vouchers }, liste à jour : { $feed }, clés valables jusqu’au : { $keys }
scan-state-revoked = Appareil { $device } de { $service }, révoqué : il ne fait plus que remettre ce qu’il a
    enregistrements : { $recorded }, à envoyer : { $waiting }, à examiner : { $problems }, sans réponse : { $unsettled }
scan-synced = synchronisé : { $counted } comptés, { $refused } refusés, { $waiting } en attente d’une décision, { $problems } à examiner
scan-unclear = sans réponse du service, qui sera interrogé de nouveau. Ici : { $why }
