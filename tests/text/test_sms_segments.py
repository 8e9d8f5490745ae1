import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracaj.text.sms_segments import encoding, plain_letters, segments

BASIC = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./09:;<=>?¡AZÄÖÑÜ§¿azäöñüà\n\r"
EXTENSION = "^{}\\[~]|€\f"


@pytest.mark.parametrize("character", BASIC + EXTENSION)
def test_the_gsm_table(character: str) -> None:
    assert encoding(character) == "GSM-7"


@pytest.mark.parametrize("character", "ąćęłńóśźżçáÀ`„”–…\u00a0\t😀Ё\x1b")
def test_what_the_gsm_table_lacks(character: str) -> None:
    assert encoding(character) == "UCS-2"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # septets 153 and 154 would be the euro's: it moves to the second segment whole
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # 306 septets, but one stays empty
        ("ł" * 70, 1),
        ("ł" * 71, 2),
        ("ł" * 134, 2),
        ("ł" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("ł" * 66 + "😀" + "ł" * 65, 2),
        ("ł" * 66 + "😀" + "ł" * 66, 3),  # 134 units, but a surrogate pair is not split
    ],
)
def test_segments(text: str, count: int) -> None:
    assert segments(text) == count


def test_one_polish_letter_makes_the_whole_text_dear() -> None:
    assert (segments("a" * 160), segments("a" * 159 + "ą")) == (1, 3)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Zażółć gęślą jaźń ZAŻÓŁĆ GĘŚLĄ JAŹŃ", "Zazolc gesla jazn ZAZOLC GESLA JAZN"),
        ("„tak” – powiedział… ‘i’ «już»", '"tak" - powiedzial... \'i\' "juz"'),
        ("1\u00a0234,50\u202fzł", "1 234,50 zl"),
        ("Ze\u200bro\u00ad", "Zero"),
        ("Z\u0307ar q\u0323", "Zar q"),
        ("é à ñ ü Ø € ß", "é à ñ ü Ø € ß"),  # the GSM table has them
        ("č ř ů ç Ő œ ﬁ ½ ™", "c r u c O oe fi 1/2 TM"),
        ("3×2 −1", "3x2 -1"),
        ("Ж 中 😀", "Ж 中 😀"),
    ],
)
def test_plain_letters(text: str, plain: str) -> None:
    assert plain_letters(text) == plain


@given(st.text(st.sampled_from("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ„”–—…\u00a0’aZ 9€")))
def test_polish_text_in_plain_letters_is_always_gsm(text: str) -> None:
    assert encoding(plain_letters(text)) == "GSM-7"


@given(st.text())
def test_plain_letters_done_twice_is_plain_letters(text: str) -> None:
    assert plain_letters(plain_letters(text)) == plain_letters(text)


@given(st.text(st.sampled_from(BASIC + EXTENSION)))
def test_plain_letters_leaves_gsm_text_alone(text: str) -> None:
    assert plain_letters(text) == text


@given(st.text(st.sampled_from("a€ą😀"), max_size=400), st.sampled_from("a€ą😀"))
def test_a_longer_text_never_costs_less(text: str, character: str) -> None:
    assert segments(text) <= segments(text + character)
