"""`python -m briefingkit` is the command line."""

from briefingkit.cli import main

if __name__ == "__main__":
    main()
