"""test_number.py - our canonical numbers against those of libphonenumber

Numbers of many countries, as people write and dial them, from some nodes.
"""

import functools
import os
import random
import subprocess

import pytest

from conftest import BUILD

phonenumbers = pytest.importorskip("phonenumbers")
PROGRAM = os.path.join(BUILD, "t", "number.t")
NORMAL = phonenumbers.PhoneNumberFormat
# region: country, area, then the prefixes international, national, exchange
# line. An area where libphonenumber knows no number without it is empty.
NODES = {
    "DE": ("49", "30", "00", "0"), "AT": ("43", "1", "00", "0"),
    "GB": ("44", "20", "00", "0"), "FR": ("33", "", "00", "0"),
    "CH": ("41", "44", "00", "0"), "US": ("1", "212", "011", "1"),
    "NL": ("31", "20", "00", "0"), "JP": ("81", "3", "010", "0"),
}
LINES = ("", "0", "9")
SEED = 20261122


@pytest.fixture(scope="module")
def canonical():
    """canonical(node, texts): what we make of texts that are dialled at a
    node of five parts."""
    if not os.path.exists(PROGRAM):
        pytest.skip("t/number.t is not built")

    def ask(node, texts):
        lines = "".join("|".join(node) + f"|{text}\n" for text in texts)
        return subprocess.run([PROGRAM, "--lines"], input=lines, text=True,
                              capture_output=True, check=True
                              ).stdout.split("\n")[:-1]
    return ask


@functools.cache
def examples():
    """A fixed line and a mobile number of every country, and a few beside
    them."""
    dice = random.Random(SEED)
    types = phonenumbers.PhoneNumberType
    found = set()
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (types.FIXED_LINE, types.MOBILE):
            number = phonenumbers.example_number_for_type(region, kind)
            if number is None:
                continue
            found.add(phonenumbers.format_number(number, NORMAL.E164))
            number.national_number += dice.randrange(1, 9)
            if phonenumbers.is_valid_number(number):
                found.add(phonenumbers.format_number(number, NORMAL.E164))
    return sorted(found)


def nodes():
    """As they are, and behind an exchange line."""
    for region, (country, area, abroad, home) in NODES.items():
        for line in LINES:
            yield region, line, (country, area, line + abroad, line + home,
                                 line)


def home_numbers(region):
    return [number for number in map(phonenumbers.parse, examples())
            if phonenumbers.region_code_for_number(number) == region]


def test_there_are_enough():
    assert len(examples()) > 500


@pytest.mark.parametrize("written", ["E164", "INTERNATIONAL", "RFC3966"])
def test_as_they_are_written_everywhere(canonical, written):
    numbers = examples()
    texts = [phonenumbers.format_number(phonenumbers.parse(n),
                                        getattr(NORMAL, written))
             for n in numbers]
    for _, _, node in nodes():
        assert canonical(node, texts) == numbers


def test_as_they_are_dialled_abroad(canonical):
    numbers = examples()
    for region, line, node in nodes():
        wanted = [n for n in numbers if not n[1:].startswith(node[0])]
        texts = [line + phonenumbers.format_out_of_country_calling_number(
            phonenumbers.parse(n), region) for n in wanted]
        assert len(wanted) > 400
        assert canonical(node, texts) == wanted


def test_as_they_are_dialled_at_home(canonical):
    for region, line, node in nodes():
        numbers = home_numbers(region)
        assert numbers
        # in North America the trunk prefix is not written
        texts = [line + ("1 " if region == "US" else "") +
                 phonenumbers.format_number(n, NORMAL.NATIONAL)
                 for n in numbers]
        assert canonical(node, texts) == [
            phonenumbers.format_number(n, NORMAL.E164) for n in numbers]


def test_as_they_are_dialled_in_the_area(canonical):
    dice = random.Random(SEED)
    for region, line, node in nodes():
        if not line or not node[1]:
            continue
        rests = [str(dice.randrange(2000000, 9999999)) for _ in range(20)]
        wanted = [phonenumbers.format_number(phonenumbers.parse(
            (node[3][len(line):] if region != "US" else "") + node[1] + rest,
            region), NORMAL.E164) for rest in rests]
        assert canonical(node, [line + rest for rest in rests]) == wanted


def test_the_zero_in_brackets(canonical):
    texts = ["+49 (0)30 123456", "+44 (0)20 7946 0018", "+43 (0) 1 58612340",
             "+41 (0)44 668 18 00", "0049 (0)30/123 456"]
    wanted = [phonenumbers.format_number(phonenumbers.parse(text, "DE"),
                                         NORMAL.E164) for text in texts]
    assert canonical(("49", "30", "00", "0", ""), texts) == wanted


def test_nonsense(canonical):
    """Whatever comes: a number of at most 15 digits, or none; no crash."""
    dice = random.Random(SEED)
    texts = ["".join(dice.choice("0123456789 +()-/.;:=a") for _ in range(
        dice.randrange(1, 40))) for _ in range(2000)]
    for got in canonical(("49", "30", "000", "00", "0"), texts):
        digits = got.removeprefix("+")
        assert got == "-" or digits.isdigit() and len(digits) <= 15
