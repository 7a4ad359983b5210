#include "tools/tcctl/csv.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace tc::ctl {

namespace {

std::string Field(const std::string& text) {
  const bool formula = !text.empty() && std::string("=+-@\t\r\n").find(text.front()) != std::string::npos;
  const std::string field = absl::StrCat(formula ? "'" : "", text);
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  return absl::StrCat("\"", absl::StrReplaceAll(field, {{"\"", "\"\""}}), "\"");
}

}  // namespace

std::string CsvRecord(const std::vector<std::string>& fields) {
  return absl::StrCat(
      absl::StrJoin(fields, ",", [](std::string* out, const std::string& text) { *out += Field(text); }),
      "\r\n");
}

}  // namespace tc::ctl
