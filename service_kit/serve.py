"""`python -m service_kit.serve 5,6 …`: uvicorn on sockets that the process has inherited, by their numbers.

The other arguments are uvicorn's own. Its `--fd` takes one socket only: a worker has two, the one that it shares with
others and one of its own.
"""

import socket
import sys

import uvicorn
from click.core import ParameterSource


def configuration(arguments: list[str]) -> uvicorn.Config:
    """What these arguments of the command line say; everything else is as uvicorn has it."""
    context = uvicorn.main.make_context("uvicorn", arguments)
    is_given = {name: context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in context.params}
    return uvicorn.Config(**{name: value for name, value in context.params.items() if is_given[name]})


def main() -> None:
    numbers, *arguments = sys.argv[1:]
    config = configuration(arguments)
    uvicorn.Server(config).run([socket.socket(fileno=int(number)) for number in numbers.split(",")])


if __name__ == "__main__":
    main()
