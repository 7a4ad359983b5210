#include "common/rpc/page.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "common/base/refusal.h"
#include "common/kv/key.h"

namespace tc::rpc {
namespace {

constexpr size_t kDefaultSize = 50;
constexpr size_t kLargestSize = 500;

absl::Status Invalid() {
  return Refuse(absl::StatusCode::kInvalidArgument, Reason::kPageTokenInvalid,
                "the page_token was not made for this list; start again without one");
}

}  // namespace

// A token is kid · tag · last key.
absl::StatusOr<Page> Pager::Parse(int32_t page_size, absl::string_view page_token,
                                  absl::string_view list) const {
  if (page_size < 0)
    return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "a page_size is 0 (for 50) or from 1 to 500");
  Page page;
  page.size = page_size == 0 ? kDefaultSize : std::min(static_cast<size_t>(page_size), kLargestSize);
  if (page_token.empty()) return page;
  std::string bytes;
  // Abseil also takes padding, blanks and spare bits: only the one spelling that NextToken gives is good.
  if (!absl::WebSafeBase64Unescape(page_token, &bytes) || absl::WebSafeBase64Escape(bytes) != page_token)
    return Invalid();
  crypto::Mac mac;
  kv::KeyReader reader(bytes);
  if (!reader.Str(mac.kid) || !reader.Str(mac.tag) || !reader.Str(page.after) || !reader.done())
    return Invalid();
  if (!hash_.Verify({list, page.after}, mac)) return Invalid();
  return page;
}

std::string Pager::NextToken(absl::string_view last_key, absl::string_view list) const {
  const crypto::Mac mac = hash_.Make({list, last_key});
  return absl::WebSafeBase64Escape(kv::Key().Str(mac.kid).Str(mac.tag).Str(last_key).bytes());
}

}  // namespace tc::rpc
