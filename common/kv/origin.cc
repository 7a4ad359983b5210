#include "common/kv/origin.h"

#include <utility>

namespace tc::kv {
namespace {

thread_local const Origin* current = nullptr;

}  // namespace

OriginScope::OriginScope(Origin origin)
    : origin_(std::move(origin)), before_(std::exchange(current, &origin_)) {}

OriginScope::~OriginScope() { current = before_; }

const Origin& CurrentOrigin() {
  static const Origin none;
  return current == nullptr ? none : *current;
}

}  // namespace tc::kv
