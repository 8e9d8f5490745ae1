"""Where things are in the repository that this command was installed from."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"
STATE_MACHINES = ROOT / "statemachines"
MESSAGE_TEMPLATES = ROOT / "functions" / "reminder_step" / "templates"
LOCAL = ROOT / ".local"
