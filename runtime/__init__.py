"""What every process needs: settings, logs, metrics, health, lifecycle, clock, embedded servers."""
