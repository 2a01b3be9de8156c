"""Faults to plant in the code, one at a time: each is what a tired programmer may write, and breaks a promise.

A fault replaces a text that occurs once in a file; tests/simulation/test_planted_faults.py sees to that.
"""

from benchmarks.planted_faults.delivering import DELIVERING
from benchmarks.planted_faults.edges import EDGES
from benchmarks.planted_faults.fault import PlantedFault
from benchmarks.planted_faults.people import PEOPLE
from benchmarks.planted_faults.planning import PLANNING

PLANTED: tuple[PlantedFault, ...] = (*DELIVERING, *PLANNING, *PEOPLE, *EDGES)
