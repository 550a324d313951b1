"""Birth dates in the calendars of the region."""

from __future__ import annotations

import re

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# First year of each era (元年 is year 1), from 皇室典範 and the era orders.
_ERAS = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019, "M": 1868, "T": 1912, "S": 1926, "H": 1989,
         "R": 2019}
_MONTHS = {name: n for n, names in enumerate((
    "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug", "september sept sep",
    "october oct", "november nov", "december dec"), 1) for name in names.split()}
_MONTH = "(?=[JFMASONDjfmasond])(?i:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")"
_BLANK = "[ \\u3000]?"                                    # 民國 75 年 12 月 27 日
_YEAR = "(?:19|20)[0-9]{2}"
_DATED = (rf"{_BLANK}(?:[年년]|[-/.]){_BLANK}(?P<{{0}}m>[0-9]{{{{1,2}}}}){_BLANK}(?:[月월]|[-/.])"
          rf"{_BLANK}(?P<{{0}}d>[0-9]{{{{1,2}}}})(?:{_BLANK}[日일])?")
_DAY = "[0-9]{1,2}(?:st|nd|rd|th)?"
_ONES = "一二三四五六七八九"
_TENS = f"(?:[{_ONES}]?十[{_ONES}]?|[{_ONES}])"
"""A number below a hundred in numerals."""
_WRITTEN = (rf"(?:(?P<reign>中華民國|民國|民国|明治|大正|昭和|平成|令和){_BLANK}(?P<since>元|{_TENS}|一?百(?:[零〇]?{_TENS})?)"
            rf"|(?P<digits>[一二][{_ONES}零〇○]{{3}}))年(?P<moon>十[一二]?|[{_ONES}])月(?P<sun>{_TENS})日")
"""民國七十六年八月七日, 昭和六十二年八月七日, 一九八七年八月七日."""
_PATTERN = (
    r"(?<![0-9A-Za-z.\-])(?:"
    rf"(?P<roc>中華民國|民國|民国)?{_BLANK}(?P<y>[0-9]{{2,4}}){_DATED.format('')}"
    rf"|(?P<era>明治|大正|昭和|平成|令和|[MTSHR]){_BLANK}(?P<ey>元|[0-9]{{1,2}}){_DATED.format('e')}"
    rf"|(?P<compact>{_YEAR}[0-9]{{4}})"
    rf"|(?P<first>[0-9]{{1,2}})(?P<mark>[-/.])(?P<second>[0-9]{{1,2}})(?P=mark)(?P<western>{_YEAR})"
    rf"|(?:(?P<day>{_DAY})[ \-](?P<month>{_MONTH})|(?P<named>{_MONTH})\.? (?P<nth>{_DAY})){{,}}(?P<in>{_YEAR})"
    r"|(?P<republic>{}))"
    r"(?![0-9A-Za-z])"
)
DATE = re.compile(_PATTERN.replace("{,}", r"[,.]?[ \-]").replace("{}", "(?!)"))
BORN = re.compile(_PATTERN.replace("{,}", r"[,.]?[ \-\t]+").replace(
    "{}", f"[01][0-9]{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))|(?:{_WRITTEN}"))
"""Also 0490412, as files of Taiwan's banks have the 12th of April 1960, dates in numerals, and Aug 7 | 1987 in two cells, cut
at its comma: for comparing with dates that are known."""


def valid_date(text: str) -> bool:
    """YYYYMMDD, years 1850 to 2099, day within its month (29 February always: birth registers have such errors)."""
    if not "1850" <= text[:4] <= "2099":
        return False
    month, day = int(text[4:6]), int(text[6:8])
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]


def parse(text: str) -> str:
    """The first date in `text` as YYYYMMDD, '' where there is none. 民國 and short years up to 130 with it are ROC years."""
    match = DATE.search(text)
    return canonical(match) if match else ""


def canonical(match: re.Match[str]) -> str:
    """YYYYMMDD of a match of DATE, '' where it is no date. 3/4/1990 is the third of April, as in Hong Kong and Europe."""
    return next(iter(readings(match)), "")


def readings(match: re.Match[str]) -> tuple[str, ...]:
    """Every date that a match of DATE or BORN may mean: 3/4/1990 has two."""
    if match.re is BORN and match["sun"]:
        found: tuple[tuple[int, str, str], ...] = ((_year(match), str(_counted(match["moon"])), str(_counted(match["sun"]))),)
    elif match["compact"]:
        found = ((int(match["compact"][:4]), match["compact"][4:6], match["compact"][6:]),)
    elif match["republic"]:
        found = ((int(match["republic"][:3]) + 1911, match["republic"][3:5], match["republic"][5:]),)
    elif match["era"]:
        year = _ERAS[match["era"]] + (0 if match["ey"] == "元" else int(match["ey"]) - 1)
        found = ((year, match["em"], match["ed"]),)
    elif match["western"]:
        year = int(match["western"])
        found = ((year, match["second"], match["first"]), (year, match["first"], match["second"]))
    elif match["in"]:
        month = _MONTHS[(match["month"] or match["named"]).lower()]
        found = ((int(match["in"]), str(month), (match["day"] or match["nth"]).rstrip("sthnrd")),)
    else:
        year = int(match["y"])
        found = ((year + (1911 if match["roc"] or len(match["y"]) <= 3 else 0), match["m"], match["d"]),)
    texts = (f"{year:04d}{int(month):02d}{int(day):02d}" for year, month, day in found)
    return tuple(dict.fromkeys(text for text in texts if valid_date(text)))


def _year(match: re.Match[str]) -> int:
    """The year of a date in numerals."""
    if match["digits"]:
        return int("".join(str(_ONES.find(numeral) + 1) for numeral in match["digits"]))
    years = 1 if match["since"] == "元" else _counted(match["since"])
    return years + (_ERAS[match["reign"]] - 1 if match["reign"] in _ERAS else 1911)


def _counted(numerals: str) -> int:
    """A number below two hundred in numerals: 二十三, 一百零三."""
    tens, ten, ones = numerals.rpartition("百")[2].lstrip("零〇").rpartition("十")
    return ("百" in numerals) * 100 + (10 * (_ONES.find(tens) + 1 or 1) if ten else 0) + (_ONES.find(ones) + 1 if ones else 0)
