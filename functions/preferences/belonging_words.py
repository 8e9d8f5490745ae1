"""Texts that depend on whose data is kept under an address, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from preferences.belonging import Belongs
from wracaj.language import Locale


@dataclass(frozen=True)
class BelongingWords:
    shown: str
    erase_why: str
    sure: str
    erased: str


BELONGING: Mapping[Locale, Mapping[Belongs, BelongingWords]] = {
    "pl": {
        Belongs.GUEST: BelongingWords(
            shown=(
                "Pokazujemy to, co wiemy o adresie {address}. To, co wiemy o koncie w sklepie albo"
                " o innym adresie, zobaczysz po kliknięciu linku w wiadomości, która dotyczy"
                " właśnie ich."
            ),
            erase_why=(
                "Usuniemy koszyki, historię wiadomości, zgody, zamówienia i punkty, które należą do"
                " tego adresu. Punkty i nieodebrane nagrody przepadną. Tego nie da się cofnąć."
            ),
            sure="Usuniemy wszystko, co należy tu do tego adresu. Tego nie da się cofnąć.",
            erased=(
                "Usunęliśmy z tego systemu wiadomości to, co należało do tego adresu: profil, treść"
                " koszyków, historię zgód, zamówienia i punkty."
            ),
        ),
        Belongs.ACCOUNT: BelongingWords(
            shown=(
                "Pokazujemy to, co wiemy o adresie {address} i o koncie w sklepie, na którym jest"
                " zapisany."
            ),
            erase_why=(
                "Usuniemy koszyki, historię wiadomości, zgody, zamówienia i punkty, które tu"
                " przechowujemy. Punkty i nieodebrane nagrody przepadną. Tego nie da się cofnąć."
            ),
            sure="Usuniemy wszystko, co tu o Tobie wiemy. Tego nie da się cofnąć.",
            erased=(
                "Usunęliśmy profil, adresy, treść koszyków, historię zgód, zamówienia i punkty z"
                " tego systemu wiadomości."
            ),
        ),
        Belongs.SHARED: BelongingWords(
            shown=(
                "Pokazujemy to, co wiemy o adresie {address} i o koncie w sklepie, którego"
                " dotyczyła wiadomość. Adres jest zapisany także na innym koncie; tego konta tu nie"
                " pokazujemy."
            ),
            erase_why=(
                "Ten adres jest zapisany w sklepie na więcej niż jednym koncie. Nie usuwamy więc"
                " niczego sami, żeby nie usunąć czyichś danych: przekażemy prośbę sklepowi."
            ),
            sure="Przekażemy prośbę sklepowi. Sami niczego nie usuwamy.",
            erased=(
                "Przekazaliśmy sklepowi prośbę o usunięcie danych. Dopóki sklep jej nie spełni,"
                " niczego nie zmieniamy."
            ),
        ),
        Belongs.TYPED: BelongingWords(
            shown=(
                "Pokazujemy to, co wiemy o adresie {address}. Wpisano go w koszyku klienta, ale w"
                " danych konta tego klienta w sklepie go nie ma. Dlatego tego, co należy do konta"
                " (koszyka, imienia, zamówień, punktów), nie możemy tu pokazać."
            ),
            erase_why=(
                "Usuniemy to, co należy do tego adresu, a prośbę przekażemy sklepowi. Adres wpisano"
                " w koszyku klienta, ale w danych konta tego klienta w sklepie go nie ma. Dlatego"
                " tego, co należy do konta, nie możemy tu usunąć: to może zrobić tylko sklep."
                " Usunięcia nie da się cofnąć."
            ),
            sure=(
                "Usuniemy wszystko, co należy tu do tego adresu. Tego nie da się cofnąć. To, co"
                " należy do konta klienta w sklepie, zostanie."
            ),
            erased=(
                "Usunęliśmy z tego systemu wiadomości to, co należało do tego adresu, także"
                " historię zgód. Nie usunęliśmy tego, co należy do konta klienta w sklepie:"
                " imienia, telefonu, koszyka razem z wpisanym w nim adresem, zamówień i punktów."
            ),
        ),
    },
    "en": {
        Belongs.GUEST: BelongingWords(
            shown=(
                "We show what we know about the address {address}. What we know about an account in"
                " the shop or about another address is behind the link in a message about that one."
            ),
            erase_why=(
                "We erase the carts, the history of messages, consents, orders and points that"
                " belong to this address. Points and rewards that were not used are lost. This"
                " cannot be undone."
            ),
            sure="We erase everything here that belongs to this address. This cannot be undone.",
            erased=(
                "We erased from this message system what belonged to this address: the profile, the"
                " content of carts, the log of consents, orders and points."
            ),
        ),
        Belongs.ACCOUNT: BelongingWords(
            shown=(
                "We show what we know about the address {address} and about the account in the shop"
                " that has it."
            ),
            erase_why=(
                "We erase the carts, the history of messages, consents, orders and points that we"
                " keep here. Points and rewards that were not used are lost. This cannot be undone."
            ),
            sure="We erase everything that we know about you here. This cannot be undone.",
            erased=(
                "We erased the profile, addresses, the content of carts, the log of consents,"
                " orders and points from this message system."
            ),
        ),
        Belongs.SHARED: BelongingWords(
            shown=(
                "We show what we know about the address {address} and about the account in the shop"
                " that the message was about. Another account has the address, too; that one is not"
                " shown here."
            ),
            erase_why=(
                "More than one account in the shop has this address. So we erase nothing by"
                " ourselves, lest we erase somebody else's data: we pass the request on to the"
                " shop."
            ),
            sure="We pass the request on to the shop. We erase nothing by ourselves.",
            erased=(
                "We passed your request for erasure on to the shop. Until then nothing is changed."
            ),
        ),
        Belongs.TYPED: BelongingWords(
            shown=(
                "We show what we know about the address {address}. It was typed in a customer's"
                " cart, but the shop's record of that customer's account does not name it. So we"
                " cannot show here what belongs to the account: the cart, the name, orders, points."
            ),
            erase_why=(
                "We erase what belongs to this address, and pass the request on to the shop. The"
                " address was typed in a customer's cart, but the shop's record of that customer's"
                " account does not name it. So we cannot erase what belongs to the account here:"
                " only the shop can. Erasing cannot be undone."
            ),
            sure=(
                "We erase everything here that belongs to this address. This cannot be undone. What"
                " belongs to the customer's account in the shop stays."
            ),
            erased=(
                "We erased from this message system what belonged to this address, the log of"
                " consents too. We did not erase what belongs to the customer's account in the"
                " shop: the name, the phone, the cart with the address typed in it, orders and"
                " points."
            ),
        ),
    },
}
