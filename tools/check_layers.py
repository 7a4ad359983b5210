#!/usr/bin/env python3
"""Holds the dependency rule of ARCHITECTURE.md against the compiler's own record of includes, and a few words that no source may have.

usage: check_layers.py BUILD_DIR

Reads `ninja -t deps`, which names every header that each object really saw, and the sources' own #include lines, and
compares them with the tables below.
With all packages in /usr/include a forbidden include compiles without complaint; only this finds it.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

GRPC = r"/usr/include/(grpcpp|grpc)/"
PROTOBUF = r"/usr/include/google/protobuf/"
ROCKSDB = r"/usr/include/rocksdb/"
PROMETHEUS = r"/usr/include/prometheus/"
CRYPTO = r"/usr/include/(openssl|sodium|argon2|liboath)"
LIBPQ = r"/usr/include/(postgresql/)?libpq"
CURL = r"/usr/include/.*curl/"
MICROHTTPD = r"/usr/include/microhttpd"

# (source file, what it must not see, why). The first column is matched from the project's root; the second against
# each header's path, project headers relative to the root.
RULES = [
    (r"common/base/", r"common/(?!base/|testing/)", "common/base sees nothing else of the project"),
    (r"common/(?!base/)", r"services/", "common knows no service"),
    (r"common/(base|env|kv|obs|crypto|audit|tls)/", r"common/rpc/", "only rpc and services see common/rpc"),
    (r"common/(base|env|kv|obs|crypto|audit)/", r"common/tls/", "TLS is for those who open or dial a port"),
    (r"common/(base|env|kv|obs|crypto|tls)/", r"common/audit/", "the audit log is written over kv and crypto"),
    (r"(common/(base|env|kv|obs|crypto|audit)|services/\w+/(domain|store))/", GRPC, "gRPC is seen in rpc, outbound and common/tls only"),
    (r"services/\w+/rpc/(?!service|\w*wire_test)", GRPC, "in a service's rpc room gRPC is seen in service.cc only"),
    (r"services/\w+/domain/", PROTOBUF + r"|common/(kv|rpc|obs|crypto|env|tls|audit)/|store/|outbound/|/rpc/",
     "a domain is pure"),
    (r"services/\w+/store/", r"services/\w+/(rpc|outbound)/|common/(rpc|tls)/", "a store serves, it does not ask"),
    (r"services/\w+/outbound/", r"services/\w+/(rpc|store)/", "outbound knows the domain only"),
    (r"(?!common/kv/rocks_)", ROCKSDB, "RocksDB is seen in common/kv/rocks_* only"),
    (r"(?!common/obs/metrics)", PROMETHEUS, "prometheus-cpp is seen in common/obs/metrics.cc only"),
    (r"(?!common/(crypto|tls|testing)/)", CRYPTO, "cryptography libraries are seen in common/crypto and common/tls"),
    (r"", LIBPQ, "no SQL engine yet"),
    (r"(?!services/otp/outbound/|common/obs/metrics|tests/e2e/web)", CURL, "libcurl is seen in otp's outbound only"),
    (r"(?!services/otp/rpc/receipt_listener)", MICROHTTPD, "libmicrohttpd is seen in otp's receipt_listener.cc only"),
]
# (source file, word, why). What is secret or personal has a type of its own without a way into text (common/base/secret.h)
# or lies in a message; these are the ways by which a whole message would get into a log (LOG-02).
WORDS = [
    (r"(common|services)/", r"\b(Short|Utf8)?DebugString\(|\bSerializeAsJson\b|\bMessageToJsonString\(",
     "a message is not made into text: it may hold codes and personal data"),
    (r"(common/(?!obs/)|services/)", r"\b(std::(cout|cerr|clog)|printf\(stdout)", "what is said goes through common/obs"),
]
# Test programs may look deeper: they build what they test.
TEST_EXEMPT = re.compile(r"_(test|testing|fuzz)\.(cc|h)$")
# References for the benchmarks stand outside the seams on purpose.
EXEMPT = re.compile(r"^(tests/bench|build|tools)/")


def own_service(source, header):
    """A service must not see another service's files."""
    here = re.match(r"services/(\w+)/", source)
    there = re.match(r"services/(\w+)/", header)
    return not (here and there) or here.group(1) == there.group(1)


def objects(build):
    """The files that each object saw, its source first. What came out of a precompiled header of its target's own counts;
    what came out of a shared one, which holds headers from outside only, does not."""
    deps = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True, check=True).stdout
    seen, own, shared = {}, {}, {}
    for block in deps.split("\n\n"):
        lines = block.strip().splitlines()
        if len(lines) < 2 or "VALID" not in lines[0]:
            continue
        name = lines[0].split(":")[0]
        files = [os.path.normpath(os.path.join(build, line.strip())) for line in lines[1:]]
        if not name.endswith(("cmake_pch.hxx.gch", "cmake_pch.hxx.pch")):
            seen[name] = files
        elif re.search(r"CMakeFiles/suite_\w+_?pch\.dir/", name):
            shared[os.path.join(build, name.rsplit(".", 1)[0])] = files
        else:
            own[name.split(".dir/")[0]] = files
    for name, files in seen.items():
        source = next((f for f in files if f.endswith(".cc")), None)
        if source is None:
            continue
        # g++ names the precompiled header alone, clang also all that went into it.
        foreign = set().union(*(shared[f] for f in files if f in shared))
        files = set(files) | set(own.get(name.split(".dir/")[0], []))
        yield [source] + sorted(files - foreign - {source}) + included(source)


def included(source):
    """What the source names itself, also where a precompiled header has read it already."""
    with open(source, encoding="utf-8") as text:
        names = re.findall(r'^#include [<"]([^">]+)[">]', text.read(), re.MULTILINE)
    return [name if os.path.exists(os.path.join(ROOT, name)) else "/usr/include/" + name for name in names]


def words(path):
    """(line, why) for each forbidden word of a source or a header."""
    rules = [(word, why) for where, word, why in WORDS if re.match(where, path)]
    if not rules or TEST_EXEMPT.search(path) or not os.path.exists(os.path.join(ROOT, path)):
        return
    with open(os.path.join(ROOT, path), encoding="utf-8") as text:
        for number, line in enumerate(text, 1):
            for word, why in rules:
                if re.search(word, line):
                    yield f"{path}:{number}", why


def relative(path):
    return os.path.relpath(path, ROOT) if path.startswith(ROOT + os.sep) else path


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    seen, broken, read = 0, {}, set()
    for headers in objects(os.path.abspath(sys.argv[1])):
        source = relative(headers[0])
        if source.startswith("/") or EXEMPT.match(source):
            continue
        seen += 1
        read.update(map(relative, headers))
        for header in map(relative, headers[1:]):
            if "cmake_pch" in header:
                continue
            if not own_service(source, header):
                broken.setdefault((source, "a service knows no other service's code"), header)
            if TEST_EXEMPT.search(source) and not re.match(r"services/\w+/domain/", source):
                continue
            for where, forbidden, why in RULES:
                if re.match(where, source) and re.search(forbidden, header):
                    broken.setdefault((source, why), header)
    if seen == 0:
        sys.exit("check_layers: no objects found; build first")
    spoken = [place for path in sorted(read) for place in words(path)]
    for place, why in spoken:
        print(f"{place}: {why}")
    for (source, why), header in sorted(broken.items()):
        print(f"{source} sees {header}: {why}")
    print(f"layers: {seen} sources, {len(broken)} forbidden includes, {len(spoken)} forbidden words")
    sys.exit(1 if broken or spoken else 0)


if __name__ == "__main__":
    main()
