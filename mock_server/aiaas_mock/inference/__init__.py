"""Running models: bundles, preprocessing, engines and the batcher."""
