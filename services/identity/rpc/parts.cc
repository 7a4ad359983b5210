#include "services/identity/rpc/parts.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/identity/domain/text.h"

namespace tc::identity {

std::string TextOf(absl::string_view text, size_t most, bool demanded, absl::string_view field,
                   Mistakes& mistakes) {
  const std::string trimmed(absl::StripAsciiWhitespace(text));
  if (demanded && trimmed.empty()) mistakes.Add(field, "TEXT_MISSING", "this must be given");
  if (CodePoints(trimmed).size() > most)
    mistakes.Add(field, "TEXT_TOO_LONG", absl::StrCat("at most ", most, " characters"));
  return trimmed;
}

ClientPlace ClientOf(const trustedcontact::type::v1::ClientContext& in, Mistakes& mistakes) {
  return {TextOf(in.address(), 45, false, "client.address", mistakes),
          TextOf(in.device(), 64, false, "client.device", mistakes),
          TextOf(in.user_agent(), 256, false, "client.user_agent", mistakes),
          TextOf(in.place(), 64, false, "client.place", mistakes)};
}

}  // namespace tc::identity
