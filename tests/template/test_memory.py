"""Memory sizes follow a rule: docs/decisions/operations/three-sizes-of-memory.md."""

import os
import subprocess
import sys

import pytest

from support.sam_template import resources
from wracaj_cli.house import ROOT

FUNCTIONS = resources("AWS::Serverless::Function")
OF_A_QUEUE_ALONE = {"TimelineStartFunction"}  # neither the store nor the settings
OF_MANY_AT_ONCE = {"NightlyRfmFunction", "CampaignPageFunction"}  # a page of customers
TIMES = 2.5  # what a function holds before its first call
SHOW = """
import importlib, pathlib, sys
importlib.import_module(sys.argv[1])
from wracaj.aws.clients import client
for service in ("dynamodb", "ssm", "secretsmanager", "sqs", "stepfunctions", "sesv2"):
    client(service)
status = pathlib.Path("/proc/self/status").read_text()
print(status.partition("VmHWM:")[2].split()[0])
"""


def held_mb(function: str) -> float:
    told = {
        "PYTHONPATH": str(ROOT / "functions"),
        "PATH": os.environ["PATH"],
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    handler = FUNCTIONS[function]["Handler"].removesuffix(".handler")
    done = subprocess.run(
        [sys.executable, "-c", SHOW, handler], env=told, capture_output=True, text=True, check=True
    )
    return int(done.stdout) / 1024


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_one_of_three_sizes(name: str) -> None:
    size = 256 if name in OF_A_QUEUE_ALONE else 1024 if name in OF_MANY_AT_ONCE else 512
    assert FUNCTIONS[name]["MemorySize"] == size


@pytest.mark.skipif(sys.platform != "linux", reason="where Lambda runs, too")
@pytest.mark.parametrize("name", ["TimelineStartFunction", "ReminderStepFunction"])
def test_the_heaviest_of_each_size_leaves_most_of_it_free(name: str) -> None:
    assert held_mb(name) * TIMES < FUNCTIONS[name]["MemorySize"]
