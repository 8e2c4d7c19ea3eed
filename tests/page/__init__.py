"""Agno's page on Sessions, held true: its examples, its rules, and where Agno breaks.

Source: https://docs.agno.com, "Sessions" of Agno 1.x.
"""
