"""Generated documents for the properties of the pricing engine.

One seed makes one document, so that thousands are made in seconds; a failing one is printed whole.
"""

from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from random import Random

from hypothesis import strategies as st

from kernel.pricing import HeaderInput, LineInput, Priced, Profile, price

ZERO = Decimal(0)
PLACES = Decimal("0.0001")
RATES = [Decimal(rate) for rate in ("0", "5", "5.5", "7", "7.7", "19", "20", "22.25")]
SHARES = [Decimal(share) for share in ("0", "0.01", "0.333", "0.9", "1")]
DIGITS = [0, 2, 3]

currency_digits = st.sampled_from(DIGITS)


def decimals(least, most, places):
    return st.integers(least * 10**places, most * 10**places).map(
        lambda number: Decimal(number).scaleb(-places)
    )


@st.composite
def documents(draw, signs=(1,), profiles=tuple(Profile), digits=tuple(DIGITS)):
    """Lines and a header whose discount is anything up to all there is."""
    return make_document(draw(st.randoms(use_true_random=True)), signs, profiles, digits)


def make_document(random, signs=(1,), profiles=tuple(Profile), digits=tuple(DIGITS)):
    header = HeaderInput(
        discount_percent=random.choice([ZERO, ZERO, Decimal(10), Decimal("33.33"), Decimal(100)]),
        freight=random.choice([ZERO, Decimal("9.90"), Decimal(120)]),
        freight_tax_rate=random.choice(RATES),
        freight_tax_group="standard",
        digits=random.choice(digits),
        profile=random.choice(profiles),
    )
    lines = [make_line(str(number), random, signs, header.digits) for number in range(random.randint(1, 9))]
    if random.random() < 0.2:
        lines += [replace(line, key=f"{line.key} again") for line in lines]
    plain = price(lines, replace(header, discount_percent=ZERO))
    taken = abs(price(lines, header).header_discount) if header.discount_percent < 100 else abs(plain.detail)
    room = room_for_discount(plain) - taken
    return lines, replace(header, discount_amount=room * random.choice(SHARES).quantize(PLACES))


def make_line(key, random: Random, signs, digits):
    unit_price = random_decimal(random, random.choice([1, 50, 2000]), 4)
    line = LineInput(
        key=key,
        quantity=random_decimal(random, random.choice([0, 2, 300]), random.choice([0, 3]))
        * random.choice(signs),
        unit_price=unit_price,
        volume_discount=(unit_price * random.choice([ZERO, ZERO, *SHARES])).quantize(PLACES, ROUND_DOWN),
        tax_rate=random.choice(RATES),
        tax_group=random.choice(["", "standard", "reduced"]),
        typed_tax=random.choice([None, random_decimal(random, 50, 2)]),
    )
    kind = random.choice(["none", "percent", "amount"])
    if kind == "percent":
        return replace(line, discount_percent=random_decimal(random, 100, 2))
    if kind == "amount":
        room = abs(price([line], HeaderInput(digits=digits)).detail)
        return replace(line, discount_amount=(room * random.choice(SHARES)).quantize(PLACES, ROUND_DOWN))
    return line


def random_decimal(random, most, places):
    return Decimal(random.randint(0, most * 10**places)).scaleb(-places)


def room_for_discount(priced: Priced) -> Decimal:
    """What the header discount may be at most."""
    direction = -1 if priced.detail < 0 else 1
    return sum((max(direction * line.net, ZERO) for line in priced.lines), ZERO)
