#pragma once

// Routing: whom a message is offered to next (SND-12). Pure.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "services/otp/domain/address.h"
#include "services/otp/domain/delivery.h"

namespace tc::otp {

// A provider, as far as routing goes. Those of one channel are asked in their order.
struct Line {
  std::string name;
  std::vector<Channel> channels;
  bool receipts = false;
  bool repeats_safely = false;
  absl::Time opens_at = absl::InfinitePast();  // its breaker lets nobody pass before

  bool Carries(Channel channel) const;
};

// One run over the providers: whoever could not take the message now is not asked again in it.
struct Round {
  std::vector<std::pair<Channel, std::string>> tried;

  bool Tried(Channel channel, const std::string& provider) const;
};

struct Hop {
  size_t way = 0;   // of delivery.ways
  size_t line = 0;  // of the lines
  friend bool operator==(const Hop&, const Hop&) = default;
};
struct Route {
  std::optional<Hop> hop;
  std::optional<absl::Time> later;  // nobody can be asked now; not before this. Neither: nobody is left
};
// The next channel is taken only when every provider of the present one is spent, was tried, or is kept away
// by its breaker.
Route NextHop(const Delivery& delivery, const std::vector<Line>& lines, const Round& round, absl::Time now);

// Somebody may still be asked, now or later, other than `provider` over `channel`.
bool AnotherLeft(const Delivery& delivery, const std::vector<Line>& lines, Channel channel,
                 const std::string& provider);

}  // namespace tc::otp
