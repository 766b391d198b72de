"""Returned mail in the manners of the wild: what mailers, gateways, programs and people write, each in our own words.

`WILD` gives for each form: the classes that are right (parted by a stroke), sender, subject, text, and further headers.
A stroke stands where a program's letter may be filed either way, as long as it moves nothing.
"""

from __future__ import annotations

from tests.unit.returned_samples import ADDRESS, NOTE_ID

DAEMON = "Mail Delivery System <MAILER-DAEMON@relay.example>"
POSTMASTER = "postmaster@mfa.example"
OUTLOOK = "Microsoft Outlook <postmaster@mfa.example>"
PERSON = "Aigerim Sadykova <aigerim@mfa.example>"
REGISTRY = "Registry <registry@mfa.example>"
ANSWER = {"in_reply_to": NOTE_ID}
PROGRAM = {"auto_submitted": "auto-replied"}
SIDE = "auto|unknown"

Form = tuple[str, str, str, str, dict[str, str]]

FAILURES: dict[str, Form] = {
    "Exchange, Russian": (
        "fail", OUTLOOK, "Не удается доставить: Нота",
        f"Не удалось выполнить доставку следующим получателям или группам:\n\n{ADDRESS}\n"
        "Не удается найти введенный адрес электронной почты. Проверьте адрес и отправьте сообщение еще раз.\n", {},
    ),
    "Exchange, Russian, undelivered": (
        "fail", "Системный администратор <postmaster@mfa.example>", "Недоставленное: Нота",
        "Сообщение не доставлено некоторым или всем получателям.\n\n      Тема:    Нота\n"
        f"      Отправлено:    03.03.2025 12:00\n\nСледующие получатели недоступны:\n\n      {ADDRESS} в 03.03.2025 12:01\n"
        "            Учетная запись не существует.\n            <mx.mfa.example #5.1.1>\n", {},
    ),
    "Exchange, Kazakh": (
        "fail", OUTLOOK, "Жеткізілмеді: Нота",
        f"Келесі алушыларға немесе топтарға жеткізу мүмкін болмады:\n\n{ADDRESS}\n"
        "Енгізілген электрондық пошта мекенжайы табылмады.\n", {},
    ),
    "Exchange, French": (
        "fail", OUTLOOK, "Non remis : Note",
        f"Échec de la remise pour ces destinataires ou groupes :\n\n{ADDRESS}\n"
        "L’adresse de messagerie que vous avez entrée est introuvable.\n", {},
    ),
    "Exchange, Spanish": (
        "fail", OUTLOOK, "No se puede entregar: Nota",
        f"No se pudo entregar el mensaje a estos destinatarios o grupos:\n\n{ADDRESS}\n"
        "No se encontró la dirección de correo electrónico que especificó.\n", {},
    ),
    "Exchange, Chinese": (
        "fail", OUTLOOK, "无法送达: 照会",
        f"未能向这些收件人或组传递邮件:\n\n{ADDRESS}\n找不到你输入的电子邮件地址。\n", {},
    ),
    "Exchange, Arabic": (
        "fail", OUTLOOK, "تعذر التسليم: مذكرة",
        f"فشل التسليم إلى هؤلاء المستلمين أو المجموعات:\n\n{ADDRESS}\nتعذر العثور على عنوان البريد الإلكتروني الذي أدخلته.\n", {},
    ),
    "Exchange, German": (
        "fail", OUTLOOK, "Unzustellbar: Note",
        f"Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\n{ADDRESS}\n"
        "Die eingegebene E-Mail-Adresse konnte nicht gefunden werden.\n", {},
    ),
    "Exchange, Portuguese": (
        "fail", OUTLOOK, "Não é possível entregar: Nota",
        f"Falha na entrega a estes destinatários ou grupos:\n\n{ADDRESS}\n"
        "O endereço de email digitado não foi encontrado.\n", {},
    ),
    "Exchange, Italian": (
        "fail", OUTLOOK, "Non recapitabile: Nota",
        f"Recapito non riuscito per i seguenti destinatari o gruppi:\n\n{ADDRESS}\nImpossibile trovare l'indirizzo.\n", {},
    ),
    "Exchange, Turkish": (
        "fail", OUTLOOK, "Teslim edilemedi: Nota",
        f"Şu alıcılara veya gruplara teslim edilemedi:\n\n{ADDRESS}\nGirdiğiniz e-posta adresi bulunamadı.\n", {},
    ),
    "Exchange, Japanese": (
        "fail", OUTLOOK, "配信不能: 口上書",
        f"次の受信者またはグループへの配信に失敗しました:\n\n{ADDRESS}\n入力された電子メール アドレスは見つかりませんでした。\n", {},
    ),
    "Exchange, Korean": (
        "fail", OUTLOOK, "배달되지 않음: 각서",
        f"다음 받는 사람이나 그룹에게 메시지를 배달하지 못했습니다.\n\n{ADDRESS}\n입력한 전자 메일 주소를 찾을 수 없습니다.\n", {},
    ),
    "Exchange, Polish": (
        "fail", OUTLOOK, "Nie można dostarczyć: Nota",
        f"Nie można dostarczyć wiadomości do następujących adresatów lub grup:\n\n{ADDRESS}\nNie znaleziono adresu.\n", {},
    ),
    "Exchange, Ukrainian": (
        "fail", OUTLOOK, "Не вдалося доставити: Нота",
        f"Не вдалося доставити повідомлення таким одержувачам або групам:\n\n{ADDRESS}\nАдресу не знайдено.\n", {},
    ),
    "Exchange, blocked sender": (
        "fail", OUTLOOK, "Undeliverable: Note",
        f"Your message to {ADDRESS} couldn't be delivered.\n\nregistry wasn't found at mfa.example.\n\n"
        "secretariat\tOffice 365\tregistry\nAction Required\t\tRecipient\n\nUnknown To address\n", {},
    ),
    "Exchange, size": (
        "fail", OUTLOOK, "Undeliverable: Note",
        f"Delivery has failed to these recipients or groups:\n\n{ADDRESS}\n"
        "This message is too large. Make the message smaller and try sending it again.\n", {},
    ),
    "Postfix": (
        "fail", DAEMON, "Undelivered Mail Returned to Sender",
        "This is the mail system at host relay.example.\n\nI'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients. It's attached below.\n\n"
        f"<{ADDRESS}>: host mx.mfa.example[192.0.2.7] said: 550 5.1.1 <{ADDRESS}>:\n"
        "    Recipient address rejected: User unknown (in reply to RCPT TO command)\n", {},
    ),
    "Postfix, moved": (
        "fail", DAEMON, "Undelivered Mail Returned to Sender",
        "This is the mail system at host relay.example.\n\nI'm sorry to have to inform you that your message could not\n"
        f"be delivered to one or more recipients.\n\n<{ADDRESS}>: User has moved to notes@foreign.example\n", {},
    ),
    "Exim": (
        "fail", "Mail Delivery System <Mailer-Daemon@relay.example>",
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\n"
        "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. "
        f"The following address(es) failed:\n\n  {ADDRESS}\n    host mx.mfa.example [192.0.2.7]\n"
        f"    SMTP error from remote mail server after RCPT TO:<{ADDRESS}>:\n    550 No such person at this address\n", {},
    ),
    "Exim, quota": (
        "fail", "Mail Delivery System <Mailer-Daemon@relay.example>", "Mail delivery failed: returning message to sender",
        "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error.\n\n"
        f"  {ADDRESS}\n    mailbox is full: retry timeout exceeded\n    552 5.2.2 mailbox full\n", {},
    ),
    "qmail": (
        "fail", "MAILER-DAEMON@relay.example", "failure notice",
        "Hi. This is the qmail-send program at relay.example.\nI'm afraid I wasn't able to deliver your message to the following "
        f"addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{ADDRESS}>:\n"
        "192.0.2.7 does not like recipient.\nRemote host said: 550 5.1.1 unknown user\nGiving up on 192.0.2.7.\n", {},
    ),
    "sendmail": (
        "fail", "Mail Delivery Subsystem <MAILER-DAEMON@relay.example>", "Returned mail: see transcript for details",
        "The original message was received at Mon, 3 Mar 2025 09:00:00 GMT\nfrom localhost [127.0.0.1]\n\n"
        f"   ----- The following addresses had permanent fatal errors -----\n<{ADDRESS}>\n    (reason: 550 5.1.1 <{ADDRESS}>... User unknown)\n\n"
        f"   ----- Transcript of session follows -----\n... while talking to mx.mfa.example.:\n>>> DATA\n<<< 550 5.1.1 <{ADDRESS}>... User unknown\n", {},
    ),
    "Gmail": (
        "fail", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)",
        f"** Address not found **\n\nYour message wasn't delivered to {ADDRESS} because the address couldn't be found, or is unable to "
        "receive mail.\n\nLearn more here: https://help.example/answer\n\nThe response was:\n\n550 5.1.1 The account does not exist.\n", {},
    ),
    "Gmail, Russian": (
        "fail", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)",
        f"** Адрес не найден **\n\nСообщение для {ADDRESS} не доставлено. Адрес не найден или не принимает почту.\n\n"
        "Ответ:\n\n550 5.1.1 The email account that you tried to reach does not exist.\n", {},
    ),
    "Yahoo": (
        "fail", "MAILER-DAEMON@yahoo.example", "Failure Notice",
        f"Sorry, we were unable to deliver your message to the following address.\n\n<{ADDRESS}>:\n554: delivery error: dd This user "
        "doesn't have an account\n\n--- Below this line is a copy of the message.\n", {},
    ),
    "mail.ru": (
        "fail", "mailer-daemon@corp.mail.example", "Mail failure.",
        "Это письмо создано автоматически сервером, отвечать на него не нужно.\n\n"
        "К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:\n\n"
        f"**********************\n\n{ADDRESS}:\n  550 Message was not accepted -- invalid mailbox. Local mailbox is unavailable: user not found\n", {},
    ),
    "Yandex": (
        "fail", "mailer-daemon@yandex.example", "Недоставленное сообщение",
        "Это сообщение отправлено почтовым сервером.\n\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может\n"
        f"быть отправлено одному или нескольким адресатам. Технические подробности можно найти ниже.\n\n<{ADDRESS}>: host mx.mfa.example said:\n"
        "    550 5.7.1 No such user!\n", {},
    ),
    "Zimbra": (
        "fail", "MAILER-DAEMON@zimbra.example (Mail Delivery System)", "Undelivered Mail Returned to Sender",
        "This is the mail system at host zimbra.example.\n\nI'm sorry to have to inform you that your message could not\n"
        f"be delivered to one or more recipients.\n\n<{ADDRESS}>: Over quota\n", {},
    ),
    "Domino, no route": (
        "fail", POSTMASTER, "DELIVERY FAILURE: No route found to domain mfa.example",
        f"Your message\n\n  Subject: Note\n\nwas not delivered to:\n\n  {ADDRESS}\n\nbecause:\n\n  No route found to domain mfa.example\n", {},
    ),
    "Domino, German": (
        "fail", POSTMASTER, "ZUSTELLUNGSFEHLER: Benutzer nicht aufgeführt",
        f"Ihre Nachricht\n\n  Betreff: Note\n\nwurde nicht zugestellt an:\n\n  {ADDRESS}\n\nweil:\n\n  Benutzer nicht im Verzeichnis aufgeführt\n", {},
    ),
    "GroupWise": (
        "fail", "Postmaster@mfa.example", "Mail message status - undeliverable",
        f"The attached file had the following undeliverable recipient(s):\n\t{ADDRESS}\n\nTranscript of session follows:\n"
        f"Command: RCPT TO:<{ADDRESS}>\nResponse: 550 5.1.1 unknown\n", {},
    ),
    "Barracuda": (
        "fail", "postmaster@gateway.example", "**Message you sent blocked by our bulk email filter**",
        f"Your message to: {ADDRESS}\nwas blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN DELIVERED:\n\n"
        "Subject: Note\n", {},
    ),
    "Mimecast": (
        "fail", "postmaster@mimecast.example", "[Postmaster] Email Delivery Failure",
        f"This is a delivery failure notification message indicating that\nan email you addressed to email address :\n-- {ADDRESS}\n\n"
        "could not be delivered. The problem appears to be :\n-- Recipient email server rejected the message\n\n"
        "Additional information follows :\n-- 5.1.1 unknown recipient\n", {},
    ),
    "Proofpoint": (
        "fail", "Mail Delivery Subsystem <MAILER-DAEMON@gateway.example>", "Returned mail: User unknown",
        f"The original message was received by the gateway.\n\n   ----- The following addresses had permanent delivery errors -----\n<{ADDRESS}>\n"
        "\n   ----- Transcript of session follows -----\n550 5.1.1 User Unknown\n", {},
    ),
    "Cisco gateway": (
        "fail", "Mail Delivery System <MAILER-DAEMON@ironport.example>", "Delivery Status Notification (Failure)",
        f"The following message to <{ADDRESS}> was undeliverable.\nThe reason for the problem:\n5.1.0 - Unknown address error "
        "550-'5.1.1 no such user'\n", {},
    ),
    "MDaemon": (
        "fail", "MDaemon@relay.example", "Permanent Delivery Failure",
        "The attached message had PERMANENT fatal delivery errors!\n\nAfter one or more unsuccessful delivery attempts the attached message has\n"
        f"been removed from the mail queue on this server.\n\nFailed address: {ADDRESS}\n\n"
        f"--- Session Transcript ---\nMon 2025-03-03 09:00: --> RCPT To:<{ADDRESS}>\nMon 2025-03-03 09:00: <-- 550 5.1.1 unknown\n", {},
    ),
    "hMailServer": (
        "fail", "mailer-daemon@hmail.example", "Message undeliverable: Note",
        "Your message did not reach some or all of the intended recipients.\n\n   Sent: Mon, 3 Mar 2025 09:00:00 +0000\n   Subject: Note\n\n"
        f"The following recipient(s) could not be reached:\n\n{ADDRESS}\n   Error Type: SMTP\n   Remote server (192.0.2.7) issued an error.\n"
        "   hMailServer sent: RCPT TO\n   Remote server replied: 550 no such user\n", {},
    ),
    "CommuniGate": (
        "fail", "<MAILER-DAEMON@cgp.example>", "Undeliverable mail: Note",
        f"Failed to deliver to '<{ADDRESS}>'\nSMTP module(domain mfa.example) reports:\n  host mx.mfa.example says:\n  550 5.1.1 unknown user\n", {},
    ),
    "Kerio": (
        "fail", "postmaster@kerio.example", "Delivery Status Notification: Failure",
        f"Your message could not be delivered to the following recipients:\n\n{ADDRESS}\n\nReason: 550 5.1.1 User unknown\n", {},
    ),
    "iCloud": (
        "fail", "MAILER-DAEMON@icloud.example", "Delivery Notification: Delivery has failed",
        f"This report relates to a message you sent with the following header fields:\n\n  Message-id: {NOTE_ID}\n  Subject: Note\n\n"
        "Your message cannot be delivered to the following recipients:\n\n"
        f"  Recipient address: {ADDRESS}\n  Reason: Remote SMTP server has rejected address\n  Diagnostic code: smtp;550 5.1.1 unknown\n", {},
    ),
    "Sieve refusal in words": (
        "fail", DAEMON, "Automatically rejected mail",
        f"Your message to <{ADDRESS}> was automatically rejected:\nThis mailbox takes no notes.\n", {},
    ),
    "NetEase": (
        "fail", "postmaster@netease.example", "系统退信/Systems bounce",
        f"抱歉，您的邮件被退回来了……\n\n收件人：{ADDRESS}\n退信原因：550 User not found\n", {},
    ),
    "Tencent": (
        "fail", "PostMaster@tencent.example", "来自qq.example的退信",
        f"您的邮件无法送达\n\n收件人邮件地址（{ADDRESS}）不存在，邮件无法送达。\nhost mx.mfa.example said: 550 Mailbox not found\n", {},
    ),
    "1C-Bitrix host": (
        "fail", "Mail Delivery System <mailer-daemon@hosting.example>", "Ошибка доставки почты: возвращаем сообщение отправителю",
        f"Данное сообщение создано почтовой программой автоматически.\n\nСообщение, отправленное Вами, не может быть доставлено:\n\n  {ADDRESS}\n"
        "    host mx.mfa.example: 550 нет такого ящика\n", {},
    ),
    "Kazakh provider": (
        "fail", "mailer-daemon@mail.kz.example", "Хат жеткізілмеді",
        f"Өкінішке қарай, сіздің хатыңыз төмендегі мекенжайға жеткізілмеді:\n\n<{ADDRESS}>: 550 5.1.1 User unknown\n", {},
    ),
    "Orange, French": (
        "fail", "MAILER-DAEMON@orange.example", "Message non distribué",
        f"Votre message n'a pas pu être remis au destinataire suivant :\n\n{ADDRESS}\n\n550 5.1.1 Adresse inconnue\n", {},
    ),
    "GMX": (
        "fail", "GMX Mailer Daemon <mailer-daemon@gmx.example>", "Mail delivery failed: returning message to sender",
        "Diese E-Mail wurde automatisch erzeugt.\n\nIhre Nachricht konnte an folgende Empfänger nicht zugestellt werden:\n\n"
        f"{ADDRESS}\n\nSMTP error from remote server for RCPT TO command, host: mx.mfa.example\nreason: 550 5.1.1 unknown\n", {},
    ),
    "Libero, Italian": (
        "fail", "MAILER-DAEMON@libero.example", "Mancato recapito",
        f"Il messaggio non è stato consegnato al destinatario:\n\n{ADDRESS}\n\n550 utente sconosciuto\n", {},
    ),
    "Seznam, Czech": (
        "fail", "MAILER-DAEMON@seznam.example", "Nedoručitelné: Nota",
        f"Vaši zprávu nebylo možné doručit příjemci:\n\n<{ADDRESS}>: 550 5.1.1 unknown\n", {},
    ),
    "OpenSMTPD": (
        "fail", "Mailer Daemon <MAILER-DAEMON@opensmtpd.example>", "Delivery status notification: error",
        "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred while attempting to deliver "
        f"a message for\n    the following list of recipients:\n\n{ADDRESS}: 550 5.1.1 unknown\n", {},
    ),
    "Stalwart": (
        "fail", "Mail Delivery Subsystem <MAILER-DAEMON@stalwart.example>", "Failed to deliver message",
        f"Your message could not be delivered to the following recipients:\n\n<{ADDRESS}> (host 'mx.mfa.example' rejected command 'RCPT "
        f"TO:<{ADDRESS}>' with code 550 (5.1.1) 'unknown')\n", {},
    ),
    "Haraka": (
        "fail", "MAILER-DAEMON@haraka.example", "failure notice",
        f"Hi. This is the Haraka Mailer program at haraka.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<{ADDRESS}>: "
        "550 5.1.1 unknown\n", {},
    ),
    "PowerMTA": (
        "fail", "Mail Delivery System <mailer-daemon@pmta.example>", "Delivery report",
        f"Hello, this is the mail server on pmta.example.\n\nI am sending you this message to inform you on the delivery status of a\nmessage you previously sent. "
        f"Immediately below you will find a list of\nthe affected recipients.\n\n   <{ADDRESS}>; Action: failed; Status: 5.1.1\n   remote said: 550 5.1.1 unknown\n"
        f"Your message could not be delivered to:\n  {ADDRESS}\n", {},
    ),
    "Fortinet": (
        "fail", DAEMON, "Returned mail: see transcript for details",
        f"The original message was received.\n\n   ----- The following addresses had delivery problems -----\n<{ADDRESS}>\n\n550 5.7.1 blocked by policy\n", {},
    ),
    "Trend Micro": (
        "fail", "IMSS@gateway.example", "Mail could not be delivered",
        f"Message from InterScan Messaging Security Suite\n\nUnable to deliver message to <{ADDRESS}>.\n\n550 5.1.1 unknown\n", {},
    ),
    "Symantec cloud": (
        "fail", "Mail Delivery System <MAILER-DAEMON@cloud.example>", "Mail Delivery Failure",
        f"This is the mail delivery agent.\n\nI was unable to deliver your message to the following addresses:\n\n{ADDRESS}\n\nReason: 550 5.1.1 unknown\n", {},
    ),
    "Sophos": (
        "fail", "postmaster@sophos.example", "Undeliverable: Note",
        f"Delivery of your message to {ADDRESS} has failed.\n\n554 5.7.1 rejected by policy\n", {},
    ),
    "Lotus gateway, permanent": (
        "fail", "Mail Router <postmaster@notes.example>", "NON-DELIVERY of: Note",
        f"Failure of Delivery\n\nYour message was not delivered to {ADDRESS} because: recipient unknown\n", {},
    ),
    "Mercury": (
        "fail", "Electronic Postmaster <postmaster@mercury.example>", "Postmaster Notify: Delivery Failure.",
        f"With reference to your message with the subject:\n   \"Note\"\n\nOne or more addresses in your message have failed with the following\nresponses:\n\n"
        f"   <{ADDRESS}>: SMTP host replied 550 unknown\n\nThe message could not be delivered.\n", {},
    ),
    "AOL of old": (
        "fail", "Mail Delivery Subsystem <MAILER-DAEMON@aol.example>", "Returned mail: User unknown",
        f"   ----- The following addresses had delivery problems -----\n<{ADDRESS}>  (unrecoverable error)\n\n550 REGISTRY IS NOT ACCEPTING MAIL FROM THIS SENDER\n", {},
    ),
}  # fmt: skip

DELAYS: dict[str, Form] = {
    "Postfix, delayed": (
        "delay", DAEMON, "Delayed Mail (still being retried)",
        "####################################################################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n"
        "####################################################################\n\nYour message could not be delivered for more than 4 hour(s).\n"
        f"It will be retried until it is 5 day(s) old.\n\n<{ADDRESS}>: connect to mx.mfa.example[192.0.2.7]:25: Connection timed out\n", {},
    ),
    "Exim, delayed": (
        "delay", "Mail Delivery System <Mailer-Daemon@relay.example>", "Warning: message 1tP4xY-0003Bc delayed 24 hours",
        "This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\n"
        f"recipients after more than 24 hours on the queue.\n\nThe address to which the message has not yet been delivered is:\n\n  {ADDRESS}\n"
        "    Delay reason: SMTP error from remote mail server: 550-greylisted 451 4.7.1 try later\n\n"
        "No action is required on your part. Delivery attempts will continue for\nsome time.\n", {},
    ),
    "Gmail, delayed": (
        "delay", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Delay)",
        f"** Delivery incomplete **\n\nThere was a temporary problem delivering your message to {ADDRESS}. Gmail will retry for 46 more hours. "
        "You'll be notified if the delivery fails permanently.\n\nThe response was:\n\n451 4.7.1 Greylisted\n", {},
    ),
    "Gmail, delayed, Russian": (
        "delay", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Delay)",
        f"** Сообщение пока не доставлено **\n\nПри доставке сообщения на адрес {ADDRESS} возникла временная проблема. Попытки отправки будут "
        "повторяться в течение 46 ч. Если сообщение не удастся доставить, вы получите уведомление.\n", {},
    ),
    "Exchange, delayed, Russian": (
        "delay", OUTLOOK, "Доставка отложена: Нота",
        f"Доставка этим получателям или группам отложена:\n\n{ADDRESS}\n\nЭто сообщение еще не доставлено. Попытки доставки сообщения будут продолжаться.\n", {},
    ),
    "Exchange, delayed, French": (
        "delay", OUTLOOK, "Remise différée : Note",
        f"La remise à ces destinataires ou groupes est différée :\n\n{ADDRESS}\n\nCe message n’a pas encore été remis. Les tentatives de remise vont se poursuivre.\n", {},
    ),
    "Exchange, delayed, Spanish": (
        "delay", OUTLOOK, "Entrega demorada: Nota",
        f"La entrega a estos destinatarios o grupos se ha demorado:\n\n{ADDRESS}\n\nEste mensaje aún no se ha entregado. Se continuará intentando entregar el mensaje.\n", {},
    ),
    "Exchange, delayed, German": (
        "delay", OUTLOOK, "Zustellung verzögert: Note",
        f"Die Zustellung an folgende Empfänger oder Gruppen ist verzögert:\n\n{ADDRESS}\n\nDiese Nachricht wurde noch nicht zugestellt. Es wird weiterhin versucht, sie zuzustellen.\n", {},
    ),
    "Exchange, delayed, Portuguese": (
        "delay", OUTLOOK, "Entrega atrasada: Nota",
        f"A entrega para estes destinatários ou grupos está atrasada:\n\n{ADDRESS}\n\nEsta mensagem ainda não foi entregue. As tentativas de entrega continuarão.\n", {},
    ),
    "Exchange, delayed, Chinese": (
        "delay", OUTLOOK, "传递延迟: 照会",
        f"向这些收件人或组的传递已延迟:\n\n{ADDRESS}\n\n此邮件尚未传递。将继续尝试传递。\n", {},
    ),
    "Exchange, delayed, Arabic": (
        "delay", OUTLOOK, "تأخر التسليم: مذكرة",
        f"تأخر التسليم إلى هؤلاء المستلمين أو المجموعات:\n\n{ADDRESS}\n\nلم يتم تسليم هذه الرسالة بعد. ستستمر محاولات تسليم الرسالة.\n", {},
    ),
    "Exchange, delayed, Kazakh": (
        "delay", OUTLOOK, "Жеткізу кешіктірілді: Нота",
        f"Мына алушыларға немесе топтарға жеткізу кешіктірілді:\n\n{ADDRESS}\n\nХабарлама әлі жеткізілмеді. Жеткізу әрекеттері жалғасады.\n", {},
    ),
    "Exchange, delayed, Turkish": (
        "delay", OUTLOOK, "Teslim gecikti: Nota",
        f"Şu alıcılara veya gruplara teslim gecikti:\n\n{ADDRESS}\n\nBu ileti henüz teslim edilmedi. Teslim etme denemeleri sürdürülecek.\n", {},
    ),
    "Yandex, delayed": (
        "delay", "mailer-daemon@yandex.example", "Задержка доставки письма",
        f"Ваше письмо до сих пор не доставлено, но мы продолжаем попытки.\n\n<{ADDRESS}>: 451 4.7.1 greylisted\n", {},
    ),
    "mail.ru, delayed": (
        "delay", "mailer-daemon@corp.mail.example", "Письмо пока не доставлено",
        f"Ваше письмо ещё не доставлено получателю:\n\n  {ADDRESS}\n\nСервер повторит попытку. Повторно отправлять письмо не нужно.\n", {},
    ),
    "Cisco gateway, delayed": (
        "delay", "Mail Delivery System <MAILER-DAEMON@ironport.example>", "Delivery Status Notification (Delay)",
        f"The following message to <{ADDRESS}> was delayed.\nThe reason for the problem:\n4.1.0 - Unknown address error 450-'greylisted'\n", {},
    ),
    "GroupWise, delayed": (
        "delay", POSTMASTER, "Message status - delayed",
        f"The message that you sent is delayed to the following:\n\t{ADDRESS} (host busy)\n", {},
    ),
    "Domino, delayed": (
        "delay", POSTMASTER, "DELIVERY DELAYED: Note",
        f"Your message\n\n  Subject: Note\n\nhas not been delivered yet to:\n\n  {ADDRESS}\n\nbecause:\n\n  Connection timed out\n\nThe router will continue to try to deliver it.\n", {},
    ),
    "Mimecast, delayed": (
        "delay", "postmaster@mimecast.example", "[Postmaster] Email Delivery Delay",
        f"This is a delivery delay notification message indicating that\nan email you addressed to email address :\n-- {ADDRESS}\n\nhas been delayed for more than 4 hours. "
        "We will continue to try to deliver it.\n", {},
    ),
    "sendmail, deferred": (
        "delay", "Mail Delivery Subsystem <MAILER-DAEMON@relay.example>", "Warning: could not send message for past 4 hours",
        "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n"
        f"    **********************************************\n\n   ----- The following addresses had transient non-fatal errors -----\n<{ADDRESS}>\n\n"
        "   ----- Transcript of session follows -----\n<mx>... Deferred: Connection timed out with mx.mfa.example.\nWarning: message still undelivered after 4 hours\n"
        "Will keep trying until message is 5 days old\n", {},
    ),
    "Haraka, delayed": (
        "delay", "MAILER-DAEMON@haraka.example", "delayed message",
        f"Your message to the following recipient is delayed and will be tried again:\n\n<{ADDRESS}>: 451 greylisted\n", {},
    ),
    "OpenSMTPD, delayed": (
        "delay", "Mailer Daemon <MAILER-DAEMON@opensmtpd.example>", "Delivery status notification: warning",
        "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    A message is delayed for more than 4 hours for the following\n    list of recipients:\n\n"
        f"{ADDRESS}: 421 try again\n\n    Please note that this is only a temporary failure report.\n    The message is kept in the queue for up to 5 days.\n    You DO NOT NEED to re-send the message to these recipients.\n", {},
    ),
    "a host that says quota later": (
        "delay", DAEMON, "Delayed mail",
        f"<{ADDRESS}>: host mx said: 452 4.2.2 mailbox full\n\nYour message has not been delivered yet. It remains in the queue.\n", {},
    ),
    "Italian, delayed": (
        "delay", "MAILER-DAEMON@libero.example", "Consegna ritardata",
        f"Il messaggio non è stato ancora consegnato a:\n\n{ADDRESS}\n\nIl sistema continuerà a tentare la consegna.\n", {},
    ),
    "Polish, delayed": (
        "delay", "MAILER-DAEMON@poczta.example", "Opóźnione dostarczenie wiadomości",
        f"Wiadomość nie została jeszcze dostarczona do:\n\n{ADDRESS}\n\nSerwer będzie ponawiał próby.\n", {},
    ),
    "Ukrainian, delayed": (
        "delay", "mailer-daemon@ukr.example", "Затримка доставки",
        f"Ваш лист ще не доставлено:\n\n{ADDRESS}\n\nСпроби доставки триватимуть.\n", {},
    ),
    "Japanese, delayed": (
        "delay", "MAILER-DAEMON@jp.example", "配信遅延のお知らせ",
        f"次の宛先へのメールはまだ配信されていません。\n\n<{ADDRESS}>\n\n配信の再試行を続けます。\n", {},
    ),
}  # fmt: skip

GOOD: dict[str, Form] = {
    "Exchange, delivered": (
        "ok", OUTLOOK, "Delivered: Note",
        f"Your message has been delivered to the following recipients:\n\n{ADDRESS}\n\nSubject: Note\n", {},
    ),
    "Exchange, relayed": (
        "ok", OUTLOOK, "Relayed: Note",
        f"Delivery to these recipients or groups is complete, but no delivery notification was sent by the destination server:\n\n{ADDRESS}\n\nSubject: Note\n", {},
    ),
    "Exchange, expanded": (
        "ok", OUTLOOK, "Expanded: Note",
        f"The following distribution group has been expanded:\n\n{ADDRESS}\n\nSubject: Note\n", {},
    ),
    "Exchange, delivered, Russian": (
        "ok", OUTLOOK, "Доставлено: Нота",
        f"Ваше сообщение доставлено следующим получателям:\n\n{ADDRESS}\n\nТема: Нота\n", {},
    ),
    "Exchange, relayed, Russian": (
        "ok", OUTLOOK, "Ретранслировано: Нота",
        f"Доставка для этих получателей или групп завершена, но целевой сервер не отправил уведомление о доставке:\n\n{ADDRESS}\n", {},
    ),
    "Exchange, delivered, French": (
        "ok", OUTLOOK, "Remis : Note",
        f"Votre message a été remis aux destinataires suivants :\n\n{ADDRESS}\n", {},
    ),
    "Exchange, relayed, French": (
        "ok", OUTLOOK, "Relayé : Note",
        f"La remise à ces destinataires ou groupes est terminée, mais aucune notification de remise n'a été envoyée par le serveur de destination :\n\n{ADDRESS}\n", {},
    ),
    "Exchange, delivered, German": (
        "ok", OUTLOOK, "Zugestellt: Note",
        f"Ihre Nachricht wurde den folgenden Empfängern zugestellt:\n\n{ADDRESS}\n", {},
    ),
    "Exchange, delivered, Spanish": (
        "ok", OUTLOOK, "Entregado: Nota",
        f"El mensaje se entregó a los siguientes destinatarios:\n\n{ADDRESS}\n", {},
    ),
    "Exchange, delivered, Portuguese": (
        "ok", OUTLOOK, "Entregue: Nota",
        f"Sua mensagem foi entregue aos seguintes destinatários:\n\n{ADDRESS}\n", {},
    ),
    "Exchange, delivered, Chinese": (
        "ok", OUTLOOK, "已送达: 照会", f"您的邮件已传递给以下收件人:\n\n{ADDRESS}\n", {},
    ),
    "Exchange, delivered, Arabic": (
        "ok", OUTLOOK, "تم التسليم: مذكرة", f"تم تسليم رسالتك إلى المستلمين التالين:\n\n{ADDRESS}\n", {},
    ),
    "Exchange, delivered, Kazakh": (
        "ok", OUTLOOK, "Жеткізілді: Нота", f"Хабарламаңыз келесі алушыларға жеткізілді:\n\n{ADDRESS}\n", {},
    ),
    "sendmail, receipt": (
        "ok", "Mail Delivery Subsystem <MAILER-DAEMON@relay.example>", "Return receipt",
        "The original message was received at Mon, 3 Mar 2025 09:00:00 GMT\n\n   ----- The following addresses had successful delivery notifications -----\n"
        f"<{ADDRESS}>  (relayed to non-DSN-aware mailer)\n\n   ----- Transcript of session follows -----\n<{ADDRESS}>... relayed; expect no further notifications\n", {},
    ),
    "Postfix, success": (
        "ok", DAEMON, "Successful Mail Delivery Report",
        "This is the mail system at host relay.example.\n\nYour message was successfully delivered to the destination(s)\nlisted below. If the message was delivered to mailbox you will\n"
        "receive no further notifications. Otherwise you may still receive\nnotifications of mail delivery errors from other systems.\n\n"
        f"<{ADDRESS}>: delivery via mx.mfa.example[192.0.2.7]:25: 250 2.0.0 Ok: queued as 4ABC\n", {},
    ),
    "qmail, receipt": (
        "ok|auto|unknown", "MAILER-DAEMON@relay.example", "success notice",
        f"Hi! This is the qmail-send program. Your message to the following address was delivered.\n\n<{ADDRESS}>: ok\n", {},
    ),
    "Exim, success": (
        "ok", "Mail Delivery System <Mailer-Daemon@relay.example>", "Delivery Status Notification",
        f"This message was created automatically by mail delivery software.\n ----- The following addresses had successful delivery notifications -----\n <{ADDRESS}> (relayed via non DSN router)\n", {},
    ),
    "Domino, delivered": (
        "ok|auto|unknown", POSTMASTER, "DELIVERED: Note", f"Your message\n\n  Subject: Note\n\nwas successfully delivered to:\n\n  {ADDRESS}\n", {},
    ),
    "GroupWise, delivered": (
        "ok|auto|unknown", POSTMASTER, "Message status - delivered", f"The message that you sent was delivered to the following:\n\t{ADDRESS}\n", {},
    ),
    "iCloud, delivered": (
        "ok", "MAILER-DAEMON@icloud.example", "Delivery Notification: Delivery has been successful",
        "This report relates to a message you sent with the following header fields:\n\n  Subject: Note\n\nYour message has been successfully delivered to the following recipients:\n\n"
        f"  Recipient address: {ADDRESS}\n", {},
    ),
}  # fmt: skip

ASIDE: dict[str, Form] = {
    "quota notice of one's own mailbox": (
        SIDE, "System Administrator <postmaster@secretariat.example>", "Your mailbox is over its size limit",
        "Your mailbox is full.\n\nYou cannot send or receive mail until you reduce your mailbox size.\n", {},
    ),
    "mailbox nearly full": (
        SIDE, "Mail System <postmaster@secretariat.example>", "Mailbox almost full",
        "Your mailbox is almost full: 95 % used. When the mailbox is full, mail for you is being returned to its senders.\n", {},
    ),
    "mailbox quota, Russian": (
        SIDE, "postmaster@secretariat.example", "Переполнение почтового ящика", "Ваш почтовый ящик почти полон. Новые письма могут быть не доставлены.\n", {},
    ),
    "challenge": (
        SIDE, REGISTRY, "Please confirm your message to registry",
        "Your message has not been delivered: your address is unknown to us. Click the link to have it delivered; otherwise it will be deleted.\n", PROGRAM,
    ),
    "challenge without a header": (
        SIDE, "spam filter <verify@filter.example>", "Re: Note [confirm]",
        f"Your message to {ADDRESS} was not delivered because you are not known. Reply to this message and it will be delivered.\n", ANSWER,
    ),
    "moderation": (
        SIDE, "notes-bounces@lists.mfa.example", "Your message to Notes awaits moderator approval",
        "Your mail to 'Notes' with the subject\n\n    Note\n\nIs being held until the list moderator can review it for approval.\n", {"precedence": "bulk"},
    ),
    "quarantine notice": (
        SIDE, "quarantine@gateway.example", "Message quarantined: Note",
        f"A message to {ADDRESS} has been quarantined. The recipient may release it; nothing is to be done.\n", {},
    ),
    "digest of a quarantine": (
        SIDE, "quarantine@gateway.example", "Quarantine digest: 3 messages",
        "These messages were blocked in your quarantine:\n\nundeliverable mail from x@y.example\nnote from z@y.example\n", {},
    ),
    "DMARC report": (
        SIDE, "noreply-dmarc-support@google.example", "Report domain: secretariat.example Submitter: google.example Report-ID: 1234",
        "This is an aggregate report.\n", {},
    ),
    "TLS report": (SIDE, "tlsrpt@outlook.example", "Report Domain: secretariat.example Submitter: outlook.example", "TLS report\n", {}),
    "ticket": (
        SIDE, "Help Desk <helpdesk@mfa.example>", "[#8812] Note received", "Your request has been registered under 8812. Please do not reply.\n", PROGRAM,
    ),
    "ticket, Russian": (
        SIDE, "Канцелярия <office@mfa.example>", "Ваше обращение зарегистрировано", "Ваше обращение получено и зарегистрировано за № 55.\n", PROGRAM,
    ),
    "mailbox moved": (
        SIDE, REGISTRY, "Automatic reply: Note", "This mailbox is no longer in use and messages to it are not delivered to anybody. Please write to notes@foreign.example.\n", PROGRAM,
    ),
    "mailbox moved, without a header": (
        SIDE, REGISTRY, "Our address has changed", "Dear colleague,\nthis address is no longer valid. Please use notes@foreign.example.\n", ANSWER,
    ),
    "vacation, Russian": (SIDE, PERSON, "Автоматический ответ: Нота", "Я в отпуске до 15 марта. Письма не пересылаются и не будут доставлены.\n", {}),
    "vacation, Kazakh": (SIDE, PERSON, "Автоматты жауап: Нота", "Мен демалыстамын. Хаттар жеткізілмейді.\n", PROGRAM),
    "vacation, French": (SIDE, PERSON, "Réponse automatique : Note", "Je suis absente. Votre message n'a pas été transmis.\n", {}),
    "vacation, Spanish": (SIDE, PERSON, "Respuesta automática: Nota", "Estoy fuera. Su mensaje no será entregado a nadie.\n", {}),
    "vacation, Chinese": (SIDE, PERSON, "自动答复: 照会", "我正在休假，邮件不会被转发。\n", {}),
    "vacation, Arabic": (SIDE, PERSON, "رد تلقائي: مذكرة", "أنا خارج المكتب. لن يتم تسليم الرسائل.\n", {}),
    "vacation, German": (SIDE, PERSON, "Automatische Antwort: Note", "Ich bin nicht im Büro. Ihre Nachricht wird nicht zugestellt oder weitergeleitet.\n", {}),
    "vacation, Persian": (SIDE, PERSON, "پاسخ خودکار: یادداشت", "من در مرخصی هستم.\n", {}),
    "vacation, Mongolian": (SIDE, PERSON, "Автомат хариу: Нот", "Би амралттай байна.\n", PROGRAM),
    "vacation, Uzbek": (SIDE, PERSON, "Avtomatik javob: Nota", "Men ta'tildaman.\n", PROGRAM),
    "vacation, Thai": (SIDE, PERSON, "ตอบกลับอัตโนมัติ: หมายเหตุ", "ไม่อยู่ที่สำนักงาน\n", {}),
    "vacation, Vietnamese": (SIDE, PERSON, "Trả lời tự động: Công hàm", "Tôi đang nghỉ phép.\n", PROGRAM),
    "vacation, Hindi": (SIDE, PERSON, "स्वचालित उत्तर: नोट", "मैं अवकाश पर हूँ।\n", {}),
    "vacation, Hebrew": (SIDE, PERSON, "תשובה אוטומטית: איגרת", "אני בחופשה.\n", {}),
    "vacation, Azerbaijani": (SIDE, PERSON, "Avtomatik cavab: Nota", "Məzuniyyətdəyəm.\n", PROGRAM),
    "vacation, sent by a daemon's address": (
        SIDE, f"Registry <{ADDRESS}>", "Out of office: Note", "The office is closed. Mail is not delivered on holidays.\n", {"return_path": "<>", "precedence": "bulk"},
    ),
    "vacation from a postmaster": (
        SIDE, "Postmaster <postmaster@mfa.example>", "Automatic reply: Note", "This mailbox is not read. Your message was not delivered to a person.\n", PROGRAM,
    ),
    "left the ministry": (
        SIDE, PERSON, "Auto: Note", "Ms Sadykova no longer works here; the account has been disabled. Write to registry2@mfa.example.\n", PROGRAM,
    ),
    "person on an annex": (
        "unknown", PERSON, "Re: Note No. TTF/374", "Thank you. We could not open the annex: delivery failed to find the annex on page 3.\n", ANSWER,
    ),
    "person on a returned copy": (
        "unknown", PERSON, "RE: Note", "The copy to our embassy was returned to sender: user unknown. Please correct embassy@mfa.example.\n", ANSWER,
    ),
    "person, Russian, no prefix": (
        "unknown", PERSON, "Недоставленная нота", "Уважаемые коллеги!\nНота не была доставлена в посольство embassy@mfa.example.\n", {},
    ),
    "person, French": ("unknown", PERSON, "TR: Note", "La note n'a pas pu être remise à notre ambassade.\n", {}),
    "person, Chinese": ("unknown", PERSON, "答复: 照会", "照会无法送达我们的使馆 embassy@mfa.example。\n", ANSWER),
    "person who acknowledges": ("unknown", PERSON, "Re: Note", "The Embassy acknowledges receipt of the note.\n", ANSWER),
    "person with a subject of failure": (
        "unknown", PERSON, "Delivery failed", "Good morning,\nyour courier's delivery failed yesterday: the parcel came back.\n", {},
    ),
    "person from root": ("unknown", "root@mfa.example", "Note", "Hello,\nwe got the note. Our old mailbox is full, use this one.\n", {}),
    "postmaster who writes himself": (
        "unknown", "Postmaster <postmaster@mfa.example>", "Re: your question about undelivered mail",
        "Dear colleague,\n\nthe message to registry@mfa.example was rejected by our filter on Monday; it is now allowed.\n", ANSWER,
    ),
    "Domino, read receipt in words": (
        SIDE, PERSON, "Return Receipt", "Your document:\n\tNote\nwas received by:\n\tAigerim Sadykova/MFA\nat:\n\t03.03.2025 09:00\n", {},
    ),
    "Outlook, read": (SIDE, PERSON, "Read: Note", "Your message\n\n   To: Registry\n   Subject: Note\n\nwas read on Monday.\n", {}),
    "Outlook, not read": (SIDE, PERSON, "Not read: Note", "Your message\n\n   To: Registry\n   Subject: Note\n\nwas deleted without being read on Monday.\n", {}),
    "Outlook, not read, Russian": (SIDE, PERSON, "Не прочтено: Нота", "Сообщение\n\n  Кому: Канцелярия\n\nудалено без прочтения.\n", {}),
    "Outlook, read, German": (SIDE, PERSON, "Gelesen: Note", "Ihre Nachricht wurde am Montag gelesen.\n", {}),
    "GroupWise, opened": (SIDE, "Registry <registry@mfa.example>", "Read: Note", "The message was opened by Registry.\n", {}),
    "recall": (SIDE, PERSON, "Recall: Note", "The sender would like to recall the message, \"Note\".\n", {}),
    "recall failed": (SIDE, OUTLOOK, "Message Recall Failure: Note", "Your message\n\n  To: registry\n\ncould not be recalled.\n", {}),
    "calendar, accepted": (SIDE, PERSON, "Accepted: Meeting", "Aigerim accepted.\n", {}),
    "calendar, declined": (SIDE, PERSON, "Declined: Meeting", "The invitation was rejected by Aigerim.\n", {}),
    "log of a host": (SIDE, "root@relay.example", "Logwatch for relay", "postfix: 3 messages could not be delivered\n 550 5.1.1 user unknown: 2 times\n", {}),
    "cron": (SIDE, "Cron Daemon <root@relay.example>", "Cron <root@relay> backup", "error: could not send mail: delivery failed\n", {"auto_submitted": "auto-generated"}),
    "newsletter": (SIDE, "news@mail.example", "Undelivered promises", "Why diplomacy could not deliver. Read more.\n", {"precedence": "bulk"}),
    "phish": (SIDE, "Mail Administrator <admin@phish.example>", "3 undelivered messages", "You have 3 undelivered messages. Your mailbox is full. Log in to release them.\n", {}),
}  # fmt: skip

ASIDE |= {
    "challenge, French": (
        SIDE, "noreply@inblack.example", "Message en attente d'authentification",
        f"Votre message n'a pas été remis à {ADDRESS}.\n\nPour que votre message soit délivré, veuillez cliquer sur ce lien.\n", {},
    ),
    "challenge of a service": (
        SIDE, "no-reply@box.example", "Your message to Registry is waiting",
        f"Your message to {ADDRESS} has not been delivered yet.\nPlease verify that you are a person.\n", {},
    ),
    "held by a sandbox": (
        f"{SIDE}|delay", "postmaster@gateway.example", "Message held: Note",
        f"Your message to {ADDRESS} is being held for inspection and will be delivered when it is found clean.\n", {},
    ),
    "annex taken off, the rest delivered": (
        f"{SIDE}|ok", POSTMASTER, "Вложение удалено", f"Вложение вашего письма для {ADDRESS} удалено. Само письмо доставлено получателю.\n", {},
    ),
    "quota of somebody": (
        SIDE, POSTMASTER, "Warning: your mailbox quota",
        f"Dear user,\nthe mailbox {ADDRESS} is at 95% of its quota. Quota exceeded mailboxes cannot receive mail.\n", {},
    ),
    "list disables a member": (
        SIDE, "notes-bounces@lists.example", "Bounce action notification",
        f"This is a mailing list bounce action notice:\n  Member: {ADDRESS}\n  Action: Subscription disabled.\n  Reason: Excessive or fatal bounces.\n", {},
    ),
    "person at a postmaster's address": (
        "unknown", "Ivan Petrov <postmaster@mfa.example>", "Your note",
        f"We have found why your note could not be delivered to {ADDRESS} on Monday: a rule of ours. It is delivered now. Ivan\n", ANSWER,
    ),
    "administrator who tells of Monday": (
        "unknown", "IT <administrator@mfa.example>", "Our mail server",
        f"On Monday our server was down and mail could not be delivered to {ADDRESS}. Please send the note again.\n", {},
    ),
    "administrator who tells of a migration": (
        "unknown", "Postmaster <postmaster@mfa.example>", "Migration of mailboxes",
        f"Mailboxes move on 5 March. During that time messages will not be delivered to {ADDRESS} at once but will be queued.\n", {},
    ),
    "person, Kazakh": ("unknown", PERSON, "Нота жеткізілмеді", "Нота елшілікке жеткізілмеді: embassy@mfa.example\n", {}),
    "person, Chinese, a failure's subject": ("unknown", PERSON, "照会无法送达", "照会无法送达 embassy@mfa.example\n", {}),
    "person who asks": (
        "unknown", PERSON, "undeliverable", f"{ADDRESS}\n550 5.1.1 user unknown\n\nthis came back, what now?\n", {},
    ),
    "office called as mailers are": (
        "unknown", '"Mail Delivery Subsystem of the Ministry" <couriers@mfa.example>', "Re: Note",
        "Dear colleagues, the parcel could not be delivered to embassy@mfa.example.\n", ANSWER,
    ),
}  # fmt: skip

WILD = FAILURES | DELAYS | GOOD | ASIDE
