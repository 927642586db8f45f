"""`python -m twinbook` is the command `twinbook`."""

from twinbook.cli import main

if __name__ == "__main__":
    main()
