#pragma once

// What goes along with a call from one service to another, so that one id finds the whole way in the logs of
// all services. Which call a thread works for: kv::CurrentOrigin (common/kv/origin.h).

namespace tc::rpc {

// Metadata key of the call's id, in both directions.
inline constexpr char kCallIdKey[] = "tc-call-id";

}  // namespace tc::rpc
