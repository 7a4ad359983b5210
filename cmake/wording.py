#!/usr/bin/env python3
"""Makes the table of the words that otp's messages are made of.

usage: wording.py OUT.cc LOCALE.json...

LOCALE.json  {"TEMPLATE": {"field": "words", …}, …}; the file's name is the language: ru.json, en.json

The rules of the words are kept by services/otp/domain/wording_rules.h; a test holds the files against them.
"""
import json
import pathlib
import sys

LOCALES = {"ru": "Locale::kRussian", "en": "Locale::kEnglish"}


def without_repetition(members):
    names = [name for name, _ in members]
    for name in names:
        if names.count(name) > 1:
            sys.exit(f"wording.py: {name} is given twice")
    return dict(members)


def rows(path):
    with open(path, encoding="utf-8") as file:
        templates = json.load(file, object_pairs_hook=without_repetition)
    for name, fields in templates.items():
        for field, words in fields.items():
            texts = ", ".join(json.dumps(text, ensure_ascii=False) for text in (name, field, words))
            yield f"      {{{LOCALES[pathlib.Path(path).stem]}, {texts}}},\n"


def main():
    out, *files = sys.argv[1:]
    table = "".join(row for path in files for row in rows(path))
    with open(out, "w", encoding="utf-8") as file:
        file.write('// Made by cmake/wording.py.\n#include "services/otp/domain/wording.h"\n\nnamespace tc::otp {\n\n'
                   "const std::vector<WordingEntry>& BuiltInWords() {\n"
                   "  static const auto& words = *new std::vector<WordingEntry>{\n"
                   f"{table}  }};\n  return words;\n}}\n\n}}  // namespace tc::otp\n")


if __name__ == "__main__":
    main()
