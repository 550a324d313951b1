"""The words every storey shares: frozen values and the ports between rooms. Standard library only."""
