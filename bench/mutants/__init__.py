"""Mutation testing of the rules: each small change of a rule must fail a test.

`make mutants` makes the changes (Cosmic Ray's, and three kinds of our own), runs the tests that
belong to the changed module for each, and prints those that no test noticed.
"""
