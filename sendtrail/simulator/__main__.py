"""Start a simulated account: `python -m sendtrail.simulator`."""

from sendtrail.simulator.cli import main

if __name__ == "__main__":
    main()
