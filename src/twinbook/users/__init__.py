"""KEEPING. The people of the company and their teams."""
