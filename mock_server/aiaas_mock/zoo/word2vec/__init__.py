"""Word vectors, English and Chinese, learned by skip-gram with negative sampling."""
