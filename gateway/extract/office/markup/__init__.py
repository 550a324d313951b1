"""Documents whose parts are XML or HTML: packages, OpenDocument, flat files, saved pages, and what they fetch."""
