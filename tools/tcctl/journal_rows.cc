#include "tools/tcctl/journal_rows.h"

#include <google/protobuf/util/json_util.h>

#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/tcctl/output.h"

namespace tc::ctl {

namespace {

namespace pb = trustedcontact::identity::v1;

// U+0000 to U+001F, U+007F, and U+0080 to U+009F, which UTF-8 writes as c2 80 to c2 9f.
std::string Plain(const std::string& text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    if (byte == 0xc2 && next >= 0x80 && next < 0xa0) {
      plain += ' ';
      ++i;
    } else {
      plain += byte < 0x20 || byte == 0x7f ? ' ' : text[i];
    }
  }
  return plain;
}

std::string TimeOf(const google::protobuf::Timestamp& time) {
  const absl::Time at = absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", at, absl::UTCTimeZone());
}

}  // namespace

const std::vector<std::string>& JournalColumns() {
  static const auto& columns = *new std::vector<std::string>{"time",   "type",       "actor", "address",
                                                             "device", "user_agent", "place", "attributes"};
  return columns;
}

std::vector<std::string> JournalFields(const pb::SecurityEvent& event) {
  const std::map<std::string, std::string> attributes(event.attributes().begin(), event.attributes().end());
  const auto& client = event.client();
  std::vector<std::string> fields = {TimeOf(event.occur_time()),
                                     event.type(),
                                     event.actor(),
                                     client.address(),
                                     client.device(),
                                     client.user_agent(),
                                     client.place(),
                                     absl::StrJoin(attributes, "; ", absl::PairFormatter("="))};
  for (std::string& field : fields) field = Plain(field);
  return fields;
}

std::string JournalJson(const Events& events) {
  pb::ListSecurityEventsResponse list;
  list.mutable_events()->Assign(events.begin(), events.end());
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(list, &json, options);  // cannot fail: no Any in it
  return json;
}

std::string JournalTable(const Events& events) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  std::vector<bool> used(JournalColumns().size());
  for (const pb::SecurityEvent& event : events) {
    const std::vector<std::string> fields = JournalFields(event);
    for (size_t i = 0; i < fields.size(); ++i) used[i] = used[i] || !fields[i].empty();
  }
  for (const pb::SecurityEvent& event : events) {
    const std::vector<std::string> fields = JournalFields(event);
    nlohmann::ordered_json& row = rows.emplace_back();
    for (size_t i = 0; i < fields.size(); ++i) {
      if (used[i]) row[JournalColumns()[i]] = fields[i].empty() ? "-" : fields[i];
    }
  }
  return events.empty() ? Render("{}", Format::kTable)
                        : Render(nlohmann::ordered_json{{"events", rows}}.dump(), Format::kTable);
}

absl::StatusOr<absl::Time> ParseMoment(absl::string_view text, absl::Time now) {
  absl::Time time;
  absl::Duration ago;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return time;
  if (absl::ParseTime("%Y-%m-%d", text, &time, &error)) return time;
  if (absl::ParseDuration(text, &ago) && ago >= absl::ZeroDuration() && ago < absl::InfiniteDuration())
    return now - ago;
  return absl::InvalidArgumentError(
      absl::StrCat(text, " is no time; write 2026-03-02T12:00:00Z, 2026-03-02, or 36h for so long ago"));
}

}  // namespace tc::ctl
