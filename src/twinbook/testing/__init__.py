"""What helps those who write replicas: strategies, and the suite every replica must pass."""
