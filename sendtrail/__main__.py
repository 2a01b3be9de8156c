"""Run the command: `python -m sendtrail`."""

from sendtrail.cli.app import main

if __name__ == "__main__":
    main()
