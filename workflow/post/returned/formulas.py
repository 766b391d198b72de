"""The set phrases of mailers, as data: who writes returned mail, and in which words.

All phrases are lower case with single spaces and are looked for as they stand, so that reading
takes time in proportion to the message and nothing else.  A phrase belongs here when a program
writes it about the message that it returns; words that a server's reply or a person may use do not.
"""

from __future__ import annotations


def _table(text: str) -> tuple[str, ...]:
    """The phrases of a table, parted by upright strokes; a tilde stands for a space at an edge."""
    return tuple(" ".join(phrase.split()).replace("~", " ") for phrase in text.split("|"))


# Local parts and names of programs that return mail, and of nobody else.
DAEMONS = _table(
    """
    mailer-daemon | mailer daemon | maildaemon | mail-daemon | mail delivery subsystem |
    mail delivery system | mail deliver system | mail delivery service | mail delivery agent |
    delivery subsystem | mdaemon@ | mail.delivery.system | smtp_mail_service | pmdf e-mail interconnect |
    microsoftexchange329e71ec88ae4615bbc36ab6ce41109e | double-bounce@ | bounce-notification@ |
    no-reply@sns.amazonaws.com | complaints@email-abuse.amazonses.com
    """
)

# Names that returned mail comes from, but people and vacation programs too.
POSTMASTERS = _table(
    """
    postmaster | post_master | poostmaster | post master | system administrator | mail administrator |
    mail system | mailadmin | administrator@ | mailmaster | mail router | imss@ | interscan |
    noreply-dmarc | lsmtp for | email delivery | mail server | mailserver | internet mail service |
    quarantine@ | root@
    """
)

# Programs that write to people about anything; their words count only when they speak of delivery at once.
PROGRAMS = ("no-reply", "noreply", "no_reply", "donotreply", "do-not-reply", "notification@")

# Beginnings of subjects that only returned mail has; those in DELAYS say "not yet".
SUBJECTS = _table(
    """
    undeliverable | undelivered | undelivery | non delivery | non-delivery | nondelivery | returned mail |
    returned email | return mail | returned to sender | failure notice | failure delivery | failed mail |
    failed delivery | fail delivery | mail delivery fail | mail delivery problem | mail delivery error |
    mail delivery status | mail delivery notif | mail could not be delivered | mail failed, returning |
    mail failure | mail error | mail system error | email delivery fail | message delivery fail |
    message could not be delivered | message not delivered | message undeliverable |
    message status - undeliverable | delivery fail | delivery error | delivery notification |
    delivery status | delivery report | delivery has failed | delivery problem | deliver failure |
    postmaster notify | processing error | error sending your mail | there was an error sending |
    warning: could not send | warning: message | user unknown | unknown user | could not be delivered |
    cannot be delivered | could not deliver | couldn't be delivered | unable to deliver |
    nondeliverable mail | problem delivering | sorry, your message | **message you sent | rejected: |
    message refused | automatically rejected mail | no longer valid | address not found | unzustellbar |
    nicht zustellbar | zustellung fehlgeschlagen | zustellfehler | mail konnte nicht | non remis |
    échec de la remise | échec de distribution | mailzustellung | échec de remise | message non distribué | non recapitabile | mancato recapito |
    consegna non riuscita | no se puede entregar | no se pudo entregar | no entregado |
    não é possível entregar | não entregue | onbestelbaar | kan niet worden bezorgd | ej levererat |
    olevererbart | kan ikke leveres | ei voida toimittaa | niedostarczalne | nie można dostarczyć |
    nedoručitelné | kézbesíthetetlen | teslim edilemedi | недоставлен |
    не удается доставить | не удалось доставить | не доставлено | сообщение не доставлено | жеткізілмеді |
    配信不能 | 配信できません | 配達不能 | エラーメール | メール送信エラー | 未送達 | 无法送达 | 無法傳遞 | 退信 | 系统退信 | 전달할 수 없음 | 배달되지 않음 | не вдалося доставити | تعذر التسليم |
    لم يتم التسليم
    """
)

# What says that the sender goes on trying.  One such phrase outweighs every phrase of failure.
DELAYS = _table(
    """
    this is a warning message only | warning message only | do not need to resend your message |
    don't need to resend your message | need not resend | no need to resend | will be retried |
    still being retried | will keep trying | will continue to try | will continue trying |
    continue to try to deliver | keeps trying to deliver | is still trying | still trying to deliver |
    will try again | will retry | attempts to deliver the message will continue |
    delivery attempts will continue | further attempts will be made | has been delayed | is delayed |
    have been delayed | delivery is delayed | delivery incomplete |
    delivery of this message has been delayed | delivery delayed | delivery temporarily suspended |
    delivery to these recipients has been delayed | not yet been delivered | not been delivered yet |
    has not yet been | could not be delivered yet | temporarily delayed | temporarily unable to deliver |
    message is kept in the queue | remains in the queue | remain in the queue | still in the queue |
    still queued | the message will be kept | was not delivered within the last | for the last 4 hours |
    (delay) | delivery status notification (delay | delivery notification: delivery has been delayed |
    delayed mail | mail delayed | mail delivery delayed | warning: could not send message for past |
    could not send message for past | delivery-delay | zustellung verzögert | zustellung verzoegert |
    verzögerte zustellung | verzögert | wird weiterhin versucht | weitere zustellversuche |
    livraison retardée | remise retardée | a été retardé | entrega retrasada | entrega atrasada |
    se ha retrasado | se seguirá intentando | consegna in ritardo | consegna ritardata |
    è stato ritardato | wordt vertraagd | is vertraagd | доставка задержана | задержка доставки |
    задерживается | попытки доставки будут продолж | попытки будут продолж | pozostaje w kolejce | 配信が遅 |
    再送を試み | 再送し続け | 遅延しています | 投递延迟 | 将继续尝试 | 會繼續嘗試 | was delayed |
    transient non-fatal errors | temporary problem delivering | only a temporary failure |
    will be tried again | gmail will retry | you do not need to re-send | noch nicht zugestellt |
    noch nicht ausgeliefert | zustellung an folgende empfänger verzögert | pas encore été remis | pas encore été délivré |
    pas encore été distribué | différée | tentatives de remise vont | nouvelles tentatives | aún no se ha |
    todavía no se ha | se ha demorado | entrega demorada | ainda não foi | está atrasada | tentativas de entrega |
    non è stato ancora | non è ancora stato | continuerà a tentare | nog niet bezorgd | nog niet afgeleverd |
    nie została jeszcze | jeszcze nie | ponawia | opóźnion | zatím nebyl | dosud nebyl | még nem | henüz |
    gecik | încă nu a fost | доставка отложена | отложена | отложено | пока не доставлен | еще не доставлен |
    ещё не доставлен | до сих пор не доставлен | всё ещё не доставлен | все еще не доставлен | пока не удал |
    еще не удал | ещё не удал | продолжаем попытки | повторит попытку | повторять попытки |
    будут повторяться | повторные попытки | повторно отправлять письмо не | временная проблема | ще не доставлен |
    спроби доставки | затримка доставки | затримується | әлі жеткізілме | әлі жеткізілген жоқ | кешіктір | кешігу |
    жеткізу әрекеттері | まだ配信 | まだ届い | 再試行 | 遅延 | 尚未传递 | 尚未送达 | 尚未投递 | 尚未傳遞 | 还未送达 | 传递延迟 |
    传递已延迟 | 延迟传递 | 稍后重试 | 아직 배달 | 아직 전달 | 지연 | تأخر التسليم | تأخير التسليم | ستستمر محاولات |
    لم يتم تسليم هذه الرسالة بعد | لم يتم التسليم بعد | لم تسلم بعد
    """
)

# What says that a mailer stopped trying because time ran out, not because a server said no.
GAVE_UP = _table(
    """
    retry timeout exceeded | retry time not reached for any host after a long failure period |
    giving up. | has been in the queue too long | been on the queue too long |
    in the mail queue too long | message expired | message has expired | envelope expired |
    delivery time expired | delivery expired | queue time expired | cannot send message for~ |
    cannot send message within~ | could not send message for~ | could not be delivered for~ |
    could not deliver for the last~ | unable to deliver message for~ |
    unable to deliver message after multiple retries | unable to deliver in~ | not delivered within~ |
    was not reachable within the allowed queue period | message timed out | delivery timed out |
    time limit exceeded | exceeded the maximum time | maximum retries | retry limit |
    retry count exceeded | too many delivery attempts | all attempts to deliver |
    delivery attempts exhausted | delivery aborted after~ | was aborted after~ |
    message will be deleted from queue | delivery failed 20 attempts | истек срок доставки |
    превышено время ожидания
    """
)

# What says that no server was reached: time ran out as well.
UNREACHABLE = _table(
    """
    did not accept our requests to connect | host not reachable | host is not reachable |
    host unreachable | no route to host | socket error | is not responding | deferred: connection |
    could not find a gateway
    """
)

# Beginnings of the subjects of good news.
DELIVERED_SUBJECTS = _table(
    """
    delivered: | relayed: | expanded: | доставлено: | ретранслировано: | развернуто: | remis : | remis: | relayé : | relayé: |
    développé : | zugestellt: | übermittelt: | weitergeleitet: | erweitert: | entregado: | retransmitido: | expandido: | entregue: |
    retransmitida: | consegnato: | recapitato: | inoltrato: | teslim edildi: | geçirildi: | 已送达: | 已传递: | 已转发: | 已传送: |
    配信済み: | 開封済み: | 배달됨: | تم التسليم: | تم الترحيل: | жеткізілді: | доставлено :
    """
)

# Sentences of mailers that speak of reports, not of this message.
DISCLAIMERS = _table(
    """
    otherwise you may still receive notifications of mail delivery errors from other systems | you'll be notified if the
    delivery fails permanently | you will be notified if the delivery fails | you may receive notifications of delivery errors
    """
)

# Subjects of SUBJECTS that say that there is news, not which: they prove nothing by themselves.
NEUTRAL_SUBJECTS = (
    "delivery notification",
    "delivery status",
    "delivery report",
    "mail delivery status",
    "mail delivery notif",
    "postmaster notify",
    "warning: message",
)

# What says that the message arrived, or went on to a server that sends no reports.
DELIVERIES = _table(
    """
    message has been delivered to | message was delivered to | was delivered to the following | is complete, but no
    delivery notification was sent | distribution group has been expanded | relayed to non-dsn-aware |
    relayed via non dsn | the following address was delivered | доставлено следующим получателям | доставлено получателю |
    доставка для этих получателей или групп завершена | a été remis aux destinataires | a été remis au destinataire |
    à ces destinataires ou groupes est terminée | empfängern zugestellt | an diese empfänger oder gruppen ist
    abgeschlossen | se entregó a | se completó la entrega a | foi entregue aos | foi entregue ao | a entrega para estes
    destinatários ou grupos foi concluída | è stato consegnato a | è stato recapitato a | alıcılara teslim edildi |
    邮件已传递给 | 邮件已送达 | 传递到这些收件人或组已完成 | 郵件已傳遞給 | に配信されました | 배달되었습니다 | تم تسليم رسالتك | اكتمل التسليم |
    алушыларға жеткізілді | алушыға жеткізілді | повідомлення доставлено |
    successfully delivered | was successfully relayed | successfully relayed | has been successfully | was
    delivered successfully | delivered successfully | successful mail delivery | successful delivery |
    delivery was successful | has been delivered to the | your message was delivered to | was delivered to the
    following | your message has been delivered | message was accepted for delivery by | erfolgreich zugestellt |
    remis avec succès | se ha entregado correctamente | entregue com êxito | успешно доставлено | доставлено успешно |
    正常に配信されました | 已成功送达
    """
)

# What says that the message was not delivered.
FAILURES = _table(
    """
    could not be delivered | couldn't be delivered | could not deliver | couldn't deliver |
    can not be delivered | cannot be delivered | can't be delivered | cannot deliver | can not deliver |
    cannot deliver the message | not be delivered to | was not delivered | wasn't delivered |
    were not delivered | has not been delivered | is not delivered | not deliver the message |
    not able to deliver | not able to be delivered | invalid final delivery userid |
    wasn't able to deliver | was unable to deliver | were unable to deliver | unable to deliver |
    unable to complete delivery | failed to deliver | delivery to the following recipient failed | delivery to the following recipients failed |
    delivery to the following address failed | delevery to the following recipients failed |
    did not reach the following recipient | did not receive your message | didn't reach |
    delivery has failed | delivery failed | delivery of the message failed | delivery failure |
    delivery error | failed permanently | permanent error | permanent fatal error | permanent failure |
    had permanent | fatal errors | fatal delivery error | unrecoverable error | delivery errors |
    delivery problems | trouble delivering | problem delivering | error delivering |
    an error has occurred while attempting to deliver | error occurred while trying to deliver |
    error was detected while processing | an error while being processed | non-deliverable |
    non deliverable | nondeliverable | undeliverable | undelivered | was undeliverable |
    returned because | has been returned | is being returned | returned to sender | returned to you |
    returned unopened | recipients was rejected | was rejected by | were rejected by |
    rejected recipient | rejected the following recipient | has been rejected | automatically rejected |
    message blocked | has been blocked | message you sent blocked | failed recipient | failed address |
    address(es) failed | following address failed | following addresses failed | invalid user address |
    invalid recipient | invalid mailbox | unknown user | user unknown | user not known | user not listed |
    user mailbox exceeds | mailbox is full | mailbox full | mailbox quota exceeded | mailbox unavailable |
    unknown recipient | recipient unknown | unknown local user | unknown address | unrouteable address |
    unknown host | no such user | no such address | no such mailbox | no mailbox here by that name |
    no valid recipient | not accepting mail | not a valid mailbox | not listed in | addressee unknown |
    account has been disabled | address does not exist | account does not exist | user does not exist |
    user doesn't exist | mailbox does not exist | does not like recipient | recipient's mailbox |
    over quota | quota exceeded | may not exist, or you may not have permission to post |
    message could not be sent | could not be sent | message was not sent | not collected | mail loop |
    message looping | too many hops | maximum hop count | konnte nicht zugestellt |
    nicht zugestellt werden | unzustellbar | n'a pas pu être remis | n'a pas pu etre remis |
    n'ont pas pu être remis | n'a pas pu être délivré | impossible de remettre | n'a pas été remis | n'a pas été distribué | n'ont pas été remis | no fue entregado | non è stato consegnato |
    não foi entregue | werden nicht zugestellt | wurde nicht zugestellt | nicht zugestellt an | est revenu |
    无法发送到 | 退信原因 | 邮件被退回 | 邮件地址不存在 | échec de la remise |
    no se pudo entregar | no se ha podido entregar | no pudo ser entregado | no ha podido ser entregado |
    error en la entrega | não pôde ser entregue | não foi possível entregar | impossibile recapitare |
    non è stato possibile recapitare | recapito non riuscito | non è stato recapitato |
    kon niet worden bezorgd | kon niet worden afgeleverd | kunde inte levereras | kunne ikke leveres |
    nie została dostarczona | nie mogła zostać dostarczona | nebylo možné doručit | nem kézbesíthető |
    teslim edilemedi | не может быть доставлено | не может быть отправлено | не удалось доставить |
    не было доставлено | не доставлено | невозможно доставить | хабарлама жеткізілмеді |
    жеткізу мүмкін болмады | 送信できませんでした | 送信に失敗 | 配信できませんでした | 配信に失敗 | 配送できませんでした | お届けできませんでした |
    届けることができません | 宛先不明 | 未能向这些收件人或组传递 | 无法送达 | 无法投递 | 投递失败 | 發送失敗 | 无法发送到以下收件人 | 無法傳送 | 전달되지 않 | 배달되지 않 | 배달하지 못 | 전달하지 못 | не вдалося доставити | не доставлен | не може бути доставлен | تعذر تسليم |
    لم يتم تسليم
    """
)

# Groups that refuse a posting say so in the reader's language; their help page stays.
GROUP_REFUSALS = ("https://groups.google.com/support/",)

# Lines that open the copy of the message that is returned.
RETURNED_COPY = _table(
    """
    this is a copy of | below this line is a copy | below is a copy | here is a copy of |
    copy of your message | original message | original mail | original headers | original email |
    unsent message | returned mail | returned message | start of returned message |
    message headers follow | message header follow | message headers: | message header: | message header |
    message text follows | message follows | the header of the original | header of the original |
    the header and top | included is a copy | your message reads | rejected message |
    undelivered message | failed message | forwarded message | text of message | mail header |
    message body | returned copy | enclosed is a copy | enclosed is the original | текст письма |
    заголовки письма | исходное сообщение | ursprüngliche nachricht | message d'origine |
    mensaje original | messaggio originale
    """
)

# What stands before an address that failed.
LABELS = _table(
    """
    recipient | recipients | recipient address | recipient(s) | failed recipient | failed recipients |
    failed address | intended recipient | original recipient | original address | final recipient |
    error-for | undeliverable address | undeliverable to | address | addresses | addressed to |
    originally addressed to | rcpt to | rcpt | unknown user | user unknown | unknown recipient |
    invalid recipient | rejected recipient | unknown address | user | mailbox | local mailbox | account |
    attempts | exceeds allowed size | mailbox is full | is full | delivered to |
    could not be delivered to | deliver to | deliver your message to | deliver the message to |
    deliver message to | delivering to | delivering your mail to | delivering mail to |
    delivering your message to | your message to | your mail to | your email to | the message to |
    message for | mail for | mail to | sent to | send to | send mail to | delivery to | delivery for |
    generated from | generated by | expanded from | aka | to | for | empfänger | empfänger: |
    destinataire | destinatario | destinatário | получатель | адресат | адрес | адресу | на адрес | для | получателю | получателям | адресату | алушы | алушыға | мекенжайы | мекенжайға | alıcı | 无法发送到 | à | an | a | para | 宛先 | 収件人 | 收件人 | 收件人邮件地址 | 收件人地址 | 收信人 | 받는 사람
    """
)

# What stands before an address that has nothing to do with the failure.
NOT_LABELS = _table(
    """
    from | mail from | sender | by | contact | reply to | reply-to | return-path | envelope-from |
    envelope sender | from address | message-id | message id | mid | originator | cc |
    please send mail to | send email to | mail from:< | от | help | assistance | questions | email |
    e-mail | write to | absender | von | expéditeur | remitente | mittente
    """
)
