"""The detector of customer data: looks at every text and table, judges once at the end over the whole message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from pathlib import Path

import numpy as np

from gateway.detect.base import Allowance, Scope, Tally
from gateway.detect.data import amounts, judge, meant, neighbours, under
from gateway.detect.data import labels as markings
from gateway.detect.data.contacts import beside, naming, people, persons, titled, told
from gateway.detect.data.judge import Accepted, Group, Seen
from gateway.detect.data.numbers import bulk, dated, fixed, forms, marked, mending, splits, tokens
from gateway.detect.data.numbers.glued import glued, repeated
from gateway.detect.data.numbers.possible import Groups, number
from gateway.detect.data.numbers.starts import Starts, inside
from gateway.detect.data.own import OwnData
from gateway.detect.data.table import blocks, layout, windows
from gateway.detect.data.table.layout import Grid
from gateway.identifiers import payment, terms, words
from gateway.identifiers.registry import PAN, PAN_SHAPES, SHAPES, TYPES
from gateway.identifiers.terms import AGAINST, NONE, Labels
from gateway.model.content import Sample, Table, Text
from gateway.model.finding import Finding, Severity

GLUED = frozenset({"jp.my_number", "jp.driver_licence", "card", "cn.bank_card", "hk.id", *AGAINST})
"""Labels that say something of numbers against one another: under those of accounts they would all be accounts."""
SHOWN = 3
"""Characters of a value that evidence shows, and values a finding shows."""
ONE_SHAPE = {"D17X": "D18", "LD6A": "LD7"}
"""Shapes that differ in their check character only: one column mixes them."""
BY_CHECK = "LLD7"
"""What may be a number of Hong Kong with two letters: its check digit speaks for it."""
ACCOUNT = frozenset({"tw.bank_account"})
"""What no check digit speaks for, though cards are called so too."""
BULK = 1000
"""People or contact records from which on a message is a whole list, whatever the policy's thresholds are."""
FIRMS = TYPES["cn.uscc"].labels
KEPT, KEPT_CHARACTERS = 60, 2 << 20
"""Texts and tables whose lines are kept for names, and their characters: a message with more has many people anyway."""
CONTACTS = 40
"""Mail addresses or streets from which on a text without numbers is read for contact records."""
PLACES = ("路", "街", "巷", "丁目", "道", "区", "區", "시 ", "군 ", " Street", " St", " Road", " Ave")


def _examples(local: Sequence[Path]) -> frozenset[str]:
    found = (file.mapping("examples") for file in words.files(words.EXAMPLES, local))
    return frozenset(value for table in found for values in table.values() for value in values)


EXAMPLES = _examples(())


def install(local: Sequence[Path]) -> None:
    """Adds the words and numbers of local folders. Once a process, before the first text; raises ConfigError for a bad file."""
    global EXAMPLES
    words.check_kinds(words.files(words.TERMS, local), TYPES)
    terms.install(local)
    markings.install(local)
    EXAMPLES = _examples(local)


def word_cases(local: Sequence[Path]) -> Iterator[tuple[str, bool, bool]]:
    """The cases of all files of words: name of the file and case, whether it is to match, whether it behaves so."""
    labels = Labels()
    for section in (words.TERMS, words.LABELS):
        for file in words.files(section, local):
            for text, kind, matches in file.cases():
                hit = kind in labels.before(text) if section == words.TERMS else bool(markings.marking(text))
                yield f"{section}/{file.path.stem} {text!r}", matches, hit is matches


def mask(value: str) -> str:
    """At most the last three characters, never more than a third of the value."""
    shown = min(SHOWN, len(value) // 3)
    return "*" * (len(value) - shown) + (value[-shown:] if shown else "")


def code(name: str) -> str:
    return "DATA-" + name.upper().replace(".", "-").replace("_", "-")


class CustomerData:
    """Identifiers, persons and contacts of one message."""

    def __init__(self, scope: Scope) -> None:
        self.active, self.firms = scope.outbound, False   # firms: a text speaks of their codes
        self.own = scope.reference.own_numbers if scope.reference else frozenset()
        self.ours = OwnData(scope.reference) if scope.reference and not scope.reference.empty else None
        self.labels = Labels()
        self.groups: dict[tuple[object, ...], Group] = {}
        self.contacts = people.Contacts(ours=scope.our_domains)
        self.shown: dict[int, Grid] = {}                  # grids with numbers in them, for the names beside these
        self.contact_rows: dict[int, int] = {}
        self.grids = self.shown_characters = 0
        self.before: dict[int, tuple[int, int]] = {}      # of grids that go on: lines and characters before them
        self.last: neighbours.Last = (0, 0, 0, frozenset())
        self.subject = NONE                               # what the subject says of a list in the body
        self.seen_texts: set[int] = set()
        self.single, self.digits = Allowance(judge.SINGLE), Groups()

    def look(self, sample: Sample) -> Iterable[Finding]:
        if not self.active:
            return ()
        artifact = sample.artifact.id
        for name in sample.artifact.names[:4]:
            self._window(layout.from_text(self._next(), Text(name, "file name"), self.labels), name, artifact)
        above = before = None
        title = titled.kinds(sample.artifact.names[:4], self.labels)
        for table in sample.tables:
            above = above if before is not None and windows.continues(before, table) else None
            before = table
            for nth, block in enumerate(blocks.apart(table, self.labels)):
                above = None if nth else above
                for window in windows.of_table(block):
                    assert isinstance(window.content, Table)
                    above = layout.from_table(self._next(window), window.content, self.labels, above)
                    above.titled = titled.kinds((table.source,), self.labels) or title
                    self._grid(above, artifact)
            if self.ours is not None:
                self.ours.read_table(table, artifact)
        for text in sample.texts:
            if text.source.startswith("header ") and (text := mending.of_a_header(text)) is None:  # type: ignore[assignment]
                continue
            if text.source == "header Subject":
                self.subject = titled.kinds((text.content,), self.labels)
            text = mending.mended(text)
            key = hash(text.content)
            if key not in self.seen_texts:
                self.seen_texts.add(key)
                self._text(text, artifact, title or (NONE if sample.artifact.names else self.subject))
        return ()

    def _text(self, text: Text, artifact: int, title: frozenset[str] = NONE) -> None:
        self.digits.spend(text.content)
        above = None
        for window in windows.of_text(text) if self.ours is not None or possible(text.content) else ():
            assert isinstance(window.content, Text)
            above = layout.from_text(self._next(window), window.content, self.labels, above)
            above.titled = title
            self._window(above, window.content.content, artifact)
        if self.ours is not None:
            self.ours.read_text(text.content, artifact)

    def _window(self, grid: Grid, text: str, artifact: int) -> None:
        if possible(text):
            self._grid(grid, artifact)
        elif self.ours is not None:
            self.ours.read(grid, artifact)

    def _next(self, window: windows.Window | None = None) -> int:
        self.grids += 1
        if window is not None and window.lines + window.characters:
            self.before[self.grids] = window.lines, window.characters
        return self.grids

    def _grid(self, grid: Grid, artifact: int) -> None:
        text = grid.text
        if len(text) < 6:
            return
        if len(self.shown) < KEPT and self.shown_characters < KEPT_CHARACTERS:
            self.shown[grid.id] = grid
            self.shown_characters += len(text)
        labelled = self._numbers(grid, artifact)
        starts = Starts.of(grid, labelled)
        batches, places = bulk.ibans(grid, starts.ibans, labelled)
        for batch in batches:
            self._batch(grid, artifact, batch, NONE)
        self._lettered(grid, artifact, list(tokens.ibans(text, places)), labelled)
        self._bics(grid, artifact, starts, labelled)
        for token in starts.odd_ones(grid, labelled):
            self._token(grid, artifact, token, meant.LABELLED_ONLY)
        for token in starts.marked_ones(grid, labelled):
            self._token(grid, artifact, token, meant.CHECKED)
        for token in starts.ibans_apart(grid, labelled):
            self._token(grid, artifact, token)
        for token in glued(text, starts.taiwanese, starts.chinese):
            self._token(grid, artifact, token)
        for first, token in repeated(text, starts.repeated):
            if token.value not in EXAMPLES and token.value not in self.own:
                row = grid.row(first)
                kinds, _ = layout.label(grid, self.labels, row, grid.column(row, first), first)
                self._add(grid, artifact, token, row, ("glued",), kinds & GLUED)
        for at, token in fixed.columns(grid):
            self._add(grid, artifact, token, grid.row(token.start), ("fixed", at), NONE)
        for name, token in (*forms.of_their_form(text, grid.characters), *dated.records(grid)):
            if token.value not in EXAMPLES:
                self._add(grid, artifact, token, grid.row(token.start), ("label",), frozenset([name]))
        if "\t" in text:
            for token, columns, kinds in splits.labelled(grid, self.labels):
                if not amounts.side_by_side(grid, token, columns, kinds):
                    self._add(grid, artifact, token, grid.row(token.start), ("split", columns), kinds)
        if self.ours is not None:
            self.ours.read(grid, artifact)
        rows = people.read_contacts(grid, self.contacts)
        if rows:
            self.contact_rows[artifact] = self.contact_rows.get(artifact, 0) + rows
        for place in takewhile(lambda place: place[0] == grid.id, reversed(self.groups)):
            judge.settle(self.groups[place])

    def _lettered(self, grid: Grid, artifact: int, found: list[tokens.Token], labelled: np.ndarray) -> None:
        """Tokens that begin with letters, in order; of many those together that no label is near."""
        near = np.ones(len(found), bool)
        if len(found) > bulk.MANY:
            near = inside(np.array([token.start for token in found]), labelled)
        for i in np.flatnonzero(near).tolist():
            self._token(grid, artifact, found[i])
        rest = [found[i] for i in np.flatnonzero(~near).tolist() if found[i].shape not in bulk.LABEL_ONLY]
        if rest:
            begins = np.array([token.start for token in rest])
            rows = np.searchsorted(grid.lines, begins, "right") - 1
            ends = np.array([token.end for token in rest])
            values = [token.value for token in rest]
            self._batch(grid, artifact, bulk.Batch(rest[0].shape, NONE, False, -1, values, rows, begins, ends), NONE)

    def _bics(self, grid: Grid, artifact: int, starts: Starts, labelled: np.ndarray) -> None:
        """Codes of banks and, with letters, of Chinese firms, in a text that speaks of them."""
        found = list(tokens.bics(grid.text, starts.bics))
        if found and not grid.headings:
            lowered = grid.text.lower()
            found = found if "swift" in lowered or "bic" in lowered else []
        self._lettered(grid, artifact, found, labelled)
        if self.firms or len(grid.text) < bulk.LEAST:
            self._lettered(grid, artifact, list(tokens.credit_codes(grid.text)), labelled)

    def _numbers(self, grid: Grid, artifact: int) -> np.ndarray:
        """Every token of the text; the places behind labels of types."""
        if len(grid.text) < bulk.LEAST or grid.source.startswith("ocr "):
            for token in tokens.tokens(grid.text):
                self._token(grid, artifact, token)
            return np.array([[0, len(grid.text)]])
        found = bulk.sort(grid, under.known(grid, self.labels))
        for token in found.single:
            self._token(grid, artifact, token)
        self.firms = self.firms or not FIRMS.isdisjoint(found.kinds)
        for batch in found.batches:
            self._batch(grid, artifact, batch, found.kinds)
        return found.labelled

    def _batch(self, grid: Grid, artifact: int, batch: bulk.Batch, spoken: frozenset[str]) -> None:
        """Tokens under one heading, behind the same label, or with neither."""
        kinds = batch.kinds
        if "own" in kinds and (batch.labelled or batch.column < 0):
            return
        kinds = NONE if "own" in kinds or amounts.of_amounts(grid, batch) else kinds         # as meant.meant
        spoken_for = batch.shape not in bulk.LABEL_ONLY or any(TYPES[n].labels & kinds for n in SHAPES.get(batch.shape, ()))
        documents = "id" in kinds and not batch.labelled and len(batch.values) <= bulk.MANY
        if ("tw.bank_account" in kinds and "own" in spoken) or (
                grid.table and batch.shape in bulk.SHORT_SHAPES and kinds & bulk.SHORTENED.keys()) or (
                documents and (not spoken_for or batch.shape in meant.DOCUMENTS)):
            for i in range(len(batch.values)):
                self._token(grid, artifact, batch.token(i))
            return
        if not spoken_for:
            return
        values = batch.values
        keep: Sequence[int] = range(len(values))
        if batch.labelled and len(values) <= bulk.FEW:
            keep = [i for i in keep if not amounts.of_a_program(grid, self.labels, int(batch.rows[i]))]
        if not (EXAMPLES.isdisjoint(values) and (not self.own or self.own.isdisjoint(values))):
            keep = [i for i in keep if values[i] not in EXAMPLES and values[i] not in self.own]
        if not keep:
            return
        key = ("label",) if batch.labelled else ("column", batch.column) if batch.column >= 0 else ("free",)
        group = self._group(grid, artifact, key, kinds, batch.shape)
        place, source, id = grid.view.place, grid.source, grid.id

        def seen(i: int) -> Seen:
            at = keep[i]
            return Seen(values[at], id, int(batch.rows[at]), artifact, place(int(batch.starts[at])), source)

        group.add_many(values if len(keep) == len(values) else [values[i] for i in keep], seen, batch.grouped)
        for i in keep[:judge.LOOKED - group.looked] if kinds <= beside.LOOKED_FOR else ():
            group.look(beside.person(grid, int(batch.rows[i]), batch.token(i)))

    def _group(self, grid: Grid, artifact: int, key: object, kinds: frozenset[str], shape: str) -> Group:
        shape = PAN if shape in PAN_SHAPES else ONE_SHAPE.get(shape, shape)
        place = (grid.id, key, kinds, shape)
        group = self.groups.get(place)
        if group is None:
            column = (grid.id, key) if isinstance(key, tuple) and key[0] == "column" else None
            apart = isinstance(key, tuple) and key[0] in ("glued", "misread", "odd")
            pieces = isinstance(key, tuple) and key[0] in ("split", "odd")
            group = self.groups[place] = Group(shape, kinds, artifact, column, apart, pieces)
        return group

    def _token(self, grid: Grid, artifact: int, token: tokens.Token, only: frozenset[str] = NONE) -> None:
        self.single.spend()
        if token.value in EXAMPLES or token.value in self.own:
            return
        read = mending.misread(token) if token.shape == "D10" and grid.source.startswith("ocr ") else None
        row = grid.row(token.start)
        column = grid.column(row, token.start)
        key: object
        kinds, headed = layout.label(grid, self.labels, row, column, token.start)
        if not kinds and not headed:
            kinds = (under.behind(grid, self.labels, token.end) or under.label(grid, self.labels, token.start)
                     or neighbours.label(grid, row, token, self.last) or neighbours.said(grid, self.labels, row, token.start))
        token, kinds = meant.meant(grid, self.labels, row, token, kinds, headed)
        self.last = (grid.id, row, token.end, kinds)
        if "own" in kinds or (read is not None and (read.value in EXAMPLES or read.value in self.own)):
            return
        if read is not None:
            named = not kinds.isdisjoint(TYPES["tw.national_id"].labels | TYPES["tw.resident_id"].labels)
            key = ("misread", column) if not named else ("column", column) if headed else ("label",)
            self._add(grid, artifact, read, row, key, kinds)
            if named or mending.taiwanese(read.value):
                return
        if grid.table and token.shape in bulk.SHORT_SHAPES and kinds & bulk.SHORTENED.keys():
            token = mending.lengthened(token, kinds)
        if token.shape in bulk.LABEL_ONLY or only:
            names = SHAPES.get(token.shape, ()) or ("swift", "cn.uscc")
            said = kinds - ACCOUNT if only is meant.CHECKED else kinds
            spoken = any(TYPES[n].labels & said for n in names if not only or n in only)
            if only and not spoken and not kinds and token.shape == marked.TAIWANESE:
                self._add(grid, artifact, token, row, ("odd",), NONE)
            if only is meant.CHECKED and marked.wrong(grid.view.text, token):
                return
            if not spoken and token.shape != BY_CHECK and not (kinds := beside.spoken_for(grid, row, token)):
                return
        if "tw.bank_account" in kinds and meant.own_account(grid, self.labels, row, token):
            return
        key = ("column", column) if headed or (not kinds and grid.tabbed(row)) else ("label",) if kinds else ("free",)
        self._add(grid, artifact, token, row, key, kinds)

    def _add(self, grid: Grid, artifact: int, token: tokens.Token, row: int, key: object, kinds: frozenset[str]) -> None:
        group = self._group(grid, artifact, key, kinds, token.shape)
        if group.looked < judge.LOOKED and kinds <= beside.LOOKED_FOR:
            group.look(beside.person(grid, row, token))
        group.add(token, Seen(token.value, grid.id, row, artifact, grid.view.place(token.start), grid.source))

    def conclude(self, tally: Tally) -> Iterator[Finding]:
        if not self.active:
            return
        accepted = judge.judge(self.groups.values())
        for name, values in sorted(accepted.items()):
            tally.identifiers[name] = tally.identifiers.get(name, 0) + len(values)
            yield _finding(name, values, self.before)
        if chinese := sum(map(payment.china_card, accepted.get("card", {}))):
            tally.identifiers["cn.bank_card"] = chinese
        tally.persons = max(tally.persons, persons.persons(accepted, self._named, self._apart))
        yield from self._contacts(tally)
        most = max(tally.persons, tally.contacts)
        if most >= BULK:
            yield Finding("DATA-BULK", "data", Severity.MEDIUM, self._largest(accepted), (), most, rule="bulk")
        if self.ours is not None:
            for finding in self.ours.findings():
                kind = finding.code.partition("-")[0].lower()
                tally.identifiers[kind] = tally.identifiers.get(kind, 0) + (finding.count if kind == "edm" else 1)
                yield finding

    def _named(self, grid: int, row: int) -> str:
        """The name of a person in a row, '' where there is none or the grid was not kept."""
        kept = self.shown.get(grid)
        return naming.name_in(kept, row) if kept is not None else ""

    def _apart(self, grid: int, row: int, places: list[int]) -> bool:
        """Whether each of the values in a line of prose, by their places in the text, has a person of its own."""
        kept = self.shown.get(grid)
        if kept is None or len(kept.view.removed) or kept.tabbed(row) or len(places) > told.MOST:
            return False
        return told.apart(kept.line(row), [place - kept.starts[row] for place in places])

    def _largest(self, accepted: Mapping[str, Accepted]) -> int:
        """The artifact with the most rows."""
        rows = Counter(self.contact_rows)
        if len({*rows, *(group.artifact for group in self.groups.values())}) == 1:
            return next(iter(self.groups.values())).artifact if self.groups else next(iter(rows))
        values = set().union(*accepted.values())
        for group in self.groups.values():
            rows[group.artifact] += len(values & group.values.keys())
        return rows.most_common(1)[0][0] if rows else 0

    def _contacts(self, tally: Tally) -> Iterator[Finding]:
        tally.contacts = self.contacts.people()
        for kind, values in self.contacts.values.items():
            tally.identifiers[kind] = len(values)
        if tally.contacts:
            artifact = max(self.contact_rows, key=lambda a: self.contact_rows[a])
            yield Finding("DATA-CONTACT", "data", Severity.LOW, artifact, (), tally.contacts, rule="contact")


def possible(text: str) -> bool:
    """False where a text can hold neither an identifier nor fifty contacts."""
    return number(text) or text.count("@") >= CONTACTS or sum(map(text.count, PLACES)) >= CONTACTS


def _finding(name: str, values: Accepted, before: Mapping[int, tuple[int, int]]) -> Finding:
    placed = list(islice(((value, seen[0]) for value, seen in values.items() if seen), SHOWN))
    first = placed[0][1]
    shown = tuple(f"{mask(value)} ({seen.source}, line {seen.row + lines + 1}, offset {seen.place + characters})"
                  for value, seen in placed for lines, characters in (before.get(seen.grid, (0, 0)),))
    severity = Severity.MEDIUM if TYPES[name].strong else Severity.LOW
    return Finding(code(name), "data", severity, first.artifact, shown, len(values), rule=name)
