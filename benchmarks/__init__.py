"""Benchmarks: whole commands, CPU time and memory, ours beside others in one run."""
