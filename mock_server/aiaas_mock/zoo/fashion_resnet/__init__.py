"""A small residual network for Fashion-MNIST."""
