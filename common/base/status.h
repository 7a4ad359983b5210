#pragma once

// Error propagation: TRY, and nothing else. Thread-compatible, no state.
//
//   const Link link = TRY(links.Get(txn, id));   // StatusOr<T>: the value, or return its status
//   TRY(txn.Put(key, value));                    // Status: go on, or return it
//
// A GNU statement expression (g++ and clang++), so that it can stand inside an expression.

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tc::internal {

inline absl::Status ErrorOf(absl::Status status) { return status; }
template <typename T>
absl::Status ErrorOf(absl::StatusOr<T> result) {
  return std::move(result).status();
}

inline void ValueOf(const absl::Status&) {}
template <typename T>
T ValueOf(absl::StatusOr<T> result) {
  return *std::move(result);
}

}  // namespace tc::internal

#define TC_JOIN2_(a, b) a##b
#define TC_JOIN_(a, b) TC_JOIN2_(a, b)
#define TC_TRY_(result, ...)                             \
  __extension__({                                        \
    auto result = (__VA_ARGS__);                         \
    if (!result.ok()) [[unlikely]]                       \
      return ::tc::internal::ErrorOf(std::move(result)); \
    ::tc::internal::ValueOf(std::move(result));          \
  })
// Variadic for commas in template arguments; __COUNTER__ for a TRY inside a lambda inside a TRY.
#define TRY(...) TC_TRY_(TC_JOIN_(tc_try_, __COUNTER__), __VA_ARGS__)
