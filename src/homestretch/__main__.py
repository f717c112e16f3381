"""``python -m homestretch`` is the command ``homestretch``."""

from homestretch.cli import main

if __name__ == "__main__":  # a process beside the keeper imports this as something else
    main()
