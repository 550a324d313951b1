from __future__ import annotations

import random

import pytest

from gateway.detect.data.judge import SETTLED, Group, Seen, judge, settle, tail
from gateway.detect.data.numbers.tokens import Token
from gateway.model.content import Table
from tests.bench.test_data_cost import look
from tests.gateway.detect.data.test_detector import scan
from tests.gateway.identifiers import makers


def group(shape, values, label=(), beside=False, grouped=False):
    made = Group(shape, frozenset(label))
    for row, value in enumerate(values):
        made.add(Token(shape, value, 0, 1, grouped), Seen(value, 1, row, 0, 0, "body"))
        made.look(beside)
    return made


def numbers(rng, digits, count, head=""):
    return [head + f"{rng.randrange(10 ** (digits - len(head))):0{digits - len(head)}d}" for _ in range(count)]


RNG = random.Random(7)


def test_random_numbers_are_chance_whatever_their_number():
    for count in (1, 2, 3, 10, 1000):
        for digits in (12, 18):
            assert judge([group(f"D{digits}", numbers(RNG, digits, count))]) == {}
    assert judge([group("PAN", numbers(RNG, 16, 500, "4"))]) == {}


def test_a_column_that_passes_is_accepted_without_a_label():
    values = [makers.my_number(RNG) for _ in range(6)]
    assert set(judge([group("D12", values)])["jp.my_number"]) == set(values)


def test_a_label_makes_one_enough():
    value = makers.my_number(RNG)
    assert judge([group("D12", [value])]) == {}
    assert judge([group("D12", [value], ["jp.my_number"])])["jp.my_number"].keys() == {value}


def test_three_beside_persons_are_enough():
    values = [makers.my_number(RNG) for _ in range(3)]
    assert judge([group("D12", values)]) == {}
    assert len(judge([group("D12", values, beside=True)])["jp.my_number"]) == 3


def test_a_heading_of_orders_asks_for_more():
    values = [makers.my_number(RNG) for _ in range(5)]
    assert judge([group("D12", values, ["serial"])]) == {}
    many = [makers.my_number(RNG) for _ in range(30)]
    assert len(judge([group("D12", many, ["serial"])])["jp.my_number"]) == 30


def test_some_wrong_ones_in_a_labelled_column_are_not_counted():
    values = [makers.tw_id(RNG) for _ in range(8)] + ["A100000000", "A100000002"]
    assert len(judge([group("LD9", values, ["tw.national_id"])])["tw.national_id"]) == 8


def test_both_taiwanese_numbers_in_one_column():
    found = judge([group("LD9", [makers.tw_id(RNG) for _ in range(4)] + [makers.tw_resident(RNG) for _ in range(3)])])
    assert (len(found["tw.national_id"]), len(found["tw.resident_id"])) == (4, 3)


def test_single_ones_over_many_parts_add_up():
    parts = [group("LD9", [makers.tw_id(RNG)]) for _ in range(5)]
    assert len(judge(parts)["tw.national_id"]) == 5
    assert judge([*parts, group("LD9", numbers(RNG, 10, 200, "A"))]) == {}


def test_labelled_types_need_their_label():
    assert judge([group("D9", ["301234567", "301234568", "301234569"])]) == {}
    assert len(judge([group("D9", ["301234567", "301234568"], ["tw.passport"])])["tw.passport"]) == 2


def test_a_column_is_one_type():
    values = [makers.my_number(RNG) for _ in range(50)]
    assert set(judge([group("D12", values)])) == {"jp.my_number"}
    licences = [makers.licence(RNG) for _ in range(50)]
    assert set(judge([group("D12", licences)])) == {"jp.driver_licence"}


@pytest.mark.parametrize(("n", "p", "chance", "low", "high"), [(3, 3, 0.1, 9e-4, 1.1e-3), (10, 0, 0.1, 0.99, 1.01), (1000, 1000, 0.1, 0, 1e-50)])
def test_tail(n, p, chance, low, high):
    assert low <= tail(n, p, chance) <= high


def test_a_telephone_label_speaks_against_what_may_be_a_telephone_number():
    cards = [makers.card(RNG) for _ in range(5)]
    assert len(judge([group("PAN", cards, {"phone"})])["card"]) == 5
    assert judge([group("PAN", cards, {"serial"})]) == {}
    assert judge([group("D12", [makers.my_number(RNG) for _ in range(4)], {"phone"})]) == {}


def test_values_read_twice_are_neither_more_nor_less_proof():
    values = [makers.my_number(random.Random(n)) for n in range(4)]
    once = [group("D12", [v]) for v in values]
    assert set(judge(once + once[1:])["jp.my_number"]) == set(values)
    assert judge(once[:2] * 4) == {}


def test_one_type_in_several_writings_counts_together():
    values = [makers.hk_id(RNG) for _ in range(5)]
    apart = [group("LD6P", values[:2], beside=True), group("LD7", values[2:4], beside=True), group("LD6P", values[4:], beside=True)]
    assert len(judge(apart)["hk.id"]) == 5


def test_korean_numbers_without_a_check_digit_need_their_own_label():
    value = "0103043123456"
    wrong = next(value[:12] + d for d in "0123456789" if not judge([group("D13", [value[:12] + d], ["id"])]))
    assert judge([group("D13", [wrong], ["kr.rrn"])])["kr.rrn"].keys() == {wrong}
    assert judge([group("D13", [wrong])]) == {}


def test_a_label_of_another_type_speaks_against():
    values = [*(makers.my_number(RNG) for _ in range(6)), *numbers(RNG, 12, 3, "3777")]
    assert judge([group("D12", values, ["card"])]) == {}              # cut card numbers of which some pass by chance
    assert len(judge([group("D12", values)])["jp.my_number"]) >= 6


def test_what_is_known_makes_more_of_it_likely():
    known = [group("LD9", [makers.tw_id(RNG), makers.tw_id(RNG)], ["tw.national_id"])]
    free = group("LD9", [makers.tw_id(RNG), makers.tw_id(RNG)])
    assert judge([free]) == {}
    assert len(judge([*known, free])["tw.national_id"]) == 4
    assert len(judge([*known, group("D12", [makers.my_number(RNG)])])) == 1


def test_single_ones_elsewhere_belong_to_a_known_column():
    column = group("PAN", [makers.card(RNG) for _ in range(8)])
    stray = [group("PAN", [makers.card(RNG)], ["phone"]), group("PAN", ["4000000000000099"], ["serial"])]
    assert len(judge([column, *stray])["card"]) == 9
    old = group("LLD8", ["FD38843953", "KB44731106", "KD01071043"], ["tw.resident_id"])
    assert len(judge([old, group("LD9", ["G897264297"])])["tw.resident_id"]) == 4


def test_consecutive_numbers_that_share_what_is_checked_are_one():
    first = makers.licence(RNG)[:11]
    run = [first + str(n) for n in range(9)]
    assert judge([group("D12", run, beside=True, grouped=True)]) == {}
    assert len(judge([group("D12", [makers.licence(RNG) for _ in range(9)])])["jp.driver_licence"]) == 9


def test_a_telephone_number_as_long_as_a_card_says_nothing_against_cards():
    cards = [makers.card(RNG) for _ in range(4)]
    free = [group("PAN", cards[:2], beside=True), group("PAN", cards[2:], ["id"], beside=True)]
    assert len(judge([*free, group("PAN", ["02158881234302"], ["phone"])])["card"]) == 4
    assert len(judge([*free, group("PAN", ["02158881234302", "00000000000000"])])["card"]) == 4
    assert judge([*free, group("PAN", numbers(RNG, 16, 9, "4"))]) == {}


@pytest.mark.parametrize(("shape", "make", "label"), [
    ("LD9", lambda: makers.tw_id(RNG), ()), ("LD9", lambda: f"A{RNG.randrange(10 ** 9):09d}", ()),
    ("D12", lambda: f"{RNG.randrange(10 ** 12):012d}", ("id",)), ("D10", lambda: f"{RNG.randrange(10 ** 10):010d}", ("tw.bank_account",)),
    ("PAN", lambda: f"4{RNG.randrange(10 ** 15):015d}", ()), ("D12", lambda: makers.my_number(RNG), ())])
def test_groups_of_many_are_judged_alike_before_the_others_and_with_them(shape, make, label):
    values, few = [make() for _ in range(SETTLED + 500)], [makers.tw_id(RNG) for _ in range(4)]
    def groups():
        return [group(shape, values, label), group("LD9", few)]
    early = groups()
    for one in early:
        settle(one)
    assert early[0].settled is not None and early[1].settled is None
    answer = judge(groups())
    assert judge(early) == answer
    assert early[0].settled is None                       # nothing keeps the text of a message that is done with
    assert bool(early[0].values) == any(len(found) > len(few) for found in answer.values())


def test_numbers_put_together_from_cells_are_no_likelier_beside_others():
    rng = random.Random(4)
    cards = [makers.card(rng) for _ in range(4)]
    halves = next((card[:8], card[8:]) for card in iter(lambda: makers.card(rng), "") if card not in cards)
    text = "name\tcard_no\ta\tb\n" + "\n".join(f"x\t{card}\t1\t2" for card in cards[:3]) + f"\nx\t{cards[3]}\t{halves[0]}\t{halves[1]}"
    assert scan(text)[0].identifiers["card"] == 4


def test_the_beginning_of_an_account_is_no_other_one():
    rows = [("陳蓉芬", "0324 4615 3026 45", "812"), ("郭建芬", "0601 0086 4641 07", "812"), ("王建芬", "0701 0186 4641 17", "812")]
    text = "戶名 帳號 銀行代碼\n" + "\n".join(" ".join(row) for row in rows)
    tally, _ = scan(text, tables=(Table("table", (("戶名", "帳號", "銀行代碼"), *rows)),))
    assert tally.identifiers["tw.bank_account"] == 3


def test_what_logs_call_users_are_people_where_a_telephone_number_stands_beside_each():
    numbers = [makers.tw_id(RNG) for _ in range(4)]
    lines = [f"09:00:0{n} WARN user={number} msisdn=091983014{n} otp sent" for n, number in enumerate(numbers)]
    assert look("\n".join(lines)).identifiers == {"tw.national_id": 4}
    assert look("\n".join(line.partition(" msisdn")[0] for line in lines)).identifiers == {}
    wrong = [*lines[:3], lines[3].replace(numbers[3], "A123456780")]
    assert look("\n".join(wrong)).identifiers == {}
