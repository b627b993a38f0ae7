"""Run the command line as ``python -m allocopt``."""

from allocopt.cli import main

if __name__ == "__main__":
    main()
