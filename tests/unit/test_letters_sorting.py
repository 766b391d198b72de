"""Lists of states: each language by its own alphabet and rules."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.letters import profile
from workflow.letters.sorting import Sorting

LISTS = {
    # Word by word, marks and case do not count.
    "fr": (
        "Côte d'Ivoire Cuba Égypte Émirats_arabes_unis Équateur Érythrée Espagne Guinée Guinée-Bissau "
        "Guinée_équatoriale Œsterholm Ouganda République_de_Corée République_de_Moldova "
        "République_démocratique_du_Congo République_dominicaine République-Unie_de_Tanzanie"
    ).replace("Côte d'", "Côte_d'"),
    # Ñ is a letter of its own after N; ll and ch are two letters each.
    "es": (
        "Chile China Colombia Cuba Níger Nigeria Nunavia Ñandubay Ñuble Omán República_de_Corea "
        "República_de_Moldova República_Democrática_del_Congo República_Dominicana Zambia"
    ),
    "kk": (
        "Австрия Ауғанстан Әзербайжан Бангладеш Вьетнам Гүржістан Ғана Қазақстан Қырғызстан Лаос "
        "Өзбекстан Палестина Үндістан Ірландия"
    ),
    # Ё counts as Е.
    "ru": "Армения Ёркино Ерофеево Ершово Йемен Казахстан Корейская_Республика",
    # The article does not count, nor do the marks of an alif.
    "ar": "الاتحاد_الروسي أذربيجان الأردن أرمينيا إسبانيا الإمارات_العربية_المتحدة إندونيسيا بنغلاديش تايلند الجزائر الصين فييت_نام كازاخستان مصر الهند اليمن",
    # By the sound of the characters.
    "zh": "阿富汗 埃及 巴西 秘鲁 博茨瓦纳 大韩民国 俄罗斯联邦 梵蒂冈 斐济 哈萨克斯坦 柬埔寨 蒙古 瑙鲁 土耳其 越南 中国",
}


def sorting(code: str) -> Sorting:
    owner = "cica" if code == "kk" else "greffes"
    return profile.load(owner).languages[code].facts.sorting


@pytest.mark.parametrize("code", LISTS)
def test_a_list_goes_by_the_rules_of_its_language(code: str) -> None:
    meant = [name.replace("_", " ") for name in LISTS[code].split()]
    shuffled = list(meant)
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=sorting(code).key) == meant


@given(st.text(max_size=12), st.sampled_from(sorted(LISTS)))
def test_any_text_has_a_place_whatever_its_form(text: str, code: str) -> None:
    key = sorting(code).key
    assert key(unicodedata.normalize("NFD", text))[0] == key(unicodedata.normalize("NFC", text))[0]
