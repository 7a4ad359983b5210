#include "common/base/recent_sign_in.h"

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"

namespace tc {

absl::Status RequireRecentSignIn(absl::Duration age, absl::Duration max_age) {
  if (age <= max_age) return absl::OkStatus();
  return Refuse(absl::StatusCode::kUnauthenticated, Reason::kReauthenticationRequired,
                "the sign-in is too old for this; sign in again")
      .With("max_age_seconds", absl::StrCat(absl::ToInt64Seconds(max_age)));
}

}  // namespace tc
