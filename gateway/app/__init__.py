"""The composition root: configuration in, adapters chosen, processes running. The only room that knows every other."""
