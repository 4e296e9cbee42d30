"""The reference cloud: a server that answers the contract with real TensorFlow models."""
