"""Rollouts as rules: whom a stage names, from when on it reaches them, and whether its gates are met."""
