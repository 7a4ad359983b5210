#pragma once

// Pages (AIP-158): size 0 means 50, at most 500; a token is opaque, authenticated and bound to the list it
// came from, so that a forged or borrowed one is INVALID_ARGUMENT / PAGE_TOKEN_INVALID. Thread-safe.

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/hmac.h"

namespace tc::rpc {

struct Page {
  size_t size = 50;
  std::string after;  // the store key of the last row seen; empty: from the start
};

class Pager {
 public:
  explicit Pager(crypto::KeyedHash hash) : hash_(std::move(hash)) {}

  // `list` names the listing and its filter ("invitations/alice/SENT"). A negative size is INVALID_ARGUMENT.
  absl::StatusOr<Page> Parse(int32_t page_size, absl::string_view page_token, absl::string_view list) const;
  std::string NextToken(absl::string_view last_key, absl::string_view list) const;

 private:
  crypto::KeyedHash hash_;
};

}  // namespace tc::rpc
