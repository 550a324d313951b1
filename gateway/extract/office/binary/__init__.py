"""Compound files ([MS-CFB]) and the binary formats that live in them: Word, PowerPoint, Visio, Outlook."""
