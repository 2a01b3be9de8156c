"""What the shop sends: its newsletters of each month, and its automations."""

from dataclasses import dataclass

SITE = "https://kilnandclay.example"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailing:
    """An e-mail: its name, the pages that it links to, its list ("" for all), and how well it sells (1 is usual)."""

    name: str
    pages: tuple[str, ...] = ("new", "bestsellers", "journal/from-the-kiln")
    to: str = ""
    appeal: float = 1.0
    messages: int = 1


# By calendar month: sent on the 4th, 12th, 18th and 25th.
SENT_ON = (4, 12, 18, 25)
NEWSLETTERS: dict[int, tuple[Mailing, ...]] = {
    1: (
        Mailing(name="New year, new mugs", pages=("mugs", "new", "journal/five-winter-glazes")),
        Mailing(name="January seconds sale", pages=("seconds", "bestsellers", "plates", "bowls"), appeal=1.3),
        Mailing(name="Wholesale: spring price list", pages=("wholesale/prices", "wholesale/order"), to="Wholesale"),
    ),
    2: (
        Mailing(name="Two cups, one saucer: Valentine's Day", pages=("gifts/valentine", "cups", "gift-cards")),
        Mailing(name="How we glaze: behind the kiln door", pages=("journal/how-we-glaze", "new"), appeal=0.6),
        Mailing(name="Last pieces: winter glazes", pages=("last-pieces", "bowls", "plates"), appeal=1.1, messages=2),
    ),
    3: (
        Mailing(name="Spring colours are here", pages=("collections/spring", "plates", "vases", "new"), appeal=1.2),
        Mailing(name="Mother's Day gift guide", pages=("gifts/mothers-day", "vases", "gift-cards"), messages=2),
        Mailing(name="Wheel-throwing workshop: new dates", pages=("workshops", "workshops/book"), to="Workshops"),
    ),
    4: (
        Mailing(name="The Easter table", pages=("tableware", "plates", "egg-cups")),
        Mailing(name="Été à table : la collection lin", pages=("collections/linen", "plates", "new")),
        Mailing(name="Wholesale: summer orders close on Friday", pages=("wholesale/order",), to="Wholesale"),
    ),
    5: (
        Mailing(name="Studio open day: come by", pages=("open-day", "journal/the-studio", "new"), appeal=0.7),
        Mailing(name="Garden pots are back", pages=("garden", "garden/pots", "bestsellers"), appeal=1.2),
        Mailing(name="Workshop: glaze your own bowl", pages=("workshops", "workshops/book"), to="Workshops"),
    ),
    6: (
        Mailing(name="Summer tableware", pages=("collections/summer", "plates", "jugs", "bowls")),
        Mailing(name="Midsummer: free shipping this weekend", pages=("new", "bestsellers", "shipping"), appeal=1.4),
        Mailing(name="For members: first look at the sage glaze", pages=("members", "collections/sage"), to="Members"),
    ),
    7: (
        Mailing(name="Summer sale: up to 40 %", pages=("sale", "plates", "bowls", "mugs"), appeal=1.5, messages=2),
        Mailing(name="Summer sale ends on Sunday", pages=("sale", "last-pieces"), appeal=1.2),
        Mailing(name="Wholesale: autumn preview", pages=("wholesale/preview", "wholesale/order"), to="Wholesale"),
    ),
    8: (
        Mailing(name="Back from the beach: new bowls", pages=("bowls", "new", "journal/from-the-kiln")),
        Mailing(name="新しい茶碗: tea bowls by Aiko", pages=("collections/aiko", "tea-bowls", "journal/aiko")),
        Mailing(name="Late-summer workshop week", pages=("workshops", "workshops/book"), to="Workshops"),
    ),
    9: (
        Mailing(name="The autumn collection", pages=("collections/autumn", "mugs", "plates", "vases"), appeal=1.3),
        Mailing(name="Teapots, at last", pages=("teapots", "tea-bowls", "journal/teapots"), appeal=1.1, messages=2),
        Mailing(name="For members: 48 hours early", pages=("members", "collections/autumn"), to="Members"),
    ),
    10: (
        Mailing(name="Soup season: deep bowls", pages=("bowls", "soup", "bestsellers", "new"), appeal=1.2),
        Mailing(name="Candle holders for dark evenings", pages=("candle-holders", "gifts", "new")),
        Mailing(name="Wheel-throwing workshop: 12 places", pages=("workshops", "workshops/book"), to="Workshops"),
        Mailing(name="Wholesale: order for Christmas", pages=("wholesale/order",), to="Wholesale"),
    ),
    11: (
        Mailing(name="Gifts under 30", pages=("gifts/under-30", "mugs", "gift-cards")),
        Mailing(name="Black Friday: early access", pages=("members", "sale", "bestsellers"), to="Members", appeal=1.6),
        Mailing(name="Black Friday: 25 % off everything", pages=("sale", "plates", "bowls", "mugs"), appeal=1.6),
    ),
    12: (
        Mailing(name="Order by the 18th for Christmas", pages=("gifts", "bestsellers", "shipping"), appeal=1.5),
        Mailing(name="Gift cards, until the last minute", pages=("gift-cards", "gifts"), appeal=1.2),
        Mailing(name="Thank you for this year", pages=("journal/our-year", "seconds"), appeal=0.5),
    ),
}

# By automation: its e-mails, and after how many days in the account a contact gets each.
AUTOMATIONS: dict[str, tuple[tuple[Mailing, int], ...]] = {
    "1": (
        (Mailing(name="Welcome 1: hello from the studio", pages=("welcome", "bestsellers", "journal"), appeal=2.2), 0),
        (Mailing(name="Welcome 2: choosing a glaze", pages=("journal/choosing-a-glaze", "new"), appeal=1.4), 4),
    ),
    "2": ((Mailing(name="Your basket is waiting", pages=("basket", "shipping"), appeal=2.6), 9),),
    "3": ((Mailing(name="Caring for stoneware", pages=("journal/care", "bestsellers"), appeal=0.8), 21),),
    "4": ((Mailing(name="We miss you: 10 % off", pages=("welcome-back", "sale"), appeal=0.5), 120),),
}
