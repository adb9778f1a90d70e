"""`python -m cabria` is `cabria`."""

from cabria.cli import main

main()
