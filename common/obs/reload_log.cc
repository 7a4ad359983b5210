#include "common/obs/reload_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"

namespace tc::obs {

ReloadLog::ReloadLog(std::string what, const std::string& metric, const std::string& help)
    : what_(std::move(what)),
      taken_(obs::GetCounter(metric, help, {{"outcome", "taken"}})),
      refused_(obs::GetCounter(metric, help, {{"outcome", "refused"}})) {}

void ReloadLog::Taken() {
  refused_content_.clear();
  looks_ = 0;
  taken_.Increment();
  obs::Info(absl::StrCat("new ", what_, " in use"));
}

void ReloadLog::Refused(absl::string_view content, const absl::Status& why) {
  if (refused_content_ != content) {
    refused_content_ = std::string(content);
    looks_ = 0;
  }
  if (++looks_ != 2) return;
  refused_.Increment();
  obs::Warning(absl::StrCat("new ", what_, " refused; the last good stay in use"),
               {{"detail", why.message()}});
}

}  // namespace tc::obs
