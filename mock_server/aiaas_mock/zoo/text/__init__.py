"""Classifiers of texts: intents, emotions and sentiment, from bags of words to convolutions."""
