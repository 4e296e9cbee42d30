"""A recurrent language model, English and Chinese, served one step at a time."""
