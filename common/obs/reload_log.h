#pragma once

// ReloadLog: what is told of files that an operator changes while the service runs: that they were taken, and
// once for each content that they were not, with what is wrong. Not thread-safe.

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tc::obs {
class Counter;
}

namespace tc::obs {

class ReloadLog {
 public:
  // `what` names the files in the log ("certificates"); `metric` is a counter with the label outcome.
  ReloadLog(std::string what, const std::string& metric, const std::string& help);

  void Taken();
  // `content` tells what was found apart. It is told at the second look, since files that are written one
  // after the other do not belong together for a moment.
  void Refused(absl::string_view content, const absl::Status& why);

 private:
  const std::string what_;
  Counter& taken_;
  Counter& refused_;
  std::string refused_content_;
  int looks_ = 0;
};

}  // namespace tc::obs
