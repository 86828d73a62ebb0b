"""Engines: from a timeline and a population to a log. All engines give the identical log."""
