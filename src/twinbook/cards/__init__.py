"""Items as cards: what every place that keeps vCards does with them. Pure."""
