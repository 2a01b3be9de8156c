"""The subject lines of the shop's e-mails: what its customers read, where that is not the campaign's name."""

from sendtrail.cli.demo.shop.newsletters import Mailing

# Of a split test, one for each message.
_SUBJECTS: dict[str, tuple[str, ...]] = {
    "New year, new mugs": ("Your January mug is here ☕",),
    "January seconds sale": ("Small flaws, half the price",),
    "How we glaze: behind the kiln door": ("1,240 °C: what happens behind the kiln door",),
    "Last pieces: winter glazes": ("The last winter glazes", "Only 36 pieces left: winter glazes"),
    "Spring colours are here": ("Spring, in four new glazes 🌿",),
    "Mother's Day gift guide": ("For her table: our Mother's Day guide", "%FIRSTNAME%, have you called your mother?"),
    "The Easter table": ("Set the table for Easter",),
    "Été à table : la collection lin": ("Le lin est arrivé : la table d'été",),
    "Studio open day: come by": ("Come by on Saturday: clay, coffee, cake",),
    "Garden pots are back": ("They are back: frost-proof garden pots",),
    "Summer tableware": ("Plates for long evenings",),
    "Midsummer: free shipping this weekend": ("Free shipping until Sunday night",),
    "Summer sale: up to 40 %": ("The summer sale starts now", "Up to 40 % off, for you first, %FIRSTNAME%"),
    "Summer sale ends on Sunday": ("Last call: the sale ends on Sunday",),
    "Back from the beach: new bowls": ("New bowls, and a journal from the kiln",),
    "新しい茶碗: tea bowls by Aiko": ("愛子の新しい茶碗 🍵 Aiko's new tea bowls",),
    "The autumn collection": ("The colours of October: our autumn collection",),
    "Teapots, at last": ("Teapots, at last", "You asked, we threw: teapots"),
    "Soup season: deep bowls": ("A deep bowl for every soup 🍲",),
    "Candle holders for dark evenings": ("Light for dark evenings",),
    "Gifts under 30": ("12 gifts under 30",),
    "Black Friday: early access": ("You are in: Black Friday, a day early",),
    "Black Friday: 25 % off everything": ("25 % off everything, until midnight",),
    "Order by the 18th for Christmas": ("Order by Thursday for Christmas 🎁",),
    "Gift cards, until the last minute": ("Too late for the post? Not for a gift card",),
    "Thank you for this year": ("Thank you, %FIRSTNAME%",),
    "Welcome 1: hello from the studio": ("Hello from the studio 👋",),
    "Welcome 2: choosing a glaze": ("Which glaze is yours?",),
    "Your basket is waiting": ("You left something in your basket",),
    "Caring for stoneware": ("How your bowl lives for fifty years",),
    "We miss you: 10 % off": ("10 % off, because it has been a while",),
}


def subject_lines(mailing: Mailing) -> tuple[str, ...]:
    """Return the subject line of each message of a mailing."""
    return _SUBJECTS.get(mailing.name) or (mailing.name,) * mailing.messages
