"""The journal on the database: links and their bases, questions, doubts, and runs."""
