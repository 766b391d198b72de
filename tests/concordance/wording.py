"""The words that the makers of faults exchange, per language.  Nothing here comes from the concordance."""

from __future__ import annotations

MONTHS = {
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    "ru": ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"],
    "kk": ["қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"],
    "fr": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
    "es": ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
    "ar": ["كانون الثاني/يناير", "شباط/فبراير", "آذار/مارس", "نيسان/أبريل", "أيار/مايو", "حزيران/يونيه", "تموز/يوليه", "آب/أغسطس", "أيلول/سبتمبر", "تشرين الأول/أكتوبر", "تشرين الثاني/نوفمبر", "كانون الأول/ديسمبر"],
    "zh": [f"年{month}月" for month in range(1, 13)],
}  # fmt: skip

# Each pair is (what stands in a correct note, what a fault puts there).
PLACES = {
    "en": [("Astana, ", "Almaty, "), ("Nur-Sultan, ", "Almaty, "), ("Geneva, ", "Vienna, "), ("Strasbourg, ", "Lyon, "), ("Vienna, ", "Geneva, "), ("Almaty, ", "Tashkent, "), ("Moscow, ", "Minsk, "), ("Rome, ", "Madrid, "), ("Cairo, ", "Rabat, "), ("New York, ", "Geneva, ")],
    "ru": [("город Астана", "город Алматы"), ("город Нур-Султан", "город Алматы"), ("Женева, ", "Вена, "), ("Вена, ", "Женева, "), ("Алматы, ", "Ташкент, "), ("Москва, ", "Минск, "), ("Рим, ", "Мадрид, "), ("Нью-Йорк, ", "Женева, ")],
    "kk": [("Астана қаласы", "Алматы қаласы"), ("Нұр-Сұлтан қаласы", "Алматы қаласы"), ("Женева, ", "Вена, "), ("Вена, ", "Женева, "), ("Алматы қаласы", "Ташкент қаласы"), ("Мәскеу, ", "Минск, ")],
    "fr": [("Strasbourg, ", "Lyon, "), ("Rome, ", "Madrid, "), ("Le Caire, ", "Rabat, ")],
    "es": [("Estrasburgo, ", "Lyon, ")],
    "ar": [("القاهرة، ", "الرباط، ")],
    "zh": [("纽约，", "日内瓦，")],
}  # fmt: skip
STATES = {
    "en": [("Thailand", "Cambodia"), ("Uzbekistan", "Tajikistan"), ("Kyrgyzstan", "Kazakhstan"), ("Nepal", "India"), ("Germany", "Austria"), ("Poland", "Latvia"), ("Peru", "Chile"), ("Sudan", "Chad"), ("Belgium", "Spain"), ("Iran", "Iraq")],
    "ru": [("Таиланд", "Камбоджу"), ("Узбекистаном", "Таджикистаном"), ("Кыргызстане", "Казахстане"), ("Непала", "Индии"), ("Польша", "Латвия"), ("Перу", "Чили"), ("Ирана", "Ирака")],
    "kk": [("Таиландтан", "Камбоджадан"), ("Өзбекстан ", "Тәжікстан "), ("Қырғызстанда", "Қазақстанда"), ("Непал", "Үндістан"), ("Польша", "Латвия")],
    "fr": [("l'Allemagne", "l'Autriche"), ("Pérou", "Chili"), ("Soudan", "Tchad"), ("la Belgique", "l'Espagne")],
    "es": [("Alemania", "Austria"), ("Bélgica", "España")],
    "ar": [("السودان", "تشاد")],
    "zh": [("伊朗", "伊拉克")],
}  # fmt: skip
INSTITUTIONS = {
    "en": [("CICA Think Tank Forum", "CICA Senior Officials Committee"), ("CICA Senior Officials Committee", "CICA Think Tank Forum"), ("Aktal Institute of Glaciology", "Mirzan Academy of Sciences"), ("Council of Harbour Masters", "Board of Ship Owners")],
    "ru": [("Форума аналитических центров СВМДА", "Комитета старших должностных лиц СВМДА"), ("Комитета старших должностных лиц СВМДА", "Форума аналитических центров СВМДА"), ("Акталский институт гляциологии", "Мирзанскую академию наук"), ("Акталским институтом гляциологии", "Мирзанской академией наук")],
    "kk": [("АӨСШК-тің Талдау орталықтары форумы (ТОФ)", "АӨСШК-тің Аға лауазымды тұлғалар комитеті (ТОФ)"), ("Ақтал гляциология институтына", "Мырзан ғылым академиясына"), ("Ақтал гляциология институты ", "Мырзан ғылым академиясы ")],
    "fr": [("Conseil des capitaines de port", "Bureau des armateurs")],
    "es": [("Consejo de Capitanes de Puerto", "Junta de Navieros")],
}  # fmt: skip
FORMS = {
    "en": [("Snow Measurement Panel", "Panel on the Measurement of Snow"), ("Council of Harbour Masters", "Harbour Masters Council"), ("CICA Think Tank Forum", "Forum of CICA Think Tanks")],
    "ru": [("Группы по измерению снега", "Группы по замерам снега"), ("Форума аналитических центров СВМДА", "Форума мозговых центров")],
    "kk": [("Қарды өлшеу тобының", "Қар өлшеу жөніндегі топтың"), ("Талдау орталықтары форумы", "талдау орталықтарының форумы")],
    "fr": [("Conseil des capitaines de port", "Conseil des maîtres de port")],
    "es": [("Consejo de Capitanes de Puerto", "Consejo de Jefes de Puerto")],
}  # fmt: skip
NOUNS = {
    "en": [("the report of", "the summary of"), ("provisional agenda", "declaration"), ("the minutes of", "the report of"), ("the work plan", "the budget"), ("the guidelines of", "the recommendations of"), ("the programme of", "the list of"), ("the questionnaire on", "the report on"), ("the schedule of", "the list of"), ("the list of", "the text of"), ("the decision of", "the resolution of"), ("the concept note", "the report")],
    "ru": [("направить отчет", "направить резюме"), ("предварительную повестку дня", "декларацию"), ("препроводить протокол заседания", "препроводить отчет"), ("план работы", "бюджет"), ("направить программу", "направить список"), ("вопросник", "доклад"), ("график", "перечень"), ("перечень", "текст"), ("концептуальную записку", "декларацию")],
    "kk": [("отырысының есебін", "отырысының түйіндемесін"), ("алдын ала күн тәртібін", "декларациясын"), ("отырыс хаттамасын", "отырыс есебін"), ("жұмыс жоспарын", "бюджетін"), ("бағдарламасын", "тізімін"), ("сауалнаманы", "баяндаманы"), ("кестесін", "тізімін")],
    "fr": [("les lignes directrices", "les recommandations"), ("la liste de", "le texte de"), ("la décision de", "la résolution de"), ("le rapport de", "le résumé de")],
    "es": [("las directrices de", "las recomendaciones de"), ("el informe de", "el resumen de")],
    "ar": [("بإحالة مقرر", "بإحالة تقرير")],
    "zh": [("概念说明", "报告")],
}  # fmt: skip
ACTS = {
    "en": [("prepared by", "submitted by"), ("submitted by", "prepared by"), ("adopted", "signed"), ("approved by", "received by"), ("drafted by", "approved by"), ("compiled by", "approved by")],
    "ru": [("подготовленн", "утвержденн"), ("представленную", "подготовленную"), ("принятый", "подписанный"), ("утвержденный", "полученный"), ("составленный", "одобренный")],
    "kk": [("дайындаған", "ұсынған"), ("ұсынған", "дайындаған"), ("қабылданған", "қол қойылған"), ("бекіткен", "алған"), ("құрастырған", "бекіткен")],
    "fr": [("adoptées", "signées"), ("établie", "approuvée"), ("adoptée", "signée"), ("présenté par", "approuvé par")],
    "es": [("adoptadas", "firmadas"), ("presentado por", "aprobado por")],
    "zh": [("编写", "核准")],
}  # fmt: skip
AVAILABILITY = {
    "en": [("are available", "will be available"), ("is available", "is also available"), ("will be available", "are available"), ("are available", "are also available")],
    "ru": [("будут доступны", "доступны"), ("доступны", "будут доступны"), ("доступна", "также доступна")],
    "kk": [("қолжетімді болады", "қолжетімді"), ("қолжетімді.", "қолжетімді болады.")],
    "fr": [("est disponible", "sera disponible"), ("sont disponibles", "seront disponibles")],
    "es": [("está disponible", "estará disponible"), ("están disponibles", "también están disponibles")],
    "ar": [("متاحة", "ستكون متاحة")],
}  # fmt: skip
OPENINGS = {
    "en": [("presents its compliments to", "writes to")],
    "ru": [("свидетельствует свое уважение", "шлет привет")],
    "kk": [("өзінің зор ілтипатын білдіре отырып", "сәлем жолдап")],
    "fr": [("présente ses compliments aux", "écrit aux")],
    "es": [("saluda atentamente a", "escribe a")],
    "ar": [("تهدي لجنة الأنهار المشتركة تحياتها إلى", "تكتب لجنة الأنهار المشتركة إلى")],
    "zh": [("致意，并", "写信，")],
}  # fmt: skip
CLOSINGS = {
    "en": [("highest consideration", "high consideration"), ("its high consideration", "its highest consideration")],
    "ru": [("весьма высоком уважении", "глубоком уважении"), ("своем высоком уважении", "своем весьма высоком уважении")],
    "kk": [("зор ілтипатын тағы", "терең құрметін тағы"), ("жоғары ілтипатын тағы", "зор ілтипатын тағы")],
    "fr": [("très haute considération", "considération distinguée")],
    "es": [("más alta consideración", "distinguida consideración")],
    "ar": [("أسمى آيات التقدير", "عظيم تقديرها")],
    "zh": [("最崇高的敬意", "敬意")],
}  # fmt: skip
CASES = {
    "ru": [("уважение государствам-членам", "уважение государств-членов"), ("возобновить государствам-членам", "возобновить государства-члены"), ("возобновить постоянным представительствам", "возобновить постоянных представительств"), ("возобновить правительствам", "возобновить правительств"), ("возобновить посольствам", "возобновить посольства"), ("уважение постоянным представительствам", "уважение постоянные представительства")],
    "kk": [("отырып, АӨСШК мүше мемлекеттеріне", "отырып, АӨСШК мүше мемлекеттерінің"), ("тұрақты өкілдіктерге", "тұрақты өкілдіктердің"), ("үкіметтерге", "үкіметтердің"), ("әкімшіліктерге өзінің зор ілтипатын тағы", "әкімшіліктерді өзінің зор ілтипатын тағы")],
}  # fmt: skip
ADDRESSEES = {
    "en": [("to the Permanent Missions the", "to the Member States the"), ("to the Embassies the", "to the Governments the"), ("to the Governments the", "to the Embassies the"), ("to the Member States the", "to the Observers the"), ("\nMEMBER STATES\n", "\nGOVERNMENTS\n"), ("\nPERMANENT MISSIONS", "\nEMBASSIES")],
    "ru": [("\nГОСУДАРСТВА-ЧЛЕНЫ\n", "\nПРАВИТЕЛЬСТВА\n"), ("\nПОСТОЯННЫЕ ПРЕДСТАВИТЕЛЬСТВА", "\nПОСОЛЬСТВА")],
    "fr": [("aux États membres les assurances", "aux Gouvernements les assurances"), ("aux Ambassades les assurances", "aux Gouvernements les assurances")],
    "es": [("a los Estados miembros las seguridades", "a los Gobiernos las seguridades")],
}  # fmt: skip
ORDINALS = {
    "en": [("Eleventh", "Twelfth"), ("7th", "8th"), ("Third Session", "Fourth Session"), ("Fifth Session", "Sixth Session"), ("twelfth session", "eleventh session"), ("4th Conference", "5th Conference"), ("twenty-first", "twenty-second"), ("sixteenth", "fifteenth"), ("second session", "third session"), ("eighth", "seventh")],
    "ru": [("одиннадцатого заседания", "двенадцатого заседания"), ("7-го", "9-го"), ("третьей сессии", "второй сессии"), ("пятая сессия", "шестая сессия"), ("4-й", "3-й"), ("двадцать первого", "двадцать третьего"), ("восьмого семинара", "девятого семинара")],
    "kk": [("он бірінші", "он үшінші"), ("7-отырысының", "6-отырысының"), ("үшінші", "төртінші"), ("бесінші", "алтыншы"), ("4-конференциясының", "5-конференциясының"), ("жиырма бірінші", "жиырма екінші")],
    "fr": [("douzième", "onzième"), ("seizième", "quinzième"), ("deuxième", "troisième")],
    "es": [("duodécima", "undécima"), ("segunda", "tercera")],
    "ar": [("السادس عشر", "الخامس عشر")],
    "zh": [("第八次", "第九次")],
}  # fmt: skip
DRAFTS = {
    "en": "DRAFT",
    "ru": "ПРОЕКТ",
    "kk": "ЖОБА",
    "fr": "PROJET",
    "es": "BORRADOR",
    "ar": "مسودة",
    "zh": "草稿",
}
ZONES = [("(UTC+5)", "(UTC+6)"), ("(GMT+3)", "(GMT+4)"), ("(UTC)", "(UTC+1)"), ("Geneva time", "Astana time"), ("женевскому времени", "московскому времени"), ("Женева уақытымен", "Мәскеу уақытымен"), ("local time", "Moscow time"), ("по местному времени", "по московскому времени")]  # fmt: skip
UNCLEAR = {"kk": [(" бет", " п")], "ru": [(" л.", " п.")]}
SENTENCES = {
    "en": "The Secretariat remains at the disposal of all for further questions.",
    "ru": "Секретариат остается в распоряжении всех для дальнейших вопросов.",
    "kk": "Хатшылық одан әрі туындайтын сұрақтарға жауап беруге дайын.",
    "fr": "Le Secrétariat reste à la disposition de tous pour toute autre question.",
    "es": "La Secretaría queda a disposición de todos para cualquier otra pregunta.",
    "ar": "وتظل الأمانة رهن إشارة الجميع للرد على أي أسئلة أخرى.",
    "zh": "如有其他问题，秘书处随时愿意解答，并欢迎各方来信来电。",
}
FOREIGN_QUOTES = {"en": "«»", "ru": '""', "kk": "“”", "fr": '""', "es": "„“", "ar": "„“", "zh": "«»"}
LOOKALIKES = {"Latin": ("aeopc", "аеорс"), "Cyrillic": ("аеорс", "aeopc")}
# The words of the glossaries, and the variants that these forbid.
FORBIDDEN = {
    "en": [("CICA Member States and", "CICA participating States and"), ("Replies go", "Responses go"), ("for 24 specialists", "for 24 experts"), ("Written observations", "Written remarks"), ("Nominations of", "Candidacies of"), ("sturgeon stocks", "sturgeon reserves"), ("Working languages", "Official languages"), ("Samples of", "Specimens of"), ("registration fee", "registration charge"), ("gauges in", "meters in")],
    "ru": [("государствам-членам СВМДА и", "странам-участницам СВМДА и"), ("Ответы направляются", "Отклики направляются"), ("для 24 специалистов", "для 24 экспертов"), ("запасах осетровых", "резервах осетровых"), ("Рабочие языки", "Официальные языки"), ("Образцы весом", "Экземпляры весом"), ("Регистрационный взнос", "Регистрационный сбор")],
    "kk": [("АӨСШК мүше мемлекеттеріне өзінің зор ілтипатын біл", "АӨСШК қатысушы мемлекеттеріне өзінің зор ілтипатын біл"), ("Жауаптар snow", "Жауапхаттар snow"), ("24 маманына", "24 сарапшысына"), ("бекіре қорлары", "бекіре резервтері"), ("Жұмыс тілдері", "Ресми тілдері"), ("Тіркеу жарнасы", "Тіркеу төлемі")],
    "fr": [("Les observations écrites", "Les remarques écrites"), ("Les candidatures", "Les nominations"), ("Des échantillons", "Des spécimens"), ("8 stations", "8 postes")],
    "es": [("Las observaciones escritas", "Los comentarios escritos"), ("Las candidaturas", "Las nominaciones")],
    "ar": [("محطات في", "مراصد في")],
}  # fmt: skip
