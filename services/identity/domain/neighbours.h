#pragma once

// Runs of neighbours: 1234, abcd, гвба, qwer, !@#$: characters that follow each other in an alphabet, among
// the digits or on a keyboard row, in one direction. Pure.

#include <cstddef>
#include <vector>

namespace tc::identity {

// Each character of folded text: is it part of a run of `run` or more neighbours? `run` is at least 2.
std::vector<bool> InRuns(const std::vector<char32_t>& folded, int run);

// Characters that are part of no such run.
size_t OutsideRuns(const std::vector<char32_t>& folded, int run);

}  // namespace tc::identity
