from tests.builders.chromium import chromium, windows
from tests.builders.console import site
from tests.builders.custody import clock, held, house, service, template, unblocked

__all__ = ["chromium", "clock", "held", "house", "service", "site", "template", "unblocked", "windows"]
