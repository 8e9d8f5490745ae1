import sys

from wracaj_cli.house import ROOT

sys.path.append(str(ROOT))  # for bench/
