#!/usr/bin/env python3
"""Makes the tables of common passwords and words that identity refuses.

usage: common_passwords.py OUT.cc OWN PASSWORDS WORDS RUSSIAN

OWN        the project's own list: words between white space, lines with # are comments
PASSWORDS  /usr/share/john/password.lst   passwords by frequency, lines with #! are comments
WORDS      /usr/share/dict/cracklib-small words, one a line
RUSSIAN    /usr/share/hunspell/ru_RU.dic  words, one a line, flags after a slash

The output depends on the inputs only. A word is folded as services/identity/domain/text.h does and kept as its
64-bit FNV-1a hash, as services/identity/domain/blocklist.h does; the tables are sorted.
"""
import sys
import unicodedata

# One key, two layouts.
LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбю"
TO_LATIN = str.maketrans(CYRILLIC, LATIN)
TO_CYRILLIC = str.maketrans(LATIN, CYRILLIC)
WORD = 4  # characters; a shorter word is in too many passwords by chance
GIBBERISH = 5  # the same for a Russian word typed on the Latin layout


def folded(word):
    word = unicodedata.normalize("NFC", unicodedata.normalize("NFC", word).casefold())
    return "".join(word.split()).replace("ё", "е")


def fnv1a(word):
    value = 0xCBF29CE484222325
    for byte in word.encode():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def lines(path, comment):
    with open(path, encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith(comment)]


def other_layout(word):
    cyrillic = any(c in CYRILLIC for c in word)
    return word.translate(TO_LATIN if cyrillic else TO_CYRILLIC)


def table(name, words):
    hashes = sorted({fnv1a(word) for word in words})
    rows = (", ".join(f"{h:#018x}U" for h in hashes[i:i + 6]) for i in range(0, len(hashes), 6))
    body = ",\n".join(rows)
    return (f"constexpr uint64_t k{name}[] = {{\n{body}}};\n}}  // namespace\n\n"
            f"absl::Span<const uint64_t> {name}() {{ return k{name}; }}\n")


def main():
    out, own, passwords, words, russian = sys.argv[1:]
    commonest = {folded(word) for line in lines(own, "#") for word in line.split()}
    commonest |= {folded(line) for line in lines(passwords, "#!")}
    commonest |= {other_layout(word) for word in commonest}
    common = {folded(line) for line in lines(words, "#")}
    for line in lines(russian, "#"):
        word = folded(line.split("/")[0])
        common.add(word)
        if len(word) >= GIBBERISH:
            common.add(other_layout(word))
    common = {w for w in common if len(w) >= WORD} - commonest
    with open(out, "w", encoding="utf-8") as file:
        file.write("// Made by cmake/common_passwords.py.\n"
                   '#include "services/identity/domain/common_passwords.h"\n\nnamespace tc::identity {\n')
        for name, listed in (("CommonestPasswords", commonest), ("CommonWords", common)):
            file.write("namespace {\n" + table(name, listed))
        file.write("}  // namespace tc::identity\n")


if __name__ == "__main__":
    main()
