"""The sample company behind `make run`: invented people, real work.

`company` says who they are, `cards/` holds their personal cards as their own programs wrote
them, `programs` edits cards as those programs do, and `story` lets them work for a minute.
Everything is done by the same engine as everywhere; nothing here is a special path.
"""
