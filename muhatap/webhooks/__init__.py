"""Telling other systems what happened: endpoints, events, signed deliveries, and every attempt with its answer.

Owns: endpoints, events to tell, deliveries. Does not own: what is told and when (flow).
"""
