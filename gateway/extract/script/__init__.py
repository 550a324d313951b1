"""What scripts hold and hide."""
