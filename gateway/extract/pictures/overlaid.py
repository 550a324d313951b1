"""White or black type over a photograph, with an outline or a shadow mostly: no ground is even there, so that next to no lettering
is seen, but the type is whiter or blacker than nearly all of the photograph.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from gateway.extract.pictures import lettering

WHITE, BLACK = 240, 16
"""Grey of such type at the least and at the most."""
LEAST, MOST = 0.004, 0.3
"""Its share of the picture."""
SIDE, STEPS, EVEN = 200, 32, 0.4
"""A photograph has no tone in so many steps of grey, in a copy of that size, that covers so much of it."""
SOLID, GROUND = 0.15, 0.2
"""Share of it that is more than a point away from its edge: of noise next to nothing is. Share that is ten points away: of type
next to nothing is, of the light side of a sheet most."""
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
            if _solid(type_, float(marks.mean())) and lettering.threes(type_) >= max(lettering.PAGE, MORE * letters):
                return type_
    return None


def _solid(type_: Image.Image, share: float) -> bool:
    """Whether it consists of strokes. `share`: of the picture that is black in it."""
    thick = float(np.mean(np.asarray(type_.reduce(TENTH).filter(ImageFilter.MaxFilter(5))) == 0))
    return thick < GROUND * share and float(np.mean(np.asarray(type_.filter(ImageFilter.MaxFilter(3))) == 0)) > SOLID * share


def _photograph(picture: Image.Image) -> bool:
    """Whether its ground has many tones."""
    step = max(1, max(picture.size) // SIDE)
    tones = np.bincount(np.asarray(picture.reduce(step)).ravel() // (256 // STEPS), minlength=STEPS)
    return bool(np.max(tones[:-2] + tones[1:-1] + tones[2:]) < EVEN * tones.sum())
