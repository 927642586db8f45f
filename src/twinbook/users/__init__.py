"""KEEPING. The people of the company, their teams, and the secrets of outside places."""
