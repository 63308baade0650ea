# SPDX-License-Identifier: Apache-2.0
"""A command line of click's, called as its own tests call one."""

import click
from click.testing import CliRunner


@click.group()
@click.option("--verbose", is_flag=True, help="Say more.")
def shop(verbose):
    """A shop."""


@shop.command()
@click.argument("name")
@click.option("--count", type=click.IntRange(1, 100), default=1, show_default=True, help="How many.")
@click.option("--kind", type=click.Choice(["fresh", "dry"]), default="fresh", help="Which.")
def order(name, count, kind):
    """Order NAME."""
    click.echo("%d %s %s" % (count, kind, name))


def main():
    runner = CliRunner()
    for number in range(150):
        runner.invoke(shop, ["--verbose", "order", "--count", str(1 + number % 99), "milk"])
        runner.invoke(shop, ["order", "--help"])


main()
