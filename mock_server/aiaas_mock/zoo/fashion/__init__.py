"""Classifiers of Fashion-MNIST: 28x28 grey pictures of ten kinds of clothing."""
