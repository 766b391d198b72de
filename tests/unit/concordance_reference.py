"""The reference note as it should have been sent, and the faults that it was sent with."""

from __future__ import annotations

RIGHT = {
    "en": """SECRETARIAT OF THE CONFERENCE ON INTERACTION
AND CONFIDENCE BUILDING MEASURES IN ASIA

№TTF/374

The Secretariat of the Conference on Interaction and Confidence Building Measures in Asia (CICA) presents its compliments to the CICA Member States and has the honour to forward herewith the Summary of the Ninth Meeting of the CICA Think Tank Forum (TTF), prepared by the Chair of the TTF – Shanghai Institutes for International Studies.

Enclosure:
as stated, on 8 p.

The outcome documents of the Meeting are available in the section "CICA Think Tank Forum" of the website of the Secretariat.

The Secretariat avails itself of this opportunity to renew to the CICA Member States the assurances of its highest consideration.

Nur-Sultan, 28 March 2022

MEMBER STATES
OF THE CONFERENCE ON INTERACTION
AND CONFIDENCE BUILDING MEASURES
IN ASIA
""",
    "ru": """СЕКРЕТАРИАТ СОВЕЩАНИЯ ПО ВЗАИМОДЕЙСТВИЮ
И МЕРАМ ДОВЕРИЯ В АЗИИ

№TTF/374

Приложение:
упомянутое,
на 8 л.

Секретариат Совещания по взаимодействию и мерам доверия в Азии (СВМДА) свидетельствует свое уважение государствам-членам СВМДА и имеет честь направить резюме 9-го заседания Форума аналитических центров СВМДА (ФАЦ), подготовленное председателем Форума – Шанхайским институтом международных исследований.

Итоговые документы заседания доступны в разделе «Форум аналитических центров СВМДА» веб-сайта Секретариата.

Секретариат пользуется случаем, чтобы возобновить государствам-членам СВМДА уверения в своем весьма высоком уважении.

город Нур-Султан, 28 марта 2022 г.

ГОСУДАРСТВА-ЧЛЕНЫ
СОВЕЩАНИЯ ПО ВЗАИМОДЕЙСТВИЮ И
МЕРАМ ДОВЕРИЯ В АЗИИ
""",
    "kk": """Қосымша:
аталған, 8 бет

Азиядағы өзара іс-қимыл және сенім шаралары кеңесінің (АӨСШК) Хатшылығы АӨСШК мүше мемлекеттеріне өзінің зор ілтипатын білдіре отырып, АӨСШК-тің Талдау орталықтары форумының (ТОФ) төрағасы – Шанхай халықаралық зерттеулер институты дайындаған ТОФ 9-отырысының түйіндемесін жіберуді өзіне мәртебе санайды.

Қорытынды құжаттар Хатшылық веб-сайтының «АӨСШК-тің Талдау орталықтары форумы» бөлімінде қолжетімді.

Хатшылық осы мүмкіндікті пайдалана отырып, АӨСШК мүше мемлекеттеріне өзінің зор ілтипатын тағы да растайды.

Нұр-Сұлтан қаласы, 2022 жылғы 28 наурыз

АЗИЯДАҒЫ ӨЗАРА ІС-ҚИМЫЛ ЖӘНЕ
СЕНІМ ШАРАЛАРЫ КЕҢЕСІНІҢ
МҮШЕ МЕМЛЕКЕТТЕРІ
""",
}

# language, what is right, what was sent, the type of the fault
FAULTS = [
    ("ru", "№TTF/374", "№ТТФ/374", "number-script"),
    ("ru", "направить резюме", "направить отчет", "enclosed-noun"),
    ("kk", "түйіндемесін", "қорытынды есебін", "enclosed-noun"),
    ("kk", "8 бет", "8 п", "page-unit"),
    ("kk", "дайындаған ТОФ 9-отырысының", "дайындаған 9-отырыстың", "meeting"),
    ("ru", "доступны", "также доступны", "availability"),
    ("kk", "қолжетімді.", "қолжетімді болады.", "availability"),
    ("kk", "дайындаған", "ұсынған", "act"),
    ("kk", "«АӨСШК-тің Талдау орталықтары", "«АӨСШК-тің талдау орталықтарының", "name-form"),
]
