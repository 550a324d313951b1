"""RTF, and RTF as Outlook packs it."""
