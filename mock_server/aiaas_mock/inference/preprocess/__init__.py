"""From a customer's bytes to a model's input, driven by the bundle's card; no TensorFlow."""
