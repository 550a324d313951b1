"""What documents bring to run: VBA, other scripts, add-ins, controls."""
