"""A tagger of names in English texts: people, places, companies, products, groups, works."""
