#!/usr/bin/env python3
"""Counts what really ran: count_tests.py RESULTS_DIR → "passed failed".

RESULTS_DIR holds ctest.xml (one entry a test program) and one GoogleTest JSON file a program. A program that crashed
left no JSON and counts as one failure; a program that is no GoogleTest counts as one test.
"""
import json
import os
import re
import sys
import xml.etree.ElementTree as xml


def cases(path):
    """Of each case whether it passed; None: it was skipped."""
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    for suite in report["testsuites"]:
        for case in suite["testsuite"]:
            if case.get("result") == "SKIPPED":
                yield None
            elif case.get("status") == "RUN":
                yield not case.get("failures")


def tell_of_skips(program, skipped):
    """Why: GoogleTest says it in the program's output only, of which ctest keeps the first part."""
    told = re.findall(r"^(\S+:\d+): Skipped\n(.+)", program.findtext("system-out") or "", re.MULTILINE)
    for place, reason in told:
        print(f"    skipped: {program.get('name')}: {reason} ({os.path.relpath(place)})", file=sys.stderr)
    if skipped > len(told):
        print(f"    skipped: {program.get('name')}: {skipped - len(told)} more", file=sys.stderr)


def main():
    results = sys.argv[1]
    passed = failed = 0
    report = os.path.join(results, "ctest.xml")
    programs = list(xml.parse(report).getroot().iter("testcase")) if os.path.exists(report) else []
    for program in programs:
        ok = program.get("status") == "run"
        path = os.path.join(results, program.get("name") + ".json")
        found = list(cases(path)) if os.path.exists(path) else []
        tell_of_skips(program, found.count(None))
        verdicts = [verdict for verdict in found if verdict is not None]
        if ok == all(verdicts) and verdicts:
            passed += sum(verdicts)
            failed += len(verdicts) - sum(verdicts)
        elif ok:
            passed += not found  # nothing has passed where all was skipped
        else:
            failed += 1
    if not programs:
        failed += 1
    print(passed, failed)


if __name__ == "__main__":
    main()
