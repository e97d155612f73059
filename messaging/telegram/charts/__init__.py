"""Charts of prices as pictures: an SVG of our own, drawn by a library with the fonts that ship here."""
