"""What is due: rounds over the spokes, until everybody has everybody's edits."""
