#include "common/base/reason.h"

namespace tc {

absl::string_view ReasonName(Reason reason) {
  switch (reason) {
#define TC_REASON_NAME(id, name) \
  case Reason::id:               \
    return name;
    TC_REASONS(TC_REASON_NAME)
#undef TC_REASON_NAME
  }
  return "INTERNAL";
}

}  // namespace tc
