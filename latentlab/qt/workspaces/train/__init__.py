"""Train: starts runs in their own processes, and shows runs as they go or long after. Never imports `trainers`."""
