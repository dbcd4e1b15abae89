"""Whole applications: data, model, and every property that the topics measure, in one record."""
