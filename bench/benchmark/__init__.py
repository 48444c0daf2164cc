"""Measures Sparkling and the usual compose project one after the other. Run by `bench/run`; see bench/README.md."""
