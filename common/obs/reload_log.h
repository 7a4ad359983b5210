#pragma once

// ReloadLog: what is told of files that an operator changes while the service runs: that they were taken, and
// once for each content that they were not, with what is wrong. Not thread-safe.

#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tc::obs {

class Counter;

// Whoever must know what is about to be in force: `what` as ReloadLog names it, and particulars that tell it
// apart (fingerprints, kids, serials; nothing secret). It is not put in force when this fails.
using OnTaking = std::function<absl::Status(const std::string& what,
                                            const std::map<std::string, std::string>& particulars)>;

class ReloadLog {
 public:
  // `what` names the files in the log ("certificates"); `metric` is a counter with the label outcome.
  // `on_taking` may be empty.
  ReloadLog(std::string what, const std::string& metric, const std::string& help, OnTaking on_taking = {});

  // To be called before a content that is good is put in force, the first one as well; when this fails, it is
  // not, and the next look tries again. `content` tells it apart: one that could not be put in force then is
  // not told of twice.
  absl::Status Taking(absl::string_view content, const std::map<std::string, std::string>& particulars);
  void Taken();
  // `content` tells what was found apart. It is told at the second look, since files that are written one
  // after the other do not belong together for a moment.
  void Refused(absl::string_view content, const absl::Status& why);

 private:
  const std::string what_;
  Counter& taken_;
  Counter& refused_;
  const OnTaking on_taking_;
  std::string told_content_;
  std::string refused_content_;
  int looks_ = 0;
};

}  // namespace tc::obs
