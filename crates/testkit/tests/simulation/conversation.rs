//! A scripted day of two people, step by step.
