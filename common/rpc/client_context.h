#pragma once

// What is wrong with a ClientContext, the same for every service, so that what one has taken the next one
// takes as well. Pure functions.

#include "absl/strings/string_view.h"
#include "common/base/mistakes.h"

namespace trustedcontact::type::v1 {
class ClientContext;
}

namespace tc::rpc {

// Adds what breaks the promises of values.proto: TEXT_TOO_LONG, ADDRESS_FORMAT, PLACE_CHARACTERS, at
// "client.…". Lengths are counted in characters; any of the fields may be empty.
void CheckClientContext(const trustedcontact::type::v1::ClientContext& client, Mistakes& mistakes);

// Letters (Latin, Cyrillic), digits, spaces, commas, hyphens: what may be shown to another person as a place.
bool IsPlaceText(absl::string_view text);

// An IPv4 or IPv6 address in text form, without port, brackets or zone.
bool IsIpAddress(absl::string_view text);

}  // namespace tc::rpc
