#include "tools/tcctl/rows.h"

#include <google/protobuf/util/json_util.h>

#include "absl/strings/strip.h"
#include "absl/time/time.h"

namespace tc::ctl {

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
}

std::string ShortName(const std::string& name, absl::string_view prefix, int number) {
  return number == 0 ? "" : std::string(absl::StripPrefix(name, prefix));
}

std::string ContractJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(message, &json, options);  // cannot fail: no Any in it
  return json;
}

}  // namespace tc::ctl
