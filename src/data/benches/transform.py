"""The query of `transform.rs` in Polars for Python: prints milliseconds, the best of several runs, and peak megabytes."""

import resource
import sys
import time

import polars as pl

file, sql, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
best = float("inf")
for _ in range(runs):
    started = time.perf_counter()
    result = pl.SQLContext(orders=pl.scan_parquet(file)).execute(sql).collect()
    best = min(best, time.perf_counter() - started)
    assert result.height == 5
print(best * 1e3, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
