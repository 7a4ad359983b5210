#pragma once

// Passwords that are guessed first (PWD-10, 63B §3.1.1.2, V6.2.4), and how they are recognised under what
// people add to satisfy rules. Pure, nothing is asked of anybody (PWD-11).
//
// The built-in lists are made when this is built (cmake/common_passwords.py):
//   commonest  common_passwords.txt beside this file, for what is chosen in Russia and for walks over keys,
//   and
//              the password list of Debian's john-data, for what leaked over the world; each word also as
//              typed on the other layout of the keyboard
//   words      the English words of cracklib-runtime and the Russian ones of hunspell-ru, these also as typed
//   on
//              the Latin layout
// From the packages hashes of words are taken, nothing else. Together they are more than 300,000.

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/identity/domain/blocklist.h"

namespace tc::identity {

// Sorted ListHashes.
absl::Span<const uint64_t> CommonestPasswords();
absl::Span<const uint64_t> CommonWords();

// So many characters that are no letters, before, after and inside a listed word together, do not make it a
// password of its own. Runs of neighbours (1234567) do not count, one character several times in a row counts
// once.
inline constexpr size_t kDecoration = 8;

// Is the password, in its ListForm, one that is guessed first? So it is when it
// - is listed, above or in `own`, as it stands or repeated;
// - is a listed word of four or more characters with at most kDecoration characters that are no letters
// around it,
//   also when some of its letters are written as @ 4 0 1 3 $ 5, or, if it has six or more letters, with such
//   characters between them;
// - repeats one to three characters;
// - has less than four characters that are not part of runs of four or more neighbours (1234, abcd, qwer).
// Several words, listed or not, are a passphrase and welcome, unless the whole is listed.
bool IsCommonPassword(absl::string_view form, const Blocklist* own = nullptr);

}  // namespace tc::identity
