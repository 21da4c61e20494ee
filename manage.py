#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line

from salesops.walkthrough.ground import own_ground

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesops.settings")
    with own_ground(sys.argv):
        execute_from_command_line(sys.argv)
