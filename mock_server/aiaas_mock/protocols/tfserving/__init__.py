"""The REST protocol of TensorFlow Serving: status, metadata and ``:predict``."""
