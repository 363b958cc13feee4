"""Social security numbers are found however they are written; what looks like one passes."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from markupsafe import Markup

from odoo.addons.coworking_incubation.social_security import find_number, hide_numbers

DEPARTMENTS = st.one_of(
    st.integers(1, 95).map("{:02}".format), st.sampled_from(["2A", "2B", "97", "98", "99"])
)
GAPS = st.sampled_from(["", " ", ".", "-", "\u00a0", "\u202f", " - "])


@st.composite
def numbers(draw, key=None):
    """The parts of a number, as people write them."""
    department = draw(DEPARTMENTS)
    parts = [
        draw(st.sampled_from("12")),
        f"{draw(st.integers(0, 99)):02}",
        f"{draw(st.integers(1, 12)):02}",
        department,
        f"{draw(st.integers(1, 990)):03}",
        f"{draw(st.integers(1, 999)):03}",
    ]
    if draw(st.booleans()) if key is None else key:
        parts.append(get_key(parts))
    return parts


def get_key(parts):
    digits = "".join(parts[:6]).replace("2A", "19").replace("2B", "18")
    return f"{97 - int(digits) % 97:02}"


@given(numbers(), GAPS, st.sampled_from(["", "NIR ", "n°", "(", "sécu : ", "<b>"]))
@example(["2", "69", "05", "49", "588", "157", "80"], " ", "")
def test_a_number_is_found_however_it_is_written(parts, gap, before):
    assume(len(parts) == 7 or gap or before in ("NIR ", "sécu : "))
    written = before + gap.join(parts)
    assert find_number(written)
    assert find_number(f"<p>{written}</p>, née à Rennes")
    assert not find_number(hide_numbers(written))


@pytest.mark.parametrize(
    "text",
    [
        "185057800608491",
        "1 8 5 0 5 7 8 0 0 6 0 8 4 9 1",
        "1 85 05 78 006 084",
        "1.85.05.78006.084",
        "Sécurité sociale de Nour Amrani : 1850578006084",
        "1850578006084 10 rue Gambetta (n° SS)",
        "<b>1</b>85057800608491",
        "<td>Se\u0301cu</td><td>1850578006084</td>",
        "１８５０５７８００６０８４９１",
        "1 85 05 2a 006 084",
    ],
)
def test_disguises(text):
    assert find_number(text)


@given(
    st.text("0123456789", min_size=13, max_size=13),
    st.sampled_from(["", "Facture_", "EAN ", "Réunion : ", "IMG-"]),
    st.sampled_from(["", ".pdf", " ", " le lundi"]),
)
def test_thirteen_digits_alone_are_another_number(digits, before, after):
    assert not find_number(f"{before}{digits}{after}")


@given(st.integers(1, 2**42))
def test_moments_of_computers_pass(milliseconds):
    assert not find_number(f"IMG_{milliseconds}.jpg")


@given(st.text("0123456789", min_size=13, max_size=13))
def test_numbers_of_video_calls_pass(digits):
    grouped = " ".join(digits[i : i + 3] for i in range(0, 13, 3))
    assert not find_number(f"ID de réunion : {grouped}<br>Code : 8Vk2")


@given(numbers(key=True), st.integers(1, 97))
def test_fifteen_digits_count_with_their_key_only(parts, key):
    assume(f"{key:02}" != parts[-1])
    assert not find_number("".join([*parts[:-1], f"{key:02}"]))


@given(
    numbers(key=False),
    st.sampled_from([(2, "00"), (2, "13"), (2, "19"), (3, "00"), (4, "000"), (5, "000")]),
)
def test_impossible_parts_are_no_number(parts, wrong):
    index, value = wrong
    parts[index] = value
    assert not find_number(" ".join(parts))


def iban(country, bban):
    digits = "".join(str(int(sign, 36)) for sign in f"{bban}{country}00")
    return f"{country}{98 - int(digits) % 97:02}{bban}"


@given(
    st.sampled_from([("FR", 23), ("BE", 12), ("DE", 18), ("CH", 17), ("LU", 16), ("PT", 21)]),
    st.data(),
    st.sampled_from([0, 4]),
    st.sampled_from(["", "IBAN ", "Compte : "]),
)
def test_bank_accounts_pass(country, data, grouped, before):
    name, length = country
    account = iban(name, data.draw(st.text("0123456789", min_size=length, max_size=length)))
    if grouped:
        account = " ".join(account[i : i + 4] for i in range(0, len(account), 4))
    assert not find_number(f"{before}{account}")
    assert not find_number(f"{before}{account} ouvert en 2015")


@given(st.text("0123456789", min_size=14, max_size=14), st.booleans())
def test_company_numbers_pass(siret, grouped):
    if grouped:
        siret = f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"
    assert not find_number(f"SIRET {siret}")
    assert not find_number(siret)


@given(
    st.sampled_from(["0", "+33 ", "+33", "0033", "+33 (0)", "+32 ", "+49 "]),
    st.text("0123456789", min_size=9, max_size=9),
    st.sampled_from(["", " ", ".", "-"]),
)
def test_telephones_pass(prefix, digits, gap):
    pairs = [digits[0], *(digits[i : i + 2] for i in range(1, 9, 2))]
    phone = prefix + gap.join(pairs)
    assert not find_number(phone)
    assert not find_number(f"{phone} / {phone}")


@pytest.mark.parametrize(
    "text",
    [
        "ref1850578006084",
        "1850578006084a",
        "+49 201 12345678",
        "le 12/05/1985 à 10 h 30, 59000 Lille",
        "1 200,00 € puis 12 050,00 €",
        "",
    ],
)
def test_other_numbers_pass(text):
    assert not find_number(text)


def test_of_a_mail_only_the_number_is_hidden():
    mail = Markup(
        "<p>Bonjour,</p><p>mon n°&nbsp;: <b>1</b>&nbsp;85 05 78 006 084&#32;91"
        " <i>&lt;script&gt;</i></p><p>Nour</p>"
    )
    hidden = hide_numbers(mail)
    assert isinstance(hidden, Markup)
    assert hidden == Markup(
        "<p>Bonjour,</p><p>mon n°&nbsp;: <b>…</b> <i>&lt;script&gt;</i></p><p>Nour</p>"
    )
