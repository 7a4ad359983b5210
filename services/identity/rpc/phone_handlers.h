#pragma once

// Binding, confirming, listing, releasing and importing numbers, and permits to change one (I1–I4).
// Thread-safe.

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/desk.h"

namespace tc::identity {

class PhoneHandlers {
 public:
  explicit PhoneHandlers(const Desk& desk) : desk_(desk) {}

  absl::StatusOr<pb::Phone> BindPhone(const rpc::Call& call, const pb::BindPhoneRequest& in);
  absl::StatusOr<pb::Phone> ConfirmPhone(const rpc::Call& call, const pb::ConfirmPhoneRequest& in);
  absl::StatusOr<pb::ListPhonesResponse> ListPhones(const rpc::Call& call, const pb::ListPhonesRequest& in);
  absl::StatusOr<pb::Phone> ReleasePhone(const rpc::Call& call, const pb::ReleasePhoneRequest& in);
  absl::StatusOr<pb::Phone> ImportPhone(const rpc::Call& call, const pb::ImportPhoneRequest& in);
  absl::StatusOr<pb::PhoneChangePermit> PermitPhoneChange(const rpc::Call& call,
                                                          const pb::PermitPhoneChangeRequest& in);

 private:
  // What must hold before a code is sent and again before the number is bound.
  absl::Status CheckMayBind(const rpc::Call& call, const Dossier& dossier, PhoneKind kind) const;
  absl::StatusOr<CodeProgress> SendCode(const rpc::Call& call, const Dossier& dossier,
                                        const PhoneOrder& order, OwnedPhone& phone);

  const Desk& desk_;
};

}  // namespace tc::identity
