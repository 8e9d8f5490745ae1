"""The words of a bill in Polish."""

POLISH = {
    "A month of {carts} carts": "Miesiąc, koszyki: {carts}",
    "service": "usługa",
    "what is paid for": "za co się płaci",
    "a month": "miesięcznie",
    "together": "razem",
    "without SMS": "bez SMS-ów",
    "without SMS, for each 1,000 carts": "bez SMS-ów, na każde 1000 koszyków",
    "Step Functions": "Step Functions",
    "DynamoDB": "DynamoDB",
    "Lambda": "Lambda",
    "archive, queues": "archiwum i kolejki",
    "HTTP API": "HTTP API",
    "logs": "logi",
    "e-mails (SES)": "e-maile (SES)",
    "SMS": "SMS",
    "standing": "stałe: alarmy, metryki, sekrety, kolejki",
    "transitions": "przejścia między stanami",
    "write units": "jednostki zapisu",
    "read units": "jednostki odczytu",
    "runs": "wywołania",
    "GB-seconds": "GB-sekundy",
    "queue requests": "żądania do kolejek",
    "requests": "żądania",
    "GB": "GB",
    "e-mails": "e-maile",
    "segments": "segmenty",
    "alarms' metrics": "metryki w alarmach",
    "own metrics": "metryki własne",
    "secrets": "sekrety",
}
NOTE = (
    "Policzone na lokalnym stosie, wycenione dla {region} według cennika z {as_of}, bez darmowych"
    " limitów, podatków, przechowywania danych i wsparcia technicznego. Założenia: {webhook} s na"
    " webhook i {step} s na krok przy {memory} GB, {log} KB logów na wywołanie; o każdym e-mailu"
    " przychodzi jedno zdarzenie; połowa koszyków jest bez kontaktu, chyba że zamówień jest więcej;"
    " SMS ma {parts} segmenty po {sms} $. Nie stoi za tym żaden prawdziwy rachunek."
)


def in_polish(english: str) -> str:
    """Raises KeyError where a word is missing."""
    return NOTE if "{region}" in english else POLISH[english]
