"""The parts of the news monitor: a stream of articles, a score, an alarm rule."""
