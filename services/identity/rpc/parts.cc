#include "services/identity/rpc/parts.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/client_context.h"
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
  rpc::CheckClientContext(in, mistakes);
  return {in.address(), in.device(), in.user_agent(), in.place()};
}

CodeClient CodeClientOf(const trustedcontact::type::v1::ClientContext& in, const ClientPlace& client) {
  return {client.address, client.device, in.challenge_passed()};
}

Secret CodeOf(const std::string& typed, Mistakes& mistakes) {
  const bool digits = !typed.empty() && typed.size() <= 10 &&
                      std::all_of(typed.begin(), typed.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) mistakes.Add("code", "CODE_FORMAT", "a code has digits only");
  return Secret(typed);
}

std::string ReferenceOf(const std::string& text, Mistakes& mistakes) {
  const bool good = !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::string_view("_-/.").find(c) != absl::string_view::npos;
  });
  if (!good) mistakes.Add("reference", "REFERENCE_FORMAT", "1 to 64 of A-Z a-z 0-9 _ - / .");
  return text;
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

}  // namespace tc::identity
