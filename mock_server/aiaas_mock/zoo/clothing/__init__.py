"""A classifier of photos of clothing: a small head on a pre-trained embedding."""
