"""Birth dates in the calendars of the region."""

from __future__ import annotations

import re

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# First year of each era (元年 is year 1), from 皇室典範 and the era orders.
_ERAS = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019, "M": 1868, "T": 1912, "S": 1926, "H": 1989,
         "R": 2019}
DATE = re.compile(
    r"(?<![0-9A-Za-z.\-])(?:"
    r"(?P<roc>民國|民国|中華民國)? ?(?P<y>[0-9]{2,4})(?:年|[-/.])(?P<m>[0-9]{1,2})(?:月|[-/.])(?P<d>[0-9]{1,2})日?"
    r"|(?P<era>明治|大正|昭和|平成|令和|[MTSHR])(?P<ey>元|[0-9]{1,2})(?:年|[-/.])(?P<em>[0-9]{1,2})(?:月|[-/.])(?P<ed>[0-9]{1,2})日?"
    r"|(?P<compact>(?:19|20)[0-9]{6})"
    r")(?![0-9A-Za-z])"
)


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
    """YYYYMMDD of a match of DATE, '' where it is no date."""
    if match["compact"]:
        return match["compact"] if valid_date(match["compact"]) else ""
    if match["era"]:
        year = _ERAS[match["era"]] + (0 if match["ey"] == "元" else int(match["ey"]) - 1)
        month, day = match["em"], match["ed"]
    else:
        year, month, day = int(match["y"]), match["m"], match["d"]
        if match["roc"] or len(match["y"]) <= 3:
            year += 1911
    text = f"{year:04d}{int(month):02d}{int(day):02d}"
    return text if valid_date(text) else ""
