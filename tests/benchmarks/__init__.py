"""Speed measured side by side: `python tests/benchmarks`, see `command`."""
