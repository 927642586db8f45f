"""KEEPING. The hub: accounts and contacts, who may do what, what happened and when."""
