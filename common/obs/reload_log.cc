#include "common/obs/reload_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"

namespace tc::obs {

ReloadLog::ReloadLog(std::string what, const std::string& metric, const std::string& help, OnTaking on_taking)
    : what_(std::move(what)),
      taken_(GetCounter(metric, help, {{"outcome", "taken"}})),
      refused_(GetCounter(metric, help, {{"outcome", "refused"}})),
      on_taking_(std::move(on_taking)) {}

absl::Status ReloadLog::Taking(absl::string_view content,
                               const std::map<std::string, std::string>& particulars) {
  if (!on_taking_ || told_content_ == content) return absl::OkStatus();
  const absl::Status told = on_taking_(what_, particulars);
  if (told.ok()) told_content_ = std::string(content);
  return told;
}

void ReloadLog::Taken() {
  refused_content_.clear();
  looks_ = 0;
  taken_.Increment();
  Info(absl::StrCat("new ", what_, " in use"));
}

void ReloadLog::Refused(absl::string_view content, const absl::Status& why) {
  if (refused_content_ != content) {
    refused_content_ = std::string(content);
    looks_ = 0;
  }
  if (++looks_ != 2) return;
  refused_.Increment();
  Warning(absl::StrCat("new ", what_, " refused; the last good stay in use"), {{"detail", why.message()}});
}

}  // namespace tc::obs
