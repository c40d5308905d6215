"""Derivatives: functions from Program to Program."""
