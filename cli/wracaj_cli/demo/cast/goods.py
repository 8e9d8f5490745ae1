"""The products of the shops."""

from decimal import Decimal

from wracaj_cli.demo.week import Product

MUG = Product("KUB-350", "Kubek „Dzień dobry”, 350 ml, terakota", Decimal("79.50"))
TEAPOT = Product("DZB-900", "Dzbanek do herbaty z zaparzaczem, szałwiowy", Decimal("975.50"))
CUPS = Product("FIL-006", "Filiżanki do espresso, komplet 6 sztuk", Decimal("189.00"))
GIFT = Product("BON-100", "Bon podarunkowy 100 zł", Decimal("100.00"))

MONSTERA = Product("monstera", "Monstera dziurawa, 60 cm", Decimal("129.00"))
POT = Product("oslonka", "Osłonka ceramiczna, biała", Decimal("49.90"))
FERN = Product("paprotka", "Paprotka Boston w wiszącej doniczce", Decimal("64.00"))
SOIL = Product("ziemia", "Ziemia do roślin zielonych, 10 l", Decimal("24.50"))
FIG = Product("fikus", "Fikus lirolistny, 120 cm", Decimal("349.00"))
SHELF = Product("regal", "Regał na rośliny, dębowy", Decimal("459.00"))
TOOLS = Product("narzedzia", "Narzędzia ogrodnicze, komplet", Decimal("119.00"))
# what the programme gives with large orders
CAN = Product("9001", "Konewka miniaturka", Decimal("29.00"))

LINEN = Product("len-160", "Pościel lniana 160 × 200, szara", Decimal("489.00"))
SCARF = Product("szal", "Szal z wełny merino, musztardowy", Decimal("159.00"))
BLANKET = Product("koc", "Koc wełniany w jodełkę", Decimal("279.00"))
CURTAINS = Product("zaslony", "Zasłony lniane, komplet", Decimal("349.00"))

BEANS = Product("ETI-500", "Kawa ziarnista Etiopia Sidamo, 500 g", Decimal("79.00"))
GRINDER = Product("MLY-030", "Młynek żarnowy do kawy, ręczny", Decimal("289.90"))
DRIPPER = Product("DRI-060", "Dripper ceramiczny z filtrami", Decimal("84.50"))
KETTLE = Product("CZA-100", "Czajnik z gęsią szyją, 1 l", Decimal("219.00"))

ENGLISH_MUG = Product("MUG-350", "“Good morning” mug, 350 ml, terracotta", Decimal("18.50"))
ENGLISH_TEAPOT = Product("POT-900", "Teapot with an infuser, sage", Decimal("229.00"))
ENGLISH_FERN = Product("fern", "Boston fern in a hanging pot", Decimal("29.00"))

ENGLISH = (ENGLISH_MUG, ENGLISH_TEAPOT, ENGLISH_FERN)
POTTERY, PLANTS = (MUG, TEAPOT, CUPS, GIFT), (MONSTERA, POT, FERN, SOIL, FIG, SHELF, TOOLS, CAN)
COFFEE = (BEANS, GRINDER, DRIPPER, KETTLE)
EVERYTHING = (*POTTERY, *PLANTS, LINEN, SCARF, BLANKET, CURTAINS, *COFFEE, *ENGLISH)
