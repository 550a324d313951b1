"""White or black type over a photograph, with an outline or a shadow mostly: no ground is even there, so that next to no lettering
is seen, but the type is whiter or blacker than nearly all of the photograph.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from gateway.extract.pictures import drawn, lettering

WHITE, BLACK = 240, 16
"""Grey of such type at the least and at the most."""
LEAST, MOST = 0.004, 0.3
"""Its share of the picture."""
SIDE, STEPS, EVEN = 200, 32, 0.4
"""A photograph has no tone in so many steps of grey, in a copy of that size, that covers so much of it."""
SOLID, GROUND = 0.15, 0.2
"""Share of it that is more than a point away from its edge: of noise next to nothing is. Share that is ten points away: of type
next to nothing is, of the light side of a sheet most."""
RIM, APART = (3, 7), 40
"""Points across between which type is surrounded by the photograph, and steps of grey by which most of that differs from it at the
least: around the light middle of a sheet it is hardly darker."""
TENTH = 4
"""Points in each direction that are looked at as one for that."""
MORE = 2
"""Times as much lettering as the picture itself shows."""


def apart(picture: Image.Image, letters: int) -> Image.Image | None:
    """The type over a grey photograph, black on white; None for other pictures and where there is none. `letters`: of
    lettering.threes for the picture."""
    if letters > lettering.PAGE or not _photograph(picture):
        return None
    grey = np.asarray(picture)
    for marks in (grey >= WHITE, grey <= BLACK):
        if LEAST < float(marks[::2, ::2].mean()) < MOST:
            type_ = Image.fromarray(np.where(marks, np.uint8(0), np.uint8(255)))
            if (_solid(type_, float(marks.mean())) and _distinct(marks, grey)
                    and lettering.threes(type_) >= max(lettering.PAGE, MORE * letters)):
                return type_
    return None


def _solid(type_: Image.Image, share: float) -> bool:
    """Whether it consists of strokes. `share`: of the picture that is black in it."""
    thick = float(np.mean(np.asarray(type_.reduce(TENTH).filter(ImageFilter.MaxFilter(5))) == 0))
    return thick < GROUND * share and float(np.mean(np.asarray(type_.filter(ImageFilter.MaxFilter(3))) == 0)) > SOLID * share


def _distinct(marks: NDArray[np.bool_], grey: NDArray[np.uint8]) -> bool:
    """Whether what is around the marks is of another tone."""
    near, far = (np.asarray(drawn.grown(Image.fromarray(marks).convert("L"), side)) for side in RIM)
    around = grey[(far > 0) & (near == 0)]
    return bool(len(around)) and abs(float(np.median(around)) - float(np.median(grey[marks]))) >= APART


def _photograph(picture: Image.Image) -> bool:
    """Whether its ground has many tones."""
    step = max(1, max(picture.size) // SIDE)
    tones = np.bincount(np.asarray(picture.reduce(step)).ravel() // (256 // STEPS), minlength=STEPS)
    return bool(np.max(tones[:-2] + tones[1:-1] + tones[2:]) < EVEN * tones.sum())
