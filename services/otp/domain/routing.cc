#include "services/otp/domain/routing.h"

#include <algorithm>

namespace tc::otp {

bool Line::Carries(Channel channel) const {
  return std::find(channels.begin(), channels.end(), channel) != channels.end();
}

bool Round::Tried(Channel channel, const std::string& provider) const {
  return std::find(tried.begin(), tried.end(), std::pair(channel, provider)) != tried.end();
}

Route NextHop(const Delivery& delivery, const std::vector<Line>& lines, const Round& round, absl::Time now) {
  Route route;
  for (size_t way = 0; way < delivery.ways.size(); ++way) {
    const Channel channel = delivery.ways[way];
    for (size_t i = 0; i < lines.size(); ++i) {
      const Line& line = lines[i];
      if (!line.Carries(channel) || delivery.Spent(channel, line.name)) continue;
      if (!round.Tried(channel, line.name) && line.opens_at <= now) return {Hop{way, i}, std::nullopt};
      const absl::Time from = std::max(now, line.opens_at);
      route.later = std::min(route.later.value_or(from), from);
    }
  }
  return route;
}

bool AnotherLeft(const Delivery& delivery, const std::vector<Line>& lines, Channel channel,
                 const std::string& provider) {
  for (const Channel way : delivery.ways) {
    for (const Line& line : lines) {
      const bool same = way == channel && line.name == provider;
      if (line.Carries(way) && !same && !delivery.Spent(way, line.name)) return true;
    }
  }
  return false;
}

}  // namespace tc::otp
