"""PLACES. Everything that keeps contacts and promises what `twinbook.ports.Replica` says."""
