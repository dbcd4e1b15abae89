"""Metrics, intervals, calibration and controls."""
