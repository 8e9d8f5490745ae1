<?php

/**
 * Polish words, as PrestaShop reads them: each key ends with the md5 of the English text above it.
 */

global $_MODULE;
$_MODULE = [];

// Wracaj: abandoned carts and loyalty
$_MODULE['<{wracaj}prestashop>wracaj_c0037fcbb0b1cf2f733cfd552accdc48'] =
    'Wracaj: porzucone koszyki i lojalność';
// Tells Wracaj of carts, orders and consents, and brings carts back.
$_MODULE['<{wracaj}prestashop>wracaj_ca46941484854c769de924bb10ffb970'] =
    'Przekazuje do Wracaj koszyki, zamówienia i zgody, a porzucone koszyki przywraca.';
// Events that were not delivered yet are lost, and the links in messages lead to an empty basket. Go on?
$_MODULE['<{wracaj}prestashop>wracaj_4d1dee3e026ea6c47e56cc369b5dc545'] =
    'Niewysłane zdarzenia przepadną, a linki w wiadomościach przestaną przywracać koszyki. Kontynuować?';
// Wracaj needs the PHP extensions curl and mbstring.
$_MODULE['<{wracaj}prestashop>wracaj_07ce5bdae1001a1da8e68914d3cf0bee'] =
    'Wracaj wymaga rozszerzeń PHP: curl i mbstring.';
// I agree to e-mails of this shop about baskets, orders, loyalty and offers. I may withdraw at any time.
$_MODULE['<{wracaj}prestashop>customerhooks_d74ad1d0defbdb81de4095004e135606'] =
    'Zgadzam się na e-maile tego sklepu o koszykach, zamówieniach, programie lojalnościowym i ofertach.'
    . ' Zgodę mogę wycofać w każdej chwili.';
// Wracaj: this module keeps nothing of this address.
$_MODULE['<{wracaj}prestashop>customerhooks_72f32bd1312a190d004cffa87c46f73b'] =
    'Wracaj: moduł nie przechowuje niczego o tym adresie.';
// This link does not lead to a basket any more.
$_MODULE['<{wracaj}prestashop>restore_8b003284b02b03abbb5832d2f37d6adf'] =
    'Ten link nie prowadzi już do żadnego koszyka.';
// This basket has been ordered already.
$_MODULE['<{wracaj}prestashop>restore_fdd72417c16270f0e7ec4972228abab5'] =
    'Zamówienie z tego koszyka zostało już złożone.';
// Your basket is back. Some products are no longer available in that quantity.
$_MODULE['<{wracaj}prestashop>restore_083b230aa933cfd9f622d09d1632157b'] =
    'Twój koszyk wrócił. Niektórych produktów nie ma już w tej ilości.';
// The products of this basket are not available any more.
$_MODULE['<{wracaj}prestashop>restore_75c79763238c5c70aa190096fad2e017'] =
    'Produkty z tego koszyka nie są już dostępne.';
// Your basket is back.
$_MODULE['<{wracaj}prestashop>restore_95e434902bfd30a6278aebf55b447ea0'] =
    'Twój koszyk wrócił.';
// The code %s is applied.
$_MODULE['<{wracaj}prestashop>restore_c9d9eb9c83adecd419f3f5250ee98bd1'] =
    'Kod %s został naliczony.';
// Choose one shop above: each shop has its own key.
$_MODULE['<{wracaj}prestashop>settingspage_2b7576310d4d93230a800fcd2b2eb2ce'] =
    'Wybierz u góry jeden sklep: każdy sklep ma własny klucz.';
// The key is removed. Nothing is collected now.
$_MODULE['<{wracaj}prestashop>settingspage_ed33737588b6adcf061c3d3e7654cdfd'] =
    'Klucz został usunięty. Moduł niczego teraz nie zbiera.';
// The key is saved.
$_MODULE['<{wracaj}prestashop>settingspage_b0ac3397b26949363be3574c84f60c4b'] =
    'Klucz został zapisany.';
// This is no key: it must begin with wracaj1. Copy the whole line that wracaj shop key prints.
$_MODULE['<{wracaj}prestashop>settingspage_ad0afd23f863ac6a569a919727ebdc32'] =
    'To nie jest klucz: zaczyna się on od wracaj1. Skopiuj cały wiersz, który wypisuje polecenie wracaj shop key.';
// The key is incomplete. Copy the whole line that wracaj shop key prints, to its end.
$_MODULE['<{wracaj}prestashop>settingspage_b6bcb7d71599cc482c65dbbec8aff7fe'] =
    'Klucz jest niepełny. Skopiuj do końca cały wiersz, który wypisuje polecenie wracaj shop key.';
// The key names no address that begins with https://. Print it anew with wracaj shop key.
$_MODULE['<{wracaj}prestashop>settingspage_de64c5c326cb1d275335a36b1374f3c8'] =
    'W kluczu nie ma adresu, który zaczyna się od https://. Wypisz go jeszcze raz poleceniem wracaj shop key.';
// The key holds no usable secret. Print it anew with wracaj shop key.
$_MODULE['<{wracaj}prestashop>settingspage_cf414ad0679890ebf7a5ff023e51be59'] =
    'W kluczu nie ma poprawnego sekretu. Wypisz go jeszcze raz poleceniem wracaj shop key.';
// The choices are saved.
$_MODULE['<{wracaj}prestashop>settingspage_592fac123126e539afe261d20342a264'] =
    'Ustawienia zostały zapisane.';
// Delivered now: %d.
$_MODULE['<{wracaj}prestashop>settingspage_d68ddc37d27f255ef69945357d675f73'] =
    'Dostarczono teraz: %d.';
// Wracaj accepts the key: the shop is connected.
$_MODULE['<{wracaj}prestashop>settingspage_2c8043c60d913de224131efe7e1042dd'] =
    'Wracaj przyjmuje ten klucz: sklep jest połączony.';
// Wracaj did not answer as it should (%s). Events wait here and are sent later.
$_MODULE['<{wracaj}prestashop>settingspage_5f4a55b9c71a935491f7a2a6b90c6f6f'] =
    'Wracaj nie odpowiada tak, jak powinno (%s). Zdarzenia poczekają tutaj i zostaną wysłane później.';
// Connection
$_MODULE['<{wracaj}prestashop>settingspage_c2cc7082a89c1ad6631a2f66af5f00c0'] =
    'Połączenie';
// Key
$_MODULE['<{wracaj}prestashop>settingspage_897356954c2cd3d41b221e3f24f99bba'] =
    'Klucz';
// The line that wracaj shop key prints. It holds a secret: it is not shown again.
$_MODULE['<{wracaj}prestashop>settingspage_bd8d303232d03e9a77524ce890b8c776'] =
    'Wiersz, który wypisuje polecenie wracaj shop key. Zawiera sekret, dlatego nie pokazujemy go ponownie.';
// Connected
$_MODULE['<{wracaj}prestashop>settingspage_2ec0d16e4ca169baedb9b2d50ec5c6d7'] =
    'Połączono';
// Save the key
$_MODULE['<{wracaj}prestashop>settingspage_93623ea170fcc299445af3e5cc5da483'] =
    'Zapisz klucz';
// Remove the key
$_MODULE['<{wracaj}prestashop>settingspage_555f87950a114a84486f52a70ee04731'] =
    'Usuń klucz';
// Check the connection
$_MODULE['<{wracaj}prestashop>settingspage_e191d4654f59144beae48dddd631d0c8'] =
    'Sprawdź połączenie';
// Choices
$_MODULE['<{wracaj}prestashop>settingspage_6ef697f11922be2e4de0971f7d70997f'] =
    'Ustawienia';
// Ask for consent with a box of its own when shoppers register or order as a guest
$_MODULE['<{wracaj}prestashop>settingspage_857b5a708347c7a4eec5f96c5d8bcf46'] =
    'Pytaj o zgodę osobnym polem wyboru przy rejestracji i przy zakupach bez konta';
// Tell Wracaj of birthdays: only if customers gave theirs for greetings
$_MODULE['<{wracaj}prestashop>settingspage_e979f4501adaaf5fc2dcb8ca25c0ec8e'] =
    'Przekazuj do Wracaj daty urodzin: tylko jeśli klienci podali je po to, by dostawać życzenia';
// An order in one of these statuses does not count
$_MODULE['<{wracaj}prestashop>settingspage_abd4eef6fb56084815386b723a67b391'] =
    'Zamówienie o jednym z tych statusów się nie liczy';
// Save
$_MODULE['<{wracaj}prestashop>settingspage_c9cc8cce247e49bae79f15173ce97354'] =
    'Zapisz';
// Addresses
$_MODULE['<{wracaj}prestashop>settingspage_284b47b0bb63ae2df3b29f0e691d6fcf'] =
    'Adresy';
// Cron: call this address every minute
$_MODULE['<{wracaj}prestashop>settingspage_e4ea758583699e14d3428c12b3865855'] =
    'Cron: wywołuj ten adres co minutę';
// last called
$_MODULE['<{wracaj}prestashop>settingspage_19f2fde403673baf9bf91f76367a9c24'] =
    'ostatnie wywołanie';
// Not called yet. Without cron, events leave after the pages of the shop or of the back office.
$_MODULE['<{wracaj}prestashop>settingspage_214d42e9694a307f456c232b64ecef9c'] =
    'Jeszcze nie wywołano. Bez crona zdarzenia są wysyłane po wyświetleniu stron sklepu albo zaplecza.';
// For the settings of the shop in Wracaj: discount_url
$_MODULE['<{wracaj}prestashop>settingspage_21980b83d2442aef217dd24eb2a11d5f'] =
    'Do ustawień sklepu w Wracaj: discount_url';
// For the settings of the shop in Wracaj: recovery_hosts
$_MODULE['<{wracaj}prestashop>settingspage_635fbb377c4c64a7bcb7a14852e2644b'] =
    'Do ustawień sklepu w Wracaj: recovery_hosts';
// Last deliveries
$_MODULE['<{wracaj}prestashop>settingspage_21ae17ad8c4865808c862a4f487c7f27'] =
    'Ostatnie dostarczenia';
// Waiting
$_MODULE['<{wracaj}prestashop>settingspage_5706de961fb376d701be6e7762d8b09c'] =
    'Czeka';
// the oldest since
$_MODULE['<{wracaj}prestashop>settingspage_71acd4936ef57758f837eef6248ca0b5'] =
    'najstarsze od';
// next try
$_MODULE['<{wracaj}prestashop>settingspage_94d76c4af573ac44a3487a234129db37'] =
    'następna próba';
// Deliver now
$_MODULE['<{wracaj}prestashop>settingspage_eeda926d7821a96a92595927c38441e1'] =
    'Wyślij teraz';
// Nothing was delivered yet.
$_MODULE['<{wracaj}prestashop>settingspage_a68c803a9208dbfca94401c406f9156e'] =
    'Jeszcze nic nie wysłano.';
// Time
$_MODULE['<{wracaj}prestashop>settingspage_a76d4ef5f3f6a672bbfab2865563e530'] =
    'Czas';
// Event
$_MODULE['<{wracaj}prestashop>settingspage_a4ecfc70574394990cf17bd83df499f7'] =
    'Zdarzenie';
// About
$_MODULE['<{wracaj}prestashop>settingspage_8f7f4c1ce7a4f933663d10543562b096'] =
    'Czego dotyczy';
// Answer
$_MODULE['<{wracaj}prestashop>settingspage_3751695c17afed4055a7a5ad5d46f6f5'] =
    'Odpowiedź';
// none
$_MODULE['<{wracaj}prestashop>settingspage_334c4a4c42fdb79d7ebc3e73b517e6f8'] =
    'brak';
// This is the secret alone. The key holds the address too: copy the line that wracaj shop key prints.
$_MODULE['<{wracaj}prestashop>settingspage_621e677ac38e1cbcef30712154ec9848'] =
    'To sam sekret. Klucz zawiera też adres: skopiuj wiersz, który wypisuje polecenie wracaj shop key.';
// This key is for a newer version of the module. Update the module, then paste the key again.
$_MODULE['<{wracaj}prestashop>settingspage_89598303c87e68c76d5318b1dcb97ca2'] =
    'Ten klucz jest dla nowszej wersji modułu. Zaktualizuj moduł i wklej klucz jeszcze raz.';
// Wracaj does not accept the key. Print it anew with wracaj shop key, and check this server clock.
$_MODULE['<{wracaj}prestashop>settingspage_3f036474b7553105e8dd11a98fce5bc0'] =
    'Wracaj nie przyjmuje tego klucza. Wypisz go jeszcze raz poleceniem wracaj shop key i sprawdź zegar serwera.';
