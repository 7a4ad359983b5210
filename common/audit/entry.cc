#include "common/audit/entry.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/kv/key.h"

namespace tc::audit {
namespace {

constexpr int64_t kFirstSecond = -62135596800;  // 0001-01-01T00:00:00Z
constexpr int64_t kLastSecond = 253402300799;   // 9999-12-31T23:59:59Z

std::string NameOf(absl::string_view account) { return absl::StrCat("accounts/", account); }

// "42", "accounts/42" and "accounts/42/phones/7" tell of account 42.
bool Tells(absl::string_view text, absl::string_view account) {
  if (text == account) return true;
  const std::vector<absl::string_view> segments = absl::StrSplit(text, '/');
  return std::find(segments.begin(), segments.end(), account) != segments.end();
}

std::vector<std::string> PersonsOf(const kv::Event& act, const kv::Origin& origin) {
  std::vector<std::string> persons;
  const auto add = [&](const std::string& person) {
    if (person.empty() || std::find(persons.begin(), persons.end(), person) != persons.end()) return;
    persons.push_back(person);
  };
  for (const std::string& person : act.persons) add(person);
  add(origin.person);
  return persons;
}

pb::AuditAttribute Attribute(const std::string& name, const std::string& value) {
  pb::AuditAttribute attribute;
  attribute.set_name(name);
  attribute.set_value(value);
  return attribute;
}

// Adds what is there to `told`; false when it contradicts what `event` says.
template <typename Attributes>
bool Collect(const Attributes& attributes, const kv::Event& event, std::map<std::string, std::string>& told) {
  for (const pb::AuditAttribute& attribute : attributes) {
    const auto found = event.attributes.find(attribute.name());
    if (found == event.attributes.end() || found->second != attribute.value()) return false;
    told.insert(*found);
  }
  return true;
}

int64_t MicrosOf(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1000000 + time.nanos() / 1000;
}

}  // namespace

Particulars TakeApart(const kv::Event& act, const kv::Origin& origin) {
  Particulars out;
  const std::vector<std::string> persons = PersonsOf(act, origin);
  for (const std::string& person : persons) {
    pb::AuditPersonalPart& part = out.persons.emplace_back();
    part.set_account(NameOf(person));
    part.set_signed_in(person == origin.person);
  }
  const auto owner = [&](absl::string_view text) -> pb::AuditPersonalPart* {
    for (size_t i = 0; i < persons.size(); ++i) {
      if (Tells(text, persons[i])) return &out.persons[i];
    }
    return nullptr;
  };
  pb::AuditPersonalPart* const named = owner(act.resource);
  (named == nullptr ? out.resource : *named->mutable_resource()) = act.resource;
  for (const auto& [name, value] : act.attributes) {
    pb::AuditPersonalPart* part = owner(value);
    if (part == nullptr && !persons.empty()) part = &out.persons.front();
    if (part == nullptr) {
      out.attributes.push_back(Attribute(name, value));
    } else {
      *part->add_attributes() = Attribute(name, value);
    }
  }
  return out;
}

bool Agrees(const kv::Event& event, const pb::AuditEntry& entry,
            const std::vector<pb::AuditPersonalPart>& opened, bool all_opened) {
  if (entry.type() != event.type || MicrosOf(entry.time()) != kv::ToMicros(event.at)) return false;
  std::map<std::string, std::string> told;
  std::string resource = entry.resource();
  if (!Collect(entry.attributes(), event, told)) return false;
  for (const pb::AuditPersonalPart& part : opened) {
    if (!Collect(part.attributes(), event, told)) return false;
    if (!part.resource().empty()) resource = part.resource();
  }
  if (!all_opened && resource.empty()) resource = event.resource;
  return resource == event.resource && (!all_opened || told.size() == event.attributes.size());
}

bool IsTime(const google::protobuf::Timestamp& time) {
  return time.seconds() >= kFirstSecond && time.seconds() <= kLastSecond && time.nanos() >= 0 &&
         time.nanos() < 1000000000;
}

// Without maps, protobuf writes fields in the order of their numbers: one form, in every language.
std::string Encode(const pb::AuditEntry& entry) { return entry.SerializeAsString(); }

absl::StatusOr<pb::AuditEntry> Decode(absl::string_view leaf) {
  pb::AuditEntry entry;
  const bool parsed = entry.ParseFromArray(leaf.data(), static_cast<int>(leaf.size()));
  entry.DiscardUnknownFields();
  if (!parsed || !IsTime(entry.time()) || Encode(entry) != leaf)
    return absl::InvalidArgumentError("the leaf is no audit entry");
  return entry;
}

}  // namespace tc::audit
