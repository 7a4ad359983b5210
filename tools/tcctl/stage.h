#pragma once

// Stage: tells a story on the terminal, and checks it. Every act is a call that must work, or that must be
// refused in one way; an act that goes otherwise ends the story with an error that says what was expected.
// Not thread-safe.
//
//   const Link link = TRY(stage.Works("Maria", "accepts the invitation", people.Accept(maria, name)));
//   TRY(stage.Refused("Maria", "types a wrong code", people.Approve(…), absl::StatusCode::kInvalidArgument,
//   "CODE_MISMATCH"));

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tc::ctl {

class Stage {
 public:
  Stage(std::ostream& out, bool colour) : out_(&out), colour_(colour) {}

  void Chapter(absl::string_view title);
  // A sentence between the acts.
  void Tells(absl::string_view text);
  // What somebody sees: a message on a phone, a warning in the cabinet.
  void Shows(absl::string_view where, absl::string_view text);

  template <typename T>
  absl::StatusOr<T> Works(absl::string_view who, absl::string_view what, absl::StatusOr<T> result) {
    if (absl::Status status = Judge(who, what, result.status()); !status.ok()) return status;
    return result;
  }
  absl::Status Works(absl::string_view who, absl::string_view what, const absl::Status& status) {
    return Judge(who, what, status);
  }
  // `reasons`: any one of them will do.
  template <typename T>
  absl::Status Refused(absl::string_view who, absl::string_view what, const absl::StatusOr<T>& result,
                       absl::StatusCode code, const std::vector<std::string>& reasons) {
    return JudgeRefusal(who, what, result.status(), code, reasons);
  }
  // A fact that must hold.
  absl::Status Holds(absl::string_view fact, bool holds);

  int acts() const { return acts_; }
  int refusals() const { return refusals_; }

 private:
  absl::Status Judge(absl::string_view who, absl::string_view what, const absl::Status& status);
  absl::Status JudgeRefusal(absl::string_view who, absl::string_view what, const absl::Status& status,
                            absl::StatusCode code, const std::vector<std::string>& reasons);
  void Line(absl::string_view colour, absl::string_view sign, absl::string_view who, absl::string_view what);
  std::string In(absl::string_view colour, absl::string_view text) const;

  std::ostream* out_;
  bool colour_;
  int acts_ = 0;
  int refusals_ = 0;
};

}  // namespace tc::ctl
