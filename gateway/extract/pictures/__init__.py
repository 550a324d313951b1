"""Pictures: codes and lettering in them."""
